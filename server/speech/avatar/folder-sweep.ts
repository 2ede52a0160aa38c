import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How often a folder is looked through, at most. */
const MAX_PERIOD_MS = 60_000;

export type SweepOptions = {
  readonly directory: string;
  /** What may be removed, by its name. */
  isUnwanted(name: string): boolean;
  readonly retentionMs: number;
  readonly onError?: ((error: unknown) => void) | undefined;
};

/**
 * Removes what nobody wants from a folder, `retentionMs` after it was seen first. Times of files are not asked: a service's clock may
 * be wrong, and a file that waits for a job that is done again after a restart may be old.
 */
export class FolderSweep {
  readonly #options: SweepOptions;
  #seen = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SweepOptions) {
    this.#options = options;
    const periodMs = Math.max(10, Math.min(MAX_PERIOD_MS, options.retentionMs / 4));
    this.#timer = setInterval(() => this.#start(), periodMs).unref();
    this.#start();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  #start(): void {
    this.#running = this.#running.then(() => this.#sweep()).catch((error: unknown) => this.#options.onError?.(error));
  }

  async #sweep(): Promise<void> {
    const { directory, retentionMs, isUnwanted } = this.#options;
    const names = (await readdir(directory)).filter(isUnwanted);
    const nowMs = performance.now();
    this.#seen = new Map(names.map((name) => [name, this.#seen.get(name) ?? nowMs]));
    for (const [name, sinceMs] of this.#seen) {
      if (nowMs - sinceMs < retentionMs || !isUnwanted(name)) continue;
      // A folder of such a name is not ours.
      await rm(join(directory, name), { force: true }).catch((error: unknown) => this.#options.onError?.(error));
    }
  }
}
