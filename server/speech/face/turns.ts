/** What decides whose picture is drawn next. */
export type Turn = {
  readonly next: number;
  readonly credit: number;
  /** It is drawn when nothing else is to be. */
  readonly isBackground?: boolean;
};

/**
 * The job whose turn it is, which then goes to the end of `open`; none when no job may go on. A job's first picture comes
 * before all others: somebody waits for it. After that, jobs take turns, those in the background when no other may go on.
 */
export function takeTurn<Job extends Turn>(open: Map<number, Job>): Job | undefined {
  let found: [number, Job] | undefined;
  for (const [id, job] of open) {
    if (job.credit <= 0) continue;
    if (job.next === 0) {
      found = [id, job];
      break;
    }
    if (found === undefined || (found[1].isBackground && !job.isBackground)) found = [id, job];
  }
  if (found === undefined) return undefined;
  const [id, job] = found;
  open.delete(id);
  open.set(id, job);
  return job;
}
