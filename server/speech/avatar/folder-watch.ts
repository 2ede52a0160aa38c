import { mkdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { Restarts } from '../../lib/restarts.ts';

export type FolderWatchOptions = {
  /** It is made again when it is deleted. */
  readonly directory: string;
  /** For network file systems, which report no changes: look every `pollMs`. */
  readonly usePolling: boolean;
  readonly pollMs: number;
  /** Files that are worth a call. */
  isWanted(name: string): boolean;
  onChange(name: string): void;
  /** The watcher failed; it is started again. */
  readonly onError?: ((error: unknown) => void) | undefined;
};

/** Watches the files of a folder. A watcher that fails, or whose folder is deleted, is started again, the less often the more often it fails. */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #restarts = new Restarts();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ending: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Resolves when changes are seen, or the watcher has failed. */
  static async open(options: FolderWatchOptions): Promise<FolderWatch> {
    const folder = new FolderWatch(options);
    await folder.#start();
    return folder;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stop();
    await this.#ending;
  }

  async #start(): Promise<void> {
    const { directory, usePolling, pollMs, isWanted, onChange } = this.#options;
    const { promise, resolve: ready } = Promise.withResolvers<void>();
    this.#restarts.started();
    const watcher = watch(directory, {
      // No globs; asked with and without stats, and about the folder itself too.
      ignored: (path, stats) => stats?.isFile() === true && !isWanted(basename(path)),
      ignoreInitial: true,
      followSymlinks: false,
      depth: 0,
      // A clip that is delivered again right after it was taken is news, not a change of one file. Whether a file is finished is
      // found out by `ClipFolder` and not by `awaitWriteFinish`: that does not hold back what it finds when it starts.
      atomic: false,
      ...(usePolling && { backend: 'polling' as const, pollingInterval: pollMs, pollingBinaryInterval: pollMs }),
    });
    this.#watcher = watcher;
    watcher.on('all', (event, path) => {
      if (event === 'unlinkDir' && resolve(path) === resolve(directory)) {
        this.#lost(watcher, new Error(`${directory} was deleted`));
        return;
      }
      this.#restarts.worked();
      onChange(basename(path));
    });
    watcher.on('error', (error) => {
      this.#lost(watcher, error);
      ready();
    });
    watcher.once('ready', ready);
    await promise;
  }

  #lost(watcher: FSWatcher, error: unknown): void {
    if (this.#watcher === watcher) this.#startLater(error);
  }

  #startLater(error: unknown): void {
    if (this.#isClosed) return;
    this.#options.onError?.(error);
    this.#stop();
    this.#timer = setTimeout(() => {
      this.#restart().catch((failure: unknown) => this.#startLater(failure));
    }, this.#restarts.ended()).unref();
  }

  async #restart(): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true });
    if (!this.#isClosed) await this.#start();
  }

  #stop(): void {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    if (watcher) this.#ending = Promise.allSettled([this.#ending, watcher.close()]);
  }
}
