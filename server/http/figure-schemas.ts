import { z } from 'zod';
import 'zod-openapi';

/** Figures: what viewers see, and how the server is. Times in seconds, rates in bits per second; what is absent is not known. */

const spread = z
  .object({ p50: z.number(), p95: z.number() })
  .meta({ id: 'Spread', description: 'Half of the values are at most `p50`, 95 % at most `p95`.' });

const counts = {
  watchSeconds: z.number(),
  timedWatchSeconds: z.number().meta({ description: 'The part of it in which rebuffering is timed.' }),
  stalls: z.int(),
  stallsPerHour: z.number().optional().meta({ description: 'Per hour watched.' }),
  rebufferSeconds: z.number(),
  rebufferRatio: z.number().optional().meta({ description: 'Share of the timed watch time, 0 to 1.' }),
  droppedFrames: z.int(),
  errors: z.int(),
};

export const qualityCounts = z.object({ playbacks: z.int(), ...counts }).meta({ id: 'QualityCounts' });

const playerState = z.enum([
  'starting',
  'playing',
  'seeking',
  'rebuffering',
  'paused',
  'waiting',
  'ended',
  'failed',
  'quit',
  'preloading',
]);

const present = {
  viewers: z.int().meta({ description: 'Those that tell something by CMCD.' }),
  states: z.partialRecord(playerState, z.int()),
  startup: spread.optional(),
  latency: spread.optional(),
  buffer: spread.optional(),
  bitrate: z.number().optional().meta({ description: 'Median.' }),
  throughput: z.number().optional().meta({ description: 'Median, as players measure it.' }),
};

const viewer = z
  .object({
    sid: z.string(),
    mode: z.enum(['reports', 'requests']).meta({ description: 'Event mode, or what its requests carry.' }),
    since: z.iso.datetime(),
    state: playerState.optional(),
    startup: z.number().optional(),
    latency: z.number().optional(),
    buffer: z.number().optional(),
    bitrate: z.number().optional(),
    throughput: z.number().optional(),
    lastErrors: z.array(z.string()).optional(),
    ...counts,
  })
  .meta({ id: 'Viewer' });

export const sessionQuality = z
  .object({
    id: z.string(),
    totals: qualityCounts,
    present: z.object(present),
    viewers: z.array(viewer).meta({ description: 'At most 100 of those who watch, those with the most stalls first.' }),
  })
  .meta({ id: 'SessionQuality' });

export const statsQuery = z.strictObject({
  after: z.coerce
    .number()
    .min(0)
    .max(8.64e15)
    .default(0)
    .meta({ description: 'Only samples of the history that are newer, in milliseconds since the epoch.' }),
});

const row = z.object({
  id: z.string(),
  title: z.string().optional(),
  state: z.enum(['open', 'ending', 'ended']),
  isTalking: z.boolean(),
  viewers: z.int(),
  stalls: z.int(),
  stallsPerHour: z.number().optional(),
  rebufferRatio: z.number().optional(),
  latency: z.number().optional(),
  isTroubled: z.boolean().meta({ description: 'Something went wrong in the last five minutes.' }),
});

const numbers = z.array(z.number());
const measured = z.array(z.number().nullable());

/** One array per field, oldest first. */
const columns = z
  .object({
    at: numbers.meta({ description: 'Milliseconds since the epoch.' }),
    sessions: numbers,
    talking: numbers,
    viewers: numbers,
    rebuffering: numbers,
    encodesActive: numbers,
    encodesWaiting: numbers,
    encodeSpeed: measured,
    ttsP50: measured,
    ttsP95: measured,
    avatarP50: measured,
    avatarP95: measured,
    encodeP50: measured,
    encodeP95: measured,
    firstPartP50: measured,
    firstPartP95: measured,
    publishLagP50: measured,
    publishLagP95: measured,
    latencyP50: measured,
    latencyP95: measured,
    stalls: numbers.meta({ description: 'This and what follows: since the sample before.' }),
    rebufferSeconds: numbers,
    watchSeconds: numbers,
    timedWatchSeconds: numbers,
    chunksPublished: numbers,
    chunksFailed: numbers,
    degraded: numbers,
    interruptions: numbers,
    requests: numbers,
    heldRequests: numbers,
    loopDelay: measured,
    cpu: numbers.meta({ description: 'CPU seconds of the server process per second.' }),
  })
  .meta({ id: 'History' });

export const stats = z
  .object({
    at: z.iso.datetime(),
    startedAt: z.iso.datetime(),
    sessions: z.object({ open: z.int(), ending: z.int(), ended: z.int(), talking: z.int(), queuedSeconds: z.number() }),
    viewers: z.object({ ...present, watching: z.int().meta({ description: 'All that ask for media.' }) }),
    recent: z
      .object({
        watchSeconds: z.number(),
        stalls: z.int(),
        rebufferSeconds: z.number(),
        stallsPerHour: z.number().optional(),
        rebufferRatio: z.number().optional(),
        startup: spread.optional(),
        publishLag: spread.optional().meta({ description: 'How late parts were published, in the last minute.' }),
        chunksPublished: z.int(),
        chunksFailed: z.int(),
        degraded: z.int(),
        interruptions: z.int(),
      })
      .meta({ description: 'The last 15 minutes.' }),
    totals: qualityCounts.meta({ description: 'Since the server started.' }),
    encoder: z.object({
      name: z.string(),
      active: z.int(),
      waiting: z.int(),
      limit: z.int(),
      speed: z.number().optional().meta({ description: 'Media seconds per second, median of the last minute.' }),
    }),
    http: z.object({ heldRequests: z.int(), eventStreams: z.int() }),
    process: z.object({ memoryBytes: z.int(), cpu: z.number().optional(), loopDelay: z.number().optional() }),
    busiest: z.array(row).meta({ description: 'At most 20 sessions: in trouble first, then by viewers.' }),
    history: z.object({ intervalSeconds: z.number(), columns }).meta({ description: 'Of the last 15 minutes.' }),
  })
  .meta({ id: 'Stats' });
