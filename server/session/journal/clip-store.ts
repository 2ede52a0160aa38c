import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFile, clipName, readClipFile } from '../../encode/clip-file.ts';
import type { FillerClip } from '../../encode/types.ts';
import type { Disk } from '../../lib/disk.ts';
import { WeakValues } from '../../lib/weak-values.ts';
import type { RedoWrite } from './redo-entry.ts';

/** A clip that a journal names, and how it is cut. */
export type WantedClip = { readonly id: string; readonly cut: readonly number[]; readonly renditions: number };

/** Clips that stay in memory when no session shows them. */
const KEPT_CLIPS = 16;
const FILE = /^([0-9a-f]{32})-\d+\.mp4$/;

/**
 * Filler clips by their content: what a journal names is there, byte for byte, whatever would be drawn or encoded today. Those that many
 * sessions show are in one directory; a picture that one session holds is in its own.
 */
export class ClipStore {
  /** Of the clips that many sessions show. */
  readonly directory: string;
  readonly #disk: Disk;
  /** Clips of `directory` that are on disk. */
  readonly #stored = new Set<string>();
  /** Clips of `directory` that are being written. */
  readonly #keeping = new Map<string, Promise<void>>();
  /** Clips that sessions share, so that ten thousand of them hold one. */
  readonly #shared = new WeakValues<FillerClip>(KEPT_CLIPS);
  readonly #loading = new Map<string, Promise<FillerClip | undefined>>();

  constructor(directory: string, disk: Disk) {
    this.directory = directory;
    this.#disk = disk;
  }

  /** Resolves when the clip is on disk. @param directory - Of the session that alone shows it. */
  async keep(clip: FillerClip, directory = this.directory): Promise<void> {
    // A held picture is named once or twice: it is not worth remembering.
    if (directory !== this.directory) {
      await this.#write(clip, directory);
      return;
    }
    this.#shared.set(clip.id, clip);
    if (this.#stored.has(clip.id)) return;
    const keeping = this.#keeping.get(clip.id) ?? this.#write(clip, directory);
    this.#keeping.set(clip.id, keeping);
    try {
      await keeping;
      this.#stored.add(clip.id);
    } finally {
      this.#keeping.delete(clip.id);
    }
  }

  /** What is to be written of a clip that may not be on disk yet. */
  missing(clip: FillerClip, directory: string): RedoWrite[] {
    if (directory === this.directory && this.#stored.has(clip.id)) return [];
    return clip.video.map((_, rendition) => ({
      path: clipPath(directory, clip.id, rendition),
      position: 0,
      bytes: clipFile(clip, rendition),
      fresh: true,
    }));
  }

  /** The clip a journal names; `undefined` when it is gone or damaged. @param directory - Of the session, where it may lie, too. */
  async load(wanted: WantedClip, directory: string): Promise<FillerClip | undefined> {
    const known = this.#shared.get(wanted.id);
    if (known) return known;
    const loading = this.#loading.get(wanted.id) ?? read(wanted, this.directory).catch(() => undefined);
    this.#loading.set(wanted.id, loading);
    const clip = await loading;
    this.#loading.delete(wanted.id);
    if (!clip) return await read(wanted, directory);
    this.#shared.set(wanted.id, this.#shared.get(wanted.id) ?? clip);
    return this.#shared.get(wanted.id);
  }

  /** Deletes the shared clips that no session names and none shows. @returns how many files. */
  async sweep(named: ReadonlySet<string>): Promise<number> {
    let names: string[];
    try {
      names = await readdir(this.directory);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
      throw error;
    }
    const old = names.filter((name) => {
      const id = FILE.exec(name)?.[1] ?? '';
      return !named.has(id) && !this.#keeping.has(id) && this.#shared.get(id) === undefined;
    });
    for (const name of old) {
      // From now on whoever shows it writes it once more.
      this.#stored.delete(FILE.exec(name)?.[1] ?? '');
      await rm(join(this.directory, name), { force: true });
    }
    return old.length;
  }

  async #write(clip: FillerClip, directory: string): Promise<void> {
    for (const rendition of clip.video.keys())
      await this.#disk.replace(clipPath(directory, clip.id, rendition), clipFile(clip, rendition));
  }
}

function clipPath(directory: string, id: string, rendition: number): string {
  return join(directory, `${id}-${rendition}.mp4`);
}

async function read({ id, cut, renditions }: WantedClip, directory: string): Promise<FillerClip | undefined> {
  try {
    const files = await Promise.all(
      Array.from({ length: renditions }, (_, rendition) => readFile(clipPath(directory, id, rendition))),
    );
    if (clipName(cut, files) !== id) return undefined;
    const tracks = files.map((bytes) => readClipFile(bytes));
    return {
      ...{ id, segmentFrames: cut },
      video: tracks.map(({ samples }) => samples),
      init: tracks.map(({ init }) => init),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
