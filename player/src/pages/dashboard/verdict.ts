import type { Stats } from '../../../../server/monitor/stats.ts';
import { count, number, percent, seconds, times } from './format.ts';

/** Beyond these somebody should look. */
const LIMITS = {
  stallsPerHour: 2,
  rebufferRatio: 0.005,
  /** Players have about 0.6 s in hand. */
  publishLag: 0.2,
  /** Samples in a row in which encodes wait for a place. */
  samplesWaiting: 3,
  loopDelay: 0.5,
  /** A face that is made in real time is encoded a little slower than that. */
  encodeSpeed: 0.8,
};

const NOTHING_RUNS = 'Nothing runs. Ask something on the demo page, or open a session, and it shows here.';

export type Verdict = {
  readonly level: 'well' | 'trouble';
  readonly title: string;
  /** Why, or what the good news rests on. */
  readonly reasons: readonly string[];
};

/** Whether all is well, at a glance. */
export function judge(stats: Stats): Verdict {
  const reasons = [...viewerTrouble(stats), ...serverTrouble(stats), ...speechTrouble(stats)];
  if (reasons.length > 0)
    return { level: 'trouble', title: reasons.length === 1 ? 'Have a look at this' : 'Have a look at these', reasons };
  return { level: 'well', title: 'All is well', reasons: [calm(stats)] };
}

function viewerTrouble({ viewers, recent }: Stats): string[] {
  const found: string[] = [];
  const { rebuffering = 0 } = viewers.states;
  if (rebuffering > 0)
    found.push(`${count(rebuffering, 'viewer')} ${rebuffering === 1 ? 'waits' : 'wait'} for the buffer now.`);
  const { stalls, stallsPerHour = 0, rebufferRatio = 0, watchSeconds } = recent;
  if (stalls > 1 && stallsPerHour > LIMITS.stallsPerHour)
    found.push(`${count(stalls, 'stall')} in ${seconds(watchSeconds)} watched: ${number(stallsPerHour)} per hour.`);
  if (rebufferRatio > LIMITS.rebufferRatio)
    found.push(`${percent(rebufferRatio)} of the time watched went into waiting for the buffer.`);
  return found;
}

function serverTrouble({ recent, encoder, history, process }: Stats): string[] {
  const found: string[] = [];
  const lag = recent.publishLag?.p95 ?? 0;
  if (lag > LIMITS.publishLag) found.push(`Parts are published late: 95 % within ${seconds(lag)}.`);
  const latest = history.columns.encodesWaiting.slice(-LIMITS.samplesWaiting);
  if (encoder.waiting > 0 && latest.length === LIMITS.samplesWaiting && latest.every((waiting) => waiting > 0))
    found.push(`The encoder is full: ${count(encoder.waiting, 'encode')} waiting for one of ${encoder.limit} places.`);
  if ((encoder.speed ?? Number.POSITIVE_INFINITY) < LIMITS.encodeSpeed)
    found.push(`Encodes, or the faces they wait for, are slower than real time: ${times(encoder.speed)}.`);
  if ((process.loopDelay ?? 0) > LIMITS.loopDelay)
    found.push(`The server is held up: something due waited for ${seconds(process.loopDelay)}.`);
  return found;
}

function speechTrouble({ recent }: Stats): string[] {
  const found: string[] = [];
  if (recent.chunksFailed > 0) found.push(`${count(recent.chunksFailed, 'chunk')} failed in the last 15 minutes.`);
  if (recent.degraded > 0)
    found.push(`Something had to stand in for a provider ${count(recent.degraded, 'time')} in the last 15 minutes.`);
  return found;
}

function calm({ sessions, viewers, recent }: Stats): string {
  const open = sessions.open + sessions.ending;
  if (viewers.watching === 0 && sessions.talking === 0)
    return open === 0 ? NOTHING_RUNS : `Nobody watches: ${count(open, 'session')} open, all idle.`;
  const stalls = recent.stalls === 0 ? 'no stall' : count(recent.stalls, 'stall');
  const watched = recent.watchSeconds > 0 ? ` in ${seconds(recent.watchSeconds)} watched` : '';
  return `${count(viewers.watching, 'viewer')}, ${stalls}${watched}, parts published in time.`;
}
