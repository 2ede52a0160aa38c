import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { Duplex, type Readable, type Writable } from 'node:stream';
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
 *
 * A process that can't be started is one that has ended: its pipes give nothing and take everything, and `done` says why. So whoever
 * uses one has to look in one place only, and no failure is left without an owner.
 */
export class OwnedProcess {
  readonly #child: ChildProcess | undefined;
  readonly #command: string;
  readonly #failure: ErrorCode | undefined;
  #stderr = '';
  #stopped: StreamError | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #stallMs = 0;
  #isOverdue = false;
  #isOver = false;
  /** Pipes of a process that could not be started. */
  readonly #noPipes = new Map<number, Duplex>();
  /** Resolves once it runs. Rejects as `done` does when it could not be started. */
  readonly started: Promise<void>;
  /** Resolves after exit code 0. Rejects with `ENCODER_MISSING`, `ENCODER_FAILED` (or `failure`), or what `stop()` was given. */
  readonly done: Promise<void>;

  constructor(options: ProcessOptions) {
    this.#command = options.title ?? options.command;
    this.#failure = options.failure;
    const started = start(options);
    this.#child = started instanceof Error ? undefined : started;
    this.done = this.#settle(started);
    this.started = this.#begin();
    // Whoever awaits these gets the error; nobody awaiting them must not take the server down.
    this.done.catch(() => undefined);
    this.started.catch(() => undefined);
    this.#child?.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_BYTES);
    });
    for (const stream of this.#child?.stdio ?? []) stream?.on('error', (error) => this.#pipeFailed(stream, error));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get exited(): boolean {
    const child = this.#child;
    return this.#isOver || child?.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  }

  get stdin(): Writable {
    return this.stream(0) as Writable;
  }

  /** From now on it runs when nothing else wants the processor. */
  yieldToOthers(): void {
    if (this.pid === undefined || this.exited) return;
    try {
      setPriority(this.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended in the meantime, or the system does not let us: it runs like any other.
    }
  }

  /** The end of what the process said on stderr. */
  get stderrTail(): string {
    return this.#stderr.trim();
  }

  /** The parent's end of a pipe. */
  stream(fd: number): Readable | Writable {
    const stdio = this.#child?.stdio;
    // Without descriptors Node makes no pipes at all.
    if (!stdio) return this.#noPipe(fd);
    const stream = stdio[fd];
    if (!stream) throw new StreamError('INTERNAL', `${this.#command} has no pipe ${fd}`);
    return stream;
  }

  readable(fd: number): Readable {
    return this.stream(fd) as Readable;
  }

  #pipeFailed(stream: Readable | Writable, cause: Error): void {
    stream.destroy();
    // A process that wants no more of its input closes it under us, and a reader that has enough destroys its end: no faults of the pipe.
    const isFault = 'syscall' in cause && 'code' in cause && cause.code !== 'EPIPE' && cause.code !== 'ECONNRESET';
    if (!isFault) return;
    const message = `a pipe of ${this.#command} failed: ${cause.message}`;
    this.stop(new StreamError(this.#failure ?? 'ENCODER_FAILED', message, { cause }), 0);
  }

  #noPipe(fd: number): Duplex {
    const known = this.#noPipes.get(fd);
    if (known) return known;
    const pipe = new Duplex({
      read() {
        this.push(null);
      },
      write: (_bytes, _encoding, done) => done(),
    });
    this.#noPipes.set(fd, pipe);
    return pipe;
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
    this.stdin.destroy();
    this.#signal(graceMs === 0 ? 'SIGKILL' : 'SIGTERM');
    if (graceMs > 0) this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
  }

  /** Signals the whole group. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // Gone in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  async #begin(): Promise<void> {
    if (this.pid === undefined) await this.done;
  }

  async #settle(started: ChildProcess | Error): Promise<void> {
    const { code, signal, error } = await endOf(started);
    this.#isOver = true;
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

/** @returns the error of a process that could not be started at all: Node throws some of them, and tells others by an event. */
function start({ command, args, cwd, env, extraPipes = 0 }: ProcessOptions): ChildProcess | Error {
  const extra = Array.from({ length: extraPipes }, () => 'pipe' as const);
  try {
    return spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...extra],
      windowsHide: true,
      // A group of its own: ending it ends what a wrapper script started, and Ctrl+C reaches only this server, which ends it in order.
      detached: true,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type End = { readonly code: number | null; readonly signal: string | null; readonly error?: Error };

/** How a process ends. Must be called in the turn that it was started in: the error of a failed start comes in the next one. */
async function endOf(child: ChildProcess | Error): Promise<End> {
  if (child instanceof Error) return { code: null, signal: null, error: child };
  const { promise, resolve } = Promise.withResolvers<End>();
  child.on('error', (error) => {
    // A signal that could not be sent is no end.
    if (child.pid === undefined) resolve({ code: null, signal: null, error });
  });
  child.once('close', (code, signal) => resolve({ code, signal }));
  return await promise;
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
