import type { Histogram } from 'prom-client';
import { type Counts, rebufferRatio } from '../quality/counts.ts';
import { PLAYER_STATES } from '../quality/report.ts';
import type { PresentView } from '../quality/views.ts';
import type { Instruments } from './instruments.ts';

const STARTUP_SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];
const LATENCY_SECONDS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];
const BITS_PER_BYTE = 8;

export type ViewerHistograms = { readonly startupSeconds: Histogram; readonly latencySeconds: Histogram };

/** What viewers see and hear, as their players tell it by CMCD. */
export function viewerMetrics(make: Instruments, totals: Counts, present: () => PresentView): ViewerHistograms {
  countMetrics(make, totals);
  presentMetrics(make, present);
  return {
    startupSeconds: make.histogram(
      'throughline_viewer_startup_seconds',
      'From being told to play to the first picture.',
      STARTUP_SECONDS,
    ),
    latencySeconds: make.histogram(
      'throughline_viewer_latency_seconds',
      'How far behind live viewers are, each time their players report it.',
      LATENCY_SECONDS,
    ),
  };
}

function countMetrics(make: Instruments, totals: Counts): void {
  make.counter('throughline_viewer_playbacks_total', 'Playbacks, told apart by CMCD sid.', () => totals.playbacks);
  make.counter('throughline_viewer_stalls_total', 'Times a buffer ran dry.', () => totals.stalls);
  make.counter(
    'throughline_viewer_rebuffer_seconds_total',
    'Time spent waiting for the buffer, in seconds.',
    () => totals.rebufferMs / 1000,
  );
  make.counters(
    'throughline_viewer_watch_seconds_total',
    'Time watched, in seconds; rebuffering is measured in the part that is timed.',
    ['timed'],
    () => [
      [{ timed: 'yes' }, totals.timedWatchMs / 1000],
      [{ timed: 'no' }, (totals.watchMs - totals.timedWatchMs) / 1000],
    ],
  );
  make.gauge(
    'throughline_viewer_rebuffer_ratio',
    'Rebuffering as a share of the timed watch time, since the start.',
    () => rebufferRatio(totals),
  );
  make.counter('throughline_viewer_dropped_frames_total', 'Frames decoded but not shown.', () => totals.droppedFrames);
  make.counter('throughline_viewer_errors_total', 'Errors that players reported.', () => totals.errors);
}

function presentMetrics(make: Instruments, present: () => PresentView): void {
  make.gauges('throughline_viewer_states', 'Viewers who tell something by CMCD, by state.', ['state'], () => {
    const { viewers, states } = present();
    const told = PLAYER_STATES.map((state) => [{ state: state as string }, states[state] ?? 0] as const);
    return [...told, [{ state: 'unknown' }, viewers - told.reduce((sum, [, count]) => sum + count, 0)]];
  });
  const bytes = (bits: number | undefined): number | undefined => bits && bits / BITS_PER_BYTE;
  make.gauge('throughline_viewer_bitrate_bytes_per_second', 'Encoded bit rate that viewers play, median.', () =>
    bytes(present().bitrate),
  );
  make.gauge('throughline_viewer_throughput_bytes_per_second', 'Throughput that players measure, median.', () =>
    bytes(present().throughput),
  );
  make.gauge(
    'throughline_viewer_buffer_seconds',
    'Media that viewers have in hand, median.',
    () => present().buffer?.p50,
  );
}
