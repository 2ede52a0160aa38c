import { spawn } from 'node:child_process';
import { StreamError } from '../errors.ts';

export type RunRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Given on standard input, which is closed after it. */
  readonly input?: string;
  readonly cwd?: string;
  readonly signal: AbortSignal;
  readonly timeLimitMs: number;
  readonly maxOutputBytes: number;
};

/** From SIGTERM to SIGKILL. Speech engines have nothing to save. */
const KILL_GRACE_MS = 500;
/** Enough for an engine's last words. */
const STDERR_TAIL_CHARS = 600;

/**
 * Runs a program and gives what it wrote on standard output. Settles only when the process is gone.
 *
 * @throws {StreamError} `ABORTED`; `SPEECH_FAILED` when it can't be started, fails, takes too long or writes too much.
 */
export function run(request: RunRequest): Promise<Buffer> {
  const { command, signal } = request;
  if (signal.aborted)
    return Promise.reject(new StreamError('ABORTED', `${command} was aborted`, { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    const child = spawn(command, request.args, {
      stdio: 'pipe',
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let stderr = '';
    let failure: StreamError | undefined;
    let killTimer: NodeJS.Timeout | undefined;

    const stop = (error: StreamError): void => {
      if (failure !== undefined) return;
      failure = error;
      child.kill('SIGTERM');
      killTimer = setTimeout(() => child.kill('SIGKILL'), KILL_GRACE_MS);
    };
    const onAbort = (): void => stop(new StreamError('ABORTED', `${command} was aborted`, { cause: signal.reason }));
    const limit = setTimeout(() => {
      stop(new StreamError('SPEECH_FAILED', `${command} took longer than ${request.timeLimitMs} ms`));
    }, request.timeLimitMs);
    signal.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (bytes: Buffer) => {
      outputBytes += bytes.length;
      if (outputBytes <= request.maxOutputBytes) output.push(bytes);
      else stop(new StreamError('SPEECH_FAILED', `${command} wrote more than ${request.maxOutputBytes} bytes`));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_TAIL_CHARS);
    });
    // A process that ends before it has read everything (EPIPE) is judged by its exit code.
    child.stdin.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EPIPE')
        stop(new StreamError('SPEECH_FAILED', `${command} could not be written to`, { cause }));
    });
    child.stdin.end(request.input ?? '');
    child.on('error', (cause) => {
      failure ??= new StreamError('SPEECH_FAILED', `${command} could not be run: ${cause.message}`, { cause });
    });
    child.on('close', (code, killedBy) => {
      clearTimeout(limit);
      clearTimeout(killTimer);
      signal.removeEventListener('abort', onAbort);
      if (failure === undefined && code !== 0) {
        const end = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`;
        failure = new StreamError('SPEECH_FAILED', `${command} ended with ${end}: ${stderr.trim() || 'no message'}`);
      }
      if (failure === undefined) resolve(Buffer.concat(output));
      else reject(failure);
    });
  });
}
