import { StreamError } from '../../errors.ts';
import type { Jail } from '../../lib/jail.ts';
import { stopOnAbort } from '../../lib/owned-process.ts';
import { startProcess } from '../../lib/start-process.ts';

export type RunRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Given on standard input, which is closed after it. */
  readonly input?: string;
  /** Its directory: all it finds there it may read. */
  readonly cwd?: string;
  /** Further files and folders it may read, by absolute paths. */
  readonly files?: readonly string[];
  /** Where it is started: it reads what strangers say or send. */
  readonly jail: Jail;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  readonly maxOutputBytes: number;
};

/** From SIGTERM to SIGKILL. Speech engines have nothing to save. */
const KILL_GRACE_MS = 500;

/**
 * Runs a program in the jail and gives what it wrote on standard output. Settles only when the process is gone.
 *
 * @throws {StreamError} `ABORTED`; `SPEECH_FAILED` when it can't be started, fails, takes too long or writes too much.
 */
export async function run(request: RunRequest): Promise<Buffer> {
  const { command, signal, timeLimitMs, maxOutputBytes } = request;
  if (signal.aborted) throw new StreamError('ABORTED', `${command} was aborted`, { cause: signal.reason });
  const patience = { signal, limitMs: timeLimitMs };
  const starting = startProcess({ ...request.jail.start(request), failure: 'SPEECH_FAILED' }, patience);
  const child = await starting.catch((error: unknown) => {
    throw signal.aborted ? new StreamError('ABORTED', `${command} was aborted`, { cause: error }) : error;
  });
  const fail = (what: string): void =>
    child.stop(new StreamError('SPEECH_FAILED', `${command} ${what}`), KILL_GRACE_MS);
  const release = stopOnAbort(child, signal);
  const limit = setTimeout(() => fail(`took longer than ${timeLimitMs} ms`), timeLimitMs);
  const output: Buffer[] = [];
  let outputBytes = 0;
  try {
    child.readable(1).on('data', (bytes: Buffer) => {
      outputBytes += bytes.length;
      if (outputBytes <= maxOutputBytes) output.push(bytes);
      else fail(`wrote more than ${maxOutputBytes} bytes`);
    });
    child.stdin.end(request.input ?? '');
    await child.done;
    return Buffer.concat(output);
  } finally {
    clearTimeout(limit);
    release();
  }
}
