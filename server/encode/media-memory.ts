import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaPages } from './media-pages.ts';
import type { SavedPage } from './saved-page.ts';

/** After a fault of the disk: media stays in memory meanwhile, and encoders wait. */
const REST_MS = 5_000;
/** Beyond this share of the limit, encoders wait that have enough in hand: the disk is slower than they are. */
const FULL = 1.25;
/** All pages are looked at again after so much more has come. */
const SCAN_STEP_BYTES = 2 ** 16;

export type MediaMemoryOptions = {
  /** What all chunks together may hold, beside what of each is near. */
  readonly limitBytes: number;
  /** Of the spools. */
  readonly directory: string;
  /** What they may take, in bytes: beyond that, encoders wait. */
  readonly limitOnDisk: number;
  /** Media could not be written, and stays in memory; or not read again, and is lost. */
  onFault(error: unknown, isLost: boolean): void;
  now(): number;
};

type Victim = { readonly pages: MediaPages; readonly spool: Spool; readonly page: number };

/**
 * Bounds what chunks hold in memory on their way from the encoder to the air, all of them together: over the limit, the seconds that are
 * needed last go to disk, and come back before they are due.
 */
export class MediaMemory {
  readonly #options: MediaMemoryOptions;
  readonly #held = new Map<MediaPages, Spool>();
  #bytes = 0;
  #isMovingOut = false;
  #restsUntilMs = 0;
  /** Of all spools. */
  #onDisk = 0;
  /** All that was near when there was so much: what has come since then may be no other. */
  #nothingAtBytes = 0;

  constructor(options: MediaMemoryOptions) {
    this.#options = options;
  }

  /** Held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the encoder of these pages has to wait. Asks the disk again when it may. */
  mustWait(pages: MediaPages): boolean {
    if (!this.#isFull || !pages.hasEnough(true) || !this.#held.has(pages)) return false;
    // Where all encoders wait, nothing else does.
    void this.#moveOut();
    return true;
  }

  get #isFull(): boolean {
    return this.#bytes > this.#options.limitBytes * FULL;
  }

  hold(pages: MediaPages): void {
    this.#held.set(pages, new Spool(this.#options.directory));
    this.#bytes += pages.bytes;
    pages.onBytes = (change) => {
      this.#bytes += change;
    };
  }

  /** Stops counting these pages, and closes their file. Idempotent. */
  release(pages: MediaPages): void {
    const spool = this.#held.get(pages);
    if (!spool) return;
    this.#held.delete(pages);
    this.#bytes -= pages.bytes;
    pages.onBytes = () => undefined;
    this.#onDisk -= spool.bytes;
    this.#nothingAtBytes = 0;
    spool.close();
  }

  /** The position of reading has moved: other pages are near now. */
  read(pages: MediaPages): void {
    this.#nothingAtBytes = 0;
    this.changed(pages);
  }

  /** More of it has come. */
  changed(pages: MediaPages): void {
    void this.#moveIn(pages);
    if (this.#bytes > this.#options.limitBytes) void this.#moveOut();
  }

  async #moveOut(): Promise<void> {
    if (this.#isMovingOut || this.#options.now() < this.#restsUntilMs) return;
    this.#isMovingOut = true;
    try {
      while (this.#bytes > this.#options.limitBytes) {
        if (this.#bytes < this.#nothingAtBytes + SCAN_STEP_BYTES) break;
        const victim = this.#onDisk < this.#options.limitOnDisk ? this.#farthest() : undefined;
        this.#nothingAtBytes = victim ? 0 : this.#bytes;
        if (!victim || !(await this.#putAside(victim))) break;
      }
    } finally {
      this.#isMovingOut = false;
    }
  }

  /** @returns whether the disk takes more. */
  async #putAside({ pages, spool, page }: Victim): Promise<boolean> {
    const { pieces, contents } = pages.leave(page);
    try {
      const place = await spool.write(pieces);
      this.#onDisk += this.#held.has(pages) ? place.bytes : 0;
      pages.left(page, { ...place, contents });
      // It may have become near meanwhile.
      void this.#moveIn(pages);
      return true;
    } catch (error) {
      pages.left(page, undefined);
      if (spool.isClosed) return true;
      this.#restsUntilMs = this.#options.now() + REST_MS;
      this.#options.onFault(error, false);
      return false;
    }
  }

  #farthest(): Victim | undefined {
    let found: (Victim & { readonly seconds: number }) | undefined;
    for (const [pages, spool] of this.#held) {
      const farthest = pages.farthest(this.#isFull);
      if (farthest && farthest.seconds > (found?.seconds ?? -1)) found = { pages, spool, ...farthest };
    }
    return found;
  }

  async #moveIn(pages: MediaPages): Promise<void> {
    // Not brought back to be moved out again.
    const page = pages.missing(this.#bytes > this.#options.limitBytes);
    const spool = this.#held.get(pages);
    if (page === undefined || !spool) return;
    const saved = pages.fetch(page);
    if (!saved) return;
    let bytes: Uint8Array;
    try {
      bytes = await spool.read(saved);
    } catch (error) {
      if (spool.isClosed) return;
      this.#options.onFault(error, true);
      pages.onBack(error);
      return;
    }
    pages.back(page, bytes);
    if (!this.#held.has(pages)) return;
    pages.onBack();
    await this.#moveIn(pages);
  }
}

/** A file of one chunk that has no name: it is gone with its process, whatever happens. */
class Spool {
  readonly #directory: string;
  #file: Promise<FileHandle> | undefined;
  #end = 0;
  #uses = 0;
  isClosed = false;

  /** What it takes on disk. */
  get bytes(): number {
    return this.#end;
  }

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes behind what is there; one call at a time. */
  async write(pieces: readonly Uint8Array[]): Promise<Pick<SavedPage, 'position' | 'bytes'>> {
    return await this.#use(async (file) => {
      const position = this.#end;
      const bytes = Buffer.concat(pieces);
      for (let at = 0; at < bytes.length; )
        at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
      this.#end += bytes.length;
      return { position, bytes: bytes.length };
    });
  }

  /** @throws {RangeError} when the file ends before that. */
  async read({ position, bytes }: SavedPage): Promise<Uint8Array> {
    return await this.#use(async (file) => {
      const buffer = Buffer.allocUnsafeSlow(bytes);
      const { bytesRead } = await file.read(buffer, 0, bytes, position);
      if (bytesRead < bytes) throw new RangeError(`${bytesRead} of ${bytes} bytes are left of what was put aside`);
      return buffer;
    });
  }

  close(): void {
    this.isClosed = true;
    if (this.#uses === 0) this.#closeFile();
  }

  async #use<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
    this.#uses += 1;
    try {
      this.#file ??= openNameless(this.#directory);
      return await work(await this.#file.catch((error: unknown) => this.#notOpened(error)));
    } finally {
      this.#uses -= 1;
      if (this.isClosed && this.#uses === 0) this.#closeFile();
    }
  }

  #notOpened(error: unknown): never {
    this.#file = undefined;
    throw error;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    // What was in it is of no use any more.
    void file?.then((opened) => opened.close()).catch(() => undefined);
  }
}

async function openNameless(directory: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `spool-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
