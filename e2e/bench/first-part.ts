import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteSession, openSession, waitForPlaylist } from '../support/api.ts';
import { fetchMultivariant } from '../support/hls-client.ts';
import { startServer } from '../support/server.ts';
import { EventFeed } from './event-feed.ts';
import type { PartReport, Reference } from './figures.ts';
import { HlsAppend } from './hls-append.ts';
import type { BenchContext } from './part.ts';
import { PartReader } from './part-reader.ts';
import { CLIP_SECONDS } from './talking-clip.ts';
import { pushTimed } from './timed-http.ts';

const REPETITIONS = { full: 15, quick: 5 };
/** After a push, the encode is over by then: what is measured beside it has the machine to itself. */
const ENCODE_OVER_MS = 1_500;
/** What a run that measured everything together found (notes of November 2026: 5 s clip, x264 superfast, 2 cores). */
const REFERENCES: readonly Reference[] = [
  { title: 'gohlslib (MediaMTX), part 0.2 s', value: 144, unit: 'ms' },
  { title: 'nginx-rtmp, segment 1 s', value: 314, unit: 'ms' },
  { title: 'SRS, segment 1 s', value: 397, unit: 'ms' },
];

type Stream = { readonly origin: string; readonly id: string; readonly events: EventFeed; readonly reader: PartReader };
type Repetition = { fromAccepted: number; fromFirstByte: number; listed: number; encode: number; append: number };

/** Pushes the clip into a pause, and lets ffmpeg append it to its own playlist once our encode is over. */
async function measure(stream: Stream, media: Buffer, append: () => Promise<number>): Promise<Repetition> {
  const pushed = await pushTimed(stream.origin, stream.id, media);
  const published = await stream.events.ofChunk('chunk.published', pushed.id);
  const part = await stream.reader.at(Date.parse(String(published.programDateTime)));
  const fetchedMs = part.fetchedMs ?? Number.NaN;
  await sleep(ENCODE_OVER_MS);
  const appendMs = await append();
  // The clip plays out, and a pause of any length follows: pushes meet the parts of the filler at any phase.
  const playedOutMs = pushed.answeredMs + (CLIP_SECONDS + 1 + Math.random()) * 1000;
  await sleep(Math.max(0, playedOutMs - Date.now()));
  return {
    fromAccepted: fetchedMs - pushed.answeredMs,
    fromFirstByte: fetchedMs - pushed.sentMs,
    listed: part.listedMs - pushed.answeredMs,
    encode: Number(published.encodeMs),
    append: appendMs,
  };
}

/** Accepted -> first part fetchable, in an open live session that a low-latency player watches; beside it `ffmpeg -f hls` and nginx. */
export async function firstPart({ dir, dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  await using baseline = await HlsAppend.open(dir);
  const media = await readFile(clip);
  const { id, playlistUrl, eventsUrl } = await openSession(server.origin);
  await waitForPlaylist(playlistUrl);
  const [mediaPlaylist = ''] = await fetchMultivariant(playlistUrl);
  await using events = new EventFeed(eventsUrl);
  await using reader = new PartReader(mediaPlaylist, { fetchParts: true });
  const stream = { origin: server.origin, id, events, reader };
  await sleep(2000);
  // Once for both sides' caches, not counted.
  await measure(stream, media, () => baseline.append(clip));
  const results: Repetition[] = [];
  const repetitions = quick ? REPETITIONS.quick : REPETITIONS.full;
  while (results.length < repetitions) {
    const result = await measure(stream, media, () => baseline.append(clip));
    results.push(result);
    const [ours, theirs] = [result.fromAccepted.toFixed(0), result.append.toFixed(0)];
    log(`${results.length}/${repetitions}: accepted -> part ${ours} ms, ffmpeg -f hls ${theirs} ms`);
  }
  await Promise.all([events.close(), reader.close()]);
  await deleteSession(server.origin, id);
  const samples = (key: keyof Repetition): number[] => results.map((result) => result[key]);
  const ratios = results.map(({ fromAccepted, append }) => fromAccepted / append);
  const unit = 'ms';
  return {
    figures: [
      { id: 'first-part.from-accepted', title: '202 -> first part fetched', unit, samples: samples('fromAccepted') },
      { id: 'first-part.listed', title: '202 -> first part listed', unit, samples: samples('listed') },
      {
        id: 'first-part.from-first-byte',
        title: 'upload begins -> part fetched',
        unit,
        samples: samples('fromFirstByte'),
      },
      {
        id: 'first-part.encode',
        title: 'of it: encode starts -> first part (event)',
        unit,
        samples: samples('encode'),
      },
      {
        id: 'first-part.append',
        title: 'ffmpeg -f hls append: start -> 1 s segment fetched',
        unit,
        samples: samples('append'),
      },
      { id: 'first-part.ratio', title: 'first part / ffmpeg -f hls', unit: 'x', samples: ratios, digits: 2 },
    ],
    references: REFERENCES,
    notes: [`the appended playlist is served by ${baseline.serverName}; the client polls it every 4 ms`],
  };
}
