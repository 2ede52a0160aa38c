import type { SessionLoad } from '../session/types.ts';

/** A session as figures of the whole server need it. */
export type MonitoredSession = {
  readonly id: string;
  readonly load: SessionLoad;
  readonly settings: { readonly title?: string | undefined };
};

/** All sessions, counted by what they do now. */
export type Census = {
  readonly open: number;
  readonly ending: number;
  readonly ended: number;
  /** Of them, those that make, hold or play something. */
  readonly talking: number;
  readonly viewers: number;
  /** Media that waits in all of them, in seconds. */
  readonly queuedSeconds: number;
};

export function takeCensus(sessions: Iterable<MonitoredSession>): Census {
  const census = { open: 0, ending: 0, ended: 0, talking: 0, viewers: 0, queuedSeconds: 0 };
  for (const { load } of sessions) {
    census[load.state] += 1;
    census.viewers += load.viewers;
    census.queuedSeconds += load.queuedSeconds;
    if (load.isBusy) census.talking += 1;
  }
  return census;
}
