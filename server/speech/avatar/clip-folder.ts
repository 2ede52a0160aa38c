import { randomBytes } from 'node:crypto';
import { copyFile, lstat, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSurelyWhole } from './clip-layout.ts';
import { FolderWatch } from './folder-watch.ts';
import { isAbsent } from './job-files.ts';

/** File name extensions of clips, in the order in which they are looked for. */
const CLIP_KINDS = ['mp4', 'webm', 'mov', 'mkv', 'm4v', 'avi', 'ts'];
const ERROR_KIND = 'error.txt';
const DELIVERY = new RegExp(`^([a-z0-9-]{1,64})\\.(${CLIP_KINDS.join('|')}|error\\.txt)$`);
/** Watchers can miss something (an overflow in the kernel, a network file system): who waits looks now and then. */
const RESCAN_MS = 5_000;

export type ClipFolderOptions = {
  /** Where the service writes; exists. */
  readonly directory: string;
  /** A file is finished when it did not change for so long; 0: the service renames, what is there is finished. */
  readonly settleMs: number;
  /** How much longer to wait for a file that may not be whole. */
  readonly graceMs: number;
  /** For network file systems, which tell nobody of changes: look every `pollMs`. */
  readonly usePolling: boolean;
  readonly pollMs: number;
  readonly onWatchError?: ((error: unknown) => void) | undefined;
};

/** A finished file that a service delivered. */
export type Delivery = { readonly kind: 'clip' | 'error'; readonly name: string };

type Sight = { readonly print: string; readonly sinceMs: number };

/** What a delivered file belongs to; `undefined` for any other name. */
export function idOf(name: string): string | undefined {
  return DELIVERY.exec(name)?.[1];
}

/** The folder that a service puts clips in. Files of other names, folders and links are not looked at. */
export class ClipFolder {
  readonly #options: ClipFolderOptions;
  #watch: FolderWatch | undefined;
  readonly #waiting = new Map<string, () => void>();

  private constructor(options: ClipFolderOptions) {
    this.#options = options;
  }

  /** Resolves when changes are seen. A watcher that fails to start is reported; clips are still found by looking. */
  static async open(options: ClipFolderOptions): Promise<ClipFolder> {
    const folder = new ClipFolder(options);
    const { directory, usePolling, pollMs, onWatchError } = options;
    folder.#watch = await FolderWatch.open({
      directory,
      usePolling,
      pollMs,
      isWanted: (name) => idOf(name) !== undefined,
      onChange: (name) => folder.#waiting.get(idOf(name) ?? '')?.(),
      onError: onWatchError,
    });
    return folder;
  }

  /** What was delivered for a job, as soon as it is finished. One waits at a time per id. Rejects when aborted. */
  async delivered(id: string, signal: AbortSignal): Promise<Delivery> {
    const sights = new Map<string, Sight>();
    try {
      for (;;) {
        signal.throwIfAborted();
        const { promise, resolve } = Promise.withResolvers<void>();
        // Before looking: what comes meanwhile is not missed.
        this.#waiting.set(id, resolve);
        const finished = await this.#look(id, sights);
        if (finished) return finished;
        const { settleMs } = this.#options;
        const pauseMs = sights.size > 0 ? Math.min(RESCAN_MS, Math.max(20, settleMs / 4)) : RESCAN_MS;
        const pause = new AbortController();
        const either = AbortSignal.any([signal, pause.signal]);
        await Promise.race([promise, delay(pauseMs, undefined, { signal: either }).catch(() => undefined)]);
        pause.abort();
        // Events of a file that is being written may come faster than it is worth looking.
        if (sights.size > 0) await delay(20);
      }
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Whether there is a file for a job, finished or not. */
  async hasAny(id: string): Promise<boolean> {
    const files = await Promise.all(CLIP_KINDS.map((kind) => this.#fileAt(`${id}.${kind}`)));
    return files.some((file) => file !== undefined);
  }

  /**
   * Takes a file out of the folder, so that it can't be shown twice.
   * @returns Its path in `into`; `undefined` when it is gone, or no file.
   */
  async take(name: string, into: string): Promise<string | undefined> {
    const unique = `${randomBytes(6).toString('hex')}-${name}`;
    const path = join(into, unique);
    try {
      await this.#move(join(this.#options.directory, name), path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
    // Only here can it not be exchanged for something else any more.
    if ((await lstat(path)).isFile()) return path;
    await rm(path, { recursive: true, force: true });
    return undefined;
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#options.directory, name), { force: true });
  }

  async close(): Promise<void> {
    await this.#watch?.close();
  }

  async #move(from: string, to: string): Promise<void> {
    try {
      await rename(from, to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      // Out of sight first, under a name that no delivery has; then over to the other device.
      const hidden = join(this.#options.directory, `.${basename(to)}.taken`);
      await rename(from, hidden);
      try {
        if ((await lstat(hidden)).isFile()) await copyFile(hidden, to);
        else throw Object.assign(new Error('not a file'), { code: 'ENOENT' });
      } finally {
        await rm(hidden, { recursive: true, force: true });
      }
    }
  }

  async #look(id: string, sights: Map<string, Sight>): Promise<Delivery | undefined> {
    for (const kind of [...CLIP_KINDS, ERROR_KIND]) {
      const name = `${id}.${kind}`;
      if (await this.#isFinished(name, sights)) return { kind: kind === ERROR_KIND ? 'error' : 'clip', name };
    }
    return undefined;
  }

  async #isFinished(name: string, sights: Map<string, Sight>): Promise<boolean> {
    const { settleMs, graceMs } = this.#options;
    const file = await this.#fileAt(name);
    if (!file || file.size === 0) {
      sights.delete(name);
      return false;
    }
    if (settleMs === 0) return true;
    const nowMs = performance.now();
    const print = `${file.ino} ${file.size} ${file.mtimeMs}`;
    const before = sights.get(name);
    if (before?.print !== print) {
      sights.set(name, { print, sinceMs: nowMs });
      return false;
    }
    const quietMs = nowMs - before.sinceMs;
    if (quietMs < settleMs) return false;
    if (name.endsWith(ERROR_KIND) || quietMs >= settleMs + graceMs) return true;
    return await isSurelyWhole(join(this.#options.directory, name)).catch(() => false);
  }

  async #fileAt(name: string): Promise<{ size: number; mtimeMs: number; ino: number } | undefined> {
    try {
      const stats = await lstat(join(this.#options.directory, name));
      return stats.isFile() ? stats : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}
