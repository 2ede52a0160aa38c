import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CrowdReport, CrowdTask } from './crowd-report.ts';

export type Crowd = { readonly report: Promise<CrowdReport> };

/** Lets a crowd watch, from a process of its own; settles once all of them do. @throws {Error} when the process fails. */
export async function gatherCrowd(task: CrowdTask): Promise<Crowd> {
  const child = fork(join(import.meta.dirname, 'crowd-process.ts'));
  const killed = (): boolean => child.kill('SIGKILL');
  process.once('exit', killed);
  const watching = Promise.withResolvers<void>();
  const reported = Promise.withResolvers<CrowdReport>();
  reported.promise.catch(() => undefined);
  child.on('message', (message) => {
    if (message === 'watching') watching.resolve();
    else reported.resolve(message as CrowdReport);
  });
  void once(child, 'exit').then(([code]) => {
    process.off('exit', killed);
    const error = new Error(`the crowd's process ended with ${code}`);
    watching.reject(error);
    reported.reject(error);
  });
  child.send(task);
  await watching.promise;
  return { report: reported.promise };
}
