import type { Histogram } from 'prom-client';
import type { Census } from './census.ts';
import type { Instruments } from './instruments.ts';
import type { Sources } from './sources.ts';

const STAGE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A part lasts 0.2 s, and players have about 0.6 s in hand. */
const LAG_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
/** Below 1 an encode is slower than real time. */
const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4, 8, 16, 32];

/** Distributions that are observed as things happen. */
export type ServerHistograms = {
  readonly stageSeconds: Histogram<'stage'>;
  readonly publishLagSeconds: Histogram;
  readonly encodeSpeed: Histogram;
};

/** Sessions, chunks, encoder and HTTP. None is labelled by session: there is no end to those. */
export function serverMetrics(make: Instruments, sources: Sources, census: () => Census): ServerHistograms {
  sessionMetrics(make, sources, census);
  encoderMetrics(make, sources);
  storageMetrics(make, sources);
  httpMetrics(make, sources);
  return {
    stageSeconds: make.histogram<'stage'>(
      'throughline_chunk_stage_seconds',
      'Time each published chunk spent in a stage: queued; tts, avatar: speech and face; encode: to its first frame; first_part: from accepted to published, its turn waited for.',
      STAGE_SECONDS,
      ['stage'],
    ),
    publishLagSeconds: make.histogram(
      'throughline_publish_lag_seconds',
      'How long after it was due a part of a live session was published.',
      LAG_SECONDS,
    ),
    encodeSpeed: make.histogram(
      'throughline_encode_speed_ratio',
      'Media seconds encoded per second, of encodes of half a second and more.',
      SPEEDS,
    ),
  };
}

function sessionMetrics(make: Instruments, { figures, recovered }: Sources, census: () => Census): void {
  make.gauges('throughline_sessions', 'Sessions by state.', ['state'], () => {
    const { open, ending, ended } = census();
    return [
      [{ state: 'open' }, open],
      [{ state: 'ending' }, ending],
      [{ state: 'ended' }, ended],
    ];
  });
  make.gauge('throughline_sessions_talking', 'Sessions that make, hold or play something.', () => census().talking);
  make.gauge(
    'throughline_queued_seconds',
    'Media that waits for its turn in all sessions, in seconds.',
    () => census().queuedSeconds,
  );
  make.counters('throughline_sessions_recovered_total', 'Sessions an earlier server left.', ['outcome'], () => [
    [{ outcome: 'reopened' }, recovered.reopened],
    [{ outcome: 'broken' }, recovered.broken],
  ]);
  make.gauge('throughline_viewers', 'Players that ask for media.', () => census().viewers);
  make.counter('throughline_chunks_accepted_total', 'Chunks accepted.', () => figures.counts.accepted);
  make.counters('throughline_chunks_total', 'Chunks by what became of them.', ['outcome'], () => [
    [{ outcome: 'published' }, figures.counts.published],
    [{ outcome: 'failed' }, figures.counts.failed],
    [{ outcome: 'dropped' }, figures.counts.dropped],
  ]);
  make.counter('throughline_turns_total', 'Turns begun.', () => figures.counts.turns);
  make.counter('throughline_interruptions_total', 'Interruptions.', () => figures.counts.interruptions);
  make.counters(
    'throughline_degraded_total',
    'Times something else had to stand in for a provider, by stage.',
    ['stage'],
    () => Object.entries(figures.degraded).map(([stage, count]) => [{ stage }, count]),
  );
}

function encoderMetrics(make: Instruments, { encoder, encodes: { counts } }: Sources): void {
  make.gauges('throughline_encoder_info', 'The encoder that was chosen.', ['encoder'], () => [
    [{ encoder: encoder().name }, 1],
  ]);
  make.gauge('throughline_encodes_active', 'Encodes that run.', () => encoder().active);
  make.gauge('throughline_encodes_waiting', 'Encodes that wait for a place.', () => encoder().waiting);
  make.gauge('throughline_encodes_limit', 'Encodes that may run at once.', () => encoder().limit);
  make.counters('throughline_encodes_total', 'Encodes by how they ended.', ['outcome'], () => [
    [{ outcome: 'done' }, counts.done],
    [{ outcome: 'failed' }, counts.failed],
  ]);
  make.counter('throughline_encoded_media_seconds_total', 'Media encoded, in seconds.', () => counts.mediaSeconds);
  make.counter('throughline_encode_seconds_total', 'Time encodes took, in seconds.', () => counts.seconds);
}

function storageMetrics(make: Instruments, { storage }: Sources): void {
  make.gauge('throughline_storage_writable', '1 while the data directory takes what is written.', () =>
    Number(storage().isWritable),
  );
  make.counter(
    'throughline_storage_late_total',
    'Times that a session was shown before it was written: the disk was slow, or took nothing.',
    () => storage().late,
  );
  make.gauge(
    'throughline_storage_redo_bytes',
    'What is kept in shared memory until a slow disk takes it.',
    () => storage().redoBytes,
  );
  make.gauge('throughline_storage_bytes', 'What sessions keep on disk, or are promised.', () => storage().storedBytes);
  make.gauge(
    'throughline_storage_limit_bytes',
    'How much they may keep (MAX_DATA_BYTES): beyond it, media is refused.',
    () => storage().storedLimitBytes,
  );
}

function httpMetrics(make: Instruments, { http, tally }: Sources): void {
  make.gauge(
    'throughline_http_held_requests',
    'Requests held until something is published.',
    () => http().heldRequests,
  );
  make.gauge('throughline_http_event_streams', 'Open event streams.', () => http().eventStreams);
  make.counters('throughline_http_answers_total', 'Answers by plane and class of status.', ['plane', 'code'], () =>
    [...tally.answers()].map(({ plane, statusClass, count }) => [{ plane, code: statusClass }, count]),
  );
  make.counters(
    'throughline_http_refusals_total',
    'Requests that were refused or failed, by error code.',
    ['code'],
    () => [...tally.refusals()].map(([code, count]) => [{ code }, count]),
  );
}
