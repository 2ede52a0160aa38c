import { defined } from '../lib/defined.ts';
import { countsView, presentView } from '../quality/views.ts';
import type { SessionState } from '../session/types.ts';
import type { MonitoredSession } from './census.ts';
import type { Sources } from './sources.ts';

/** Sessions that are listed. */
const MAX_ROWS = 20;
/** What went wrong this long ago still counts as trouble. */
const TROUBLE_MS = 5 * 60_000;

/** A session that somebody who looks after the server may want to look at. Seconds. */
export type SessionRow = {
  readonly id: string;
  readonly title?: string;
  readonly state: SessionState;
  readonly isTalking: boolean;
  readonly viewers: number;
  /** Of viewers that tell something by CMCD, since the session began. */
  readonly stalls: number;
  readonly stallsPerHour?: number;
  readonly rebufferRatio?: number;
  /** Half of those who are present are at most so far behind. */
  readonly latency?: number;
  /** A viewer stalled or reported an error, a chunk failed, or something had to stand in, in the last five minutes. */
  readonly isTroubled: boolean;
};

type Candidate = { readonly session: MonitoredSession; readonly isTroubled: boolean } & MonitoredSession['load'];

/** Sessions in trouble first, then those with the most viewers, then those that talk. */
export function listSessions(sources: Sources, nowMs: number): SessionRow[] {
  const { quality, figures } = sources;
  const candidates: Candidate[] = [];
  for (const session of sources.sessions()) {
    const { load } = session;
    const troubledMs = Math.max(
      figures.troubledMs(session.id) ?? Number.NEGATIVE_INFINITY,
      quality.session(session.id)?.troubledMs ?? Number.NEGATIVE_INFINITY,
    );
    const isTroubled = nowMs - troubledMs < TROUBLE_MS;
    if (isTroubled || load.isBusy || load.viewers > 0) candidates.push({ session, isTroubled, ...load });
  }
  return candidates
    .sort(
      (a, b) =>
        Number(b.isTroubled) - Number(a.isTroubled) || b.viewers - a.viewers || Number(b.isBusy) - Number(a.isBusy),
    )
    .slice(0, MAX_ROWS)
    .map((candidate) => rowOf(candidate, sources, nowMs));
}

function rowOf(
  { session, state, isBusy, viewers, isTroubled }: Candidate,
  sources: Sources,
  nowMs: number,
): SessionRow {
  const { id, settings } = session;
  const quality = sources.quality.session(id);
  const counts = quality && countsView(quality.counts);
  return {
    id,
    ...defined({ title: settings.title }),
    state,
    isTalking: isBusy,
    viewers,
    stalls: counts?.stalls ?? 0,
    ...defined({
      stallsPerHour: counts?.stallsPerHour,
      rebufferRatio: counts?.rebufferRatio,
      latency: quality && presentView(quality.viewers(), nowMs).latency?.p50,
    }),
    isTroubled,
  };
}
