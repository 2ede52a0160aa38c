import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RelayOrder } from './main.ts';
import type { LinkProfile } from './profiles.ts';
import { runFirst } from './realtime.ts';
import type { RelayReport } from './relay.ts';

export type ShapedLink = AsyncDisposable & {
  /** What the browser is given in place of the origin. */
  readonly origin: string;
  /** What went over the link so far. */
  report(): Promise<RelayReport>;
};

type Answer =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'report'; readonly report: RelayReport };

/** A link does not wait for a busy machine; how late it was is in every report. It takes a few percent of a core. */
const PRIORITY = 5;

async function order(child: ChildProcess, message: RelayOrder): Promise<Answer> {
  const answered = once(child, 'message');
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the relay ended with ${code}`);
  });
  child.send(message);
  const [answer] = await Promise.race([answered, failed]);
  return answer as Answer;
}

/**
 * Puts a link in front of a server of this machine, in a process of its own: its timers do not wait for the load around it.
 *
 * @param targetOrigin - `http://127.0.0.1:<port>`.
 */
export async function shapeLink(targetOrigin: string, profile: LinkProfile, seed: number): Promise<ShapedLink> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  if (child.pid !== undefined) await runFirst(child.pid, PRIORITY);
  const answer = await order(child, { type: 'start', profile, seed, targetPort: Number(new URL(targetOrigin).port) });
  if (answer.type !== 'listening') throw new Error(`the relay answered ${answer.type}`);
  return {
    origin: `http://127.0.0.1:${answer.port}`,
    async report() {
      const told = await order(child, { type: 'report' });
      if (told.type !== 'report') throw new Error(`the relay answered ${told.type}`);
      return told.report;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
