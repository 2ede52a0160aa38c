import { StreamError } from '../errors.ts';
import type { Jail } from '../lib/jail.ts';
import { type JobDirectory, makeJobDirectory, makeSpareDirectory } from '../lib/job-directory.ts';
import { OwnedProcess } from '../lib/owned-process.ts';
import type { Profile } from '../timeline/profile.ts';
import { chunkArguments, outputsOf, type Variant } from './chunk-arguments.ts';
import type { VideoEncoderName } from './types.ts';

/** Kinds of process kept waiting at most: an idle ffmpeg holds about 9 MiB of its own. */
const MAX_WARM = 3;

/** An ffmpeg that is started and waits for its chunk in a directory of its own. */
export type ReadyProcess = { readonly process: OwnedProcess; readonly directory: string; remove(): Promise<void> };

export type WarmOptions = {
  readonly ffmpegPath: string;
  readonly encoder: VideoEncoderName;
  readonly jobsDirectory: string;
  readonly jail: Jail;
};

/**
 * Starting ffmpeg takes most of the time until the first frame is coded (55-85 ms of about 90), so one process of each kind that
 * was lately in use is started ahead.
 */
export class WarmProcesses {
  readonly #options: WarmOptions;
  /** By kind, the most recently used last. */
  readonly #waiting = new Map<string, Promise<ReadyProcess>>();
  /** Being ended. */
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(options: WarmOptions) {
    this.#options = options;
  }

  /**
   * A process for this kind of chunk: the waiting one, or a new one.
   *
   * @throws {StreamError} `ABORTED` after `close()`, `ENCODER_MISSING`, `ENCODER_FAILED` when none can be started.
   */
  async take(variant: Variant, profile: Profile): Promise<ReadyProcess> {
    if (this.#closed) throw new StreamError('ABORTED', 'the encoder is closed');
    const key = JSON.stringify([variant, profile]);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    const ready = waiting && (await waiting.catch(() => undefined));
    if (ready && !ready.process.exited) return ready;
    await ready?.remove();
    return await this.#start(variant, profile);
  }

  /** Starts a process of this kind to have it waiting. */
  warm(variant: Variant, profile: Profile): void {
    const key = JSON.stringify([variant, profile]);
    if (this.#closed || this.#waiting.has(key)) return;
    const started = this.#start(variant, profile);
    started.catch(() => {
      if (this.#waiting.get(key) === started) this.#waiting.delete(key);
    });
    this.#waiting.set(key, started);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WARM && oldest !== undefined) {
      const dropped = this.#waiting.get(oldest);
      this.#waiting.delete(oldest);
      if (dropped) this.#discard(dropped);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const started of waiting) this.#discard(started);
    await Promise.all(this.#ending);
  }

  #discard(started: Promise<ReadyProcess>): void {
    const ended = discard(started).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** A process for this kind of chunk that needs nothing of the disk that uploads are on. @throws {StreamError} `ABORTED` after `close()`. */
  async takeSpare(variant: Variant, profile: Profile): Promise<ReadyProcess> {
    if (this.#closed) throw new StreamError('ABORTED', 'the encoder is closed');
    return await this.#start(variant, profile, await makeSpareDirectory(this.#options.jobsDirectory));
  }

  async #start(variant: Variant, profile: Profile, spare?: JobDirectory): Promise<ReadyProcess> {
    const { ffmpegPath, encoder, jobsDirectory, jail } = this.#options;
    const directory = spare ?? (await makeJobDirectory(jobsDirectory));
    const args = chunkArguments(variant, profile, encoder);
    const memory = variant.kind === 'file' ? { memoryBytes: variant.memoryBytes } : {};
    try {
      const process = new OwnedProcess({
        ...jail.start({ command: ffmpegPath, args, cwd: directory.path, ...memory }),
        extraPipes: outputsOf(variant, profile).extraPipes,
      });
      await process.started;
      return { process, directory: directory.path, remove: directory.remove };
    } catch (error) {
      await directory.remove();
      throw error;
    }
  }
}

async function discard(started: Promise<ReadyProcess>): Promise<void> {
  const ready = await started.catch(() => undefined);
  if (!ready) return;
  ready.process.stop();
  await ready.process.done.catch(() => undefined);
  await ready.remove();
}
