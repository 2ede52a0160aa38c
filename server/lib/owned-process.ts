import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type ErrorCode, StreamError } from '../errors.ts';

/** Kept of what a process says on stderr: enough for the reason, not for a flood. */
const STDERR_TAIL_BYTES = 4096;
/** After SIGTERM, before SIGKILL. */
const KILL_GRACE_MS = 2_000;

export type ProcessOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** What it is called in errors; default: `command`. */
  readonly title?: string;
  readonly cwd?: string;
  /** Pipes beyond stdin, stdout and stderr: file descriptors 3, 4, ... */
  readonly extraPipes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Code of every failure; by default those of encoders: `ENCODER_MISSING`, `ENCODER_FAILED`. */
  readonly failure?: ErrorCode;
};

/**
 * One child process with a lifetime: it ends by itself, or by `stop()` (SIGTERM, then SIGKILL), and `done` settles only when it
 * is gone. The environment is empty but for PATH and what is given: nothing leaks into a process that reads foreign media.
 */
export class OwnedProcess {
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #failure: ErrorCode | undefined;
  #stderr = '';
  #stopped: StreamError | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #stallMs = 0;
  #isOverdue = false;
  /** Resolves after exit code 0. Rejects with `ENCODER_MISSING`, `ENCODER_FAILED` (or `failure`), or what `stop()` was given. */
  readonly done: Promise<void>;

  constructor(options: ProcessOptions) {
    this.#command = options.title ?? options.command;
    this.#failure = options.failure;
    const extra = Array.from({ length: options.extraPipes ?? 0 }, () => 'pipe' as const);
    this.#child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { PATH: process.env.PATH ?? '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe', ...extra],
      windowsHide: true,
      // A group of its own: ending it ends what a wrapper script started, and Ctrl+C reaches only this server, which ends it in order.
      detached: true,
    });
    // First of all: a process that could not be started at all may have no pipes, and its error comes in the next tick.
    this.done = this.#settle();
    // Whoever awaits `done` gets the error; nobody awaiting it must not take the server down.
    this.done.catch(() => undefined);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_BYTES);
    });
    // A process that dies early closes its stdin under us: the reason is in `done`, not in this error.
    this.#child.stdin?.on('error', () => this.#child.stdin?.destroy());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get stdin(): Writable {
    return this.stream(0) as Writable;
  }

  /** The end of what the process said on stderr. */
  get stderrTail(): string {
    return this.#stderr.trim();
  }

  /** The parent's end of a pipe. */
  stream(fd: number): Readable | Writable {
    const stream = this.#child.stdio?.[fd];
    if (!stream) throw new StreamError('INTERNAL', `${this.#command} has no pipe ${fd}`);
    return stream;
  }

  readable(fd: number): Readable {
    return this.stream(fd) as Readable;
  }

  /** Fails the process with `ENCODER_STALLED` when `alive()` is not called for `stallMs`; 0 stops watching. */
  watch(stallMs: number): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#stallMs = stallMs;
    this.alive();
  }

  /** Tells the watchdog that output came. */
  alive(): void {
    this.#isOverdue = false;
    if (this.#stallMs === 0 || this.exited) return;
    if (this.#stallTimer) {
      this.#stallTimer.refresh();
      return;
    }
    // Timers come before pipes: where it was our own event loop that stood still, what the process gave meanwhile is read first.
    this.#stallTimer = setTimeout(() => {
      this.#isOverdue = true;
      setImmediate(() => this.#stalled());
    }, this.#stallMs);
  }

  #stalled(): void {
    if (!this.#isOverdue) return;
    const told = `${this.#command} gave no output for ${this.#stallMs} ms: ${this.stderrTail}`;
    this.stop(new StreamError('ENCODER_STALLED', told), 0);
  }

  /** Ends the process; `done` rejects with `reason`. Idempotent. */
  stop(
    reason: StreamError = new StreamError('ABORTED', `${this.#command} was stopped`),
    graceMs = KILL_GRACE_MS,
  ): void {
    if (this.exited || this.#stopped) return;
    this.#stopped = reason;
    this.#child.stdin?.destroy();
    this.#signal(graceMs === 0 ? 'SIGKILL' : 'SIGTERM');
    if (graceMs > 0) this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
  }

  /** Signals the whole group. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // Gone in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  async #settle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: string | null; error?: Error }>();
    this.#child.once('error', (error) => resolve({ code: null, signal: null, error }));
    this.#child.once('close', (code, signal) => resolve({ code, signal }));
    const { code, signal, error } = await promise;
    clearTimeout(this.#killTimer);
    clearTimeout(this.#stallTimer);
    if (this.#stopped) throw this.#stopped;
    if (error) throw startError(this.#command, error, this.#failure);
    if (code !== 0) {
      throw new StreamError(
        this.#failure ?? 'ENCODER_FAILED',
        `${this.#command} ended with ${signal ?? `exit code ${code}`}: ${this.stderrTail || 'it gave no reason'}`,
      );
    }
  }
}

function startError(command: string, error: Error, failure: ErrorCode | undefined): StreamError {
  const missing = 'code' in error && error.code === 'ENOENT';
  return missing
    ? new StreamError(failure ?? 'ENCODER_MISSING', `${command} is not installed or not on PATH`, { cause: error })
    : new StreamError(failure ?? 'ENCODER_FAILED', `${command} could not be started: ${error.message}`, {
        cause: error,
      });
}

/** Stops the process when the signal aborts; returns the way to let go of the signal. */
export function stopOnAbort(child: OwnedProcess, signal: AbortSignal): () => void {
  const stop = () => child.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return () => signal.removeEventListener('abort', stop);
}
