import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { decodeRedo, encodeRedo, type RedoEntry, type RedoWrite } from './redo-entry.ts';

/** Memory that outlives the process, though not the machine. */
export const SHARED_MEMORY = '/dev/shm';
/** Containers have 64 MiB of it unless they ask for more. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * What is shown while the disk is late, kept where no disk is waited for: a process that is killed then leaves it to the next one. Calls
 * return when it is kept; that is a copy in memory.
 */
export class RedoLog {
  readonly #path: string;
  readonly #dataDirectory: string;
  readonly #runBytes: number;
  #file: number | undefined;
  #sizeBytes: number;
  /** Journals that have entries which mean something; `false`: more was shown than they tell. */
  readonly #journals = new Map<string, boolean>();

  private constructor(path: string, dataDirectory: string, run: string, file: number) {
    this.#path = path;
    this.#dataDirectory = dataDirectory;
    this.#file = file;
    const entry = encodeRedo({ type: 'run', run });
    writeSync(file, entry);
    this.#runBytes = entry.byteLength;
    this.#sizeBytes = entry.byteLength;
  }

  /**
   * An empty log in the place of whatever an earlier server left.
   *
   * @param run - Name of this server's run, which its data directory knows, too.
   * @returns `undefined` where there is no such memory, or somebody else has that name in it.
   */
  static create(memory: string, dataDirectory: string, run: string): RedoLog | undefined {
    const path = redoPath(memory, dataDirectory);
    try {
      rmSync(path, { force: true });
      const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_APPEND } = constants;
      const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      return new RedoLog(path, dataDirectory, run, file);
    } catch {
      return undefined;
    }
  }

  /** It can take something: what it does not take of a journal it says itself. */
  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Bytes that wait for the disk. */
  get sizeBytes(): number {
    return this.#sizeBytes - this.#runBytes;
  }

  /** Keeps a batch. @param line - As it goes into the journal. */
  batch(journal: string, number: number, line: Uint8Array, writes: readonly RedoWrite[]): void {
    if (this.#journals.get(journal) === false) return;
    const relativeWrites = writes.map((write) => ({ ...write, path: this.#relative(write.path) }));
    const name = this.#relative(journal);
    const bytes = encodeRedo({ type: 'batch', journal: name, number, line, writes: relativeWrites });
    const hasRoom = this.#sizeBytes + bytes.byteLength <= MAX_BYTES;
    if (hasRoom && this.#append(bytes)) this.#journals.set(journal, true);
    else this.lose(journal);
  }

  /** More is shown of a journal than can be kept. */
  lose(journal: string): void {
    if (this.#journals.get(journal) === false) return;
    this.#journals.set(journal, false);
    this.#note({ type: 'lost', journal: this.#relative(journal) });
  }

  /** All of a journal is in its file, or the session is deleted. */
  clear(journal: string): void {
    if (!this.#journals.delete(journal)) return;
    if (this.#journals.size === 0) this.#empty();
    else this.#note({ type: 'clear', journal: this.#relative(journal) });
  }

  /** Nothing is left of it. Idempotent. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }

  #relative(path: string): string {
    return relative(this.#dataDirectory, path);
  }

  #empty(): void {
    if (this.#file === undefined) return;
    ftruncateSync(this.#file, this.#runBytes);
    this.#sizeBytes = this.#runBytes;
  }

  /** Without an end that says so, what is here must not be believed. */
  #note(entry: RedoEntry): void {
    if (!this.#append(encodeRedo(entry))) this.close();
  }

  /** @returns false when the memory is full. */
  #append(bytes: Buffer): boolean {
    if (this.#file === undefined) return false;
    try {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#file, bytes, at);
    } catch {
      // Half an entry would hide those after it.
      ftruncateSync(this.#file, this.#sizeBytes);
      return false;
    }
    this.#sizeBytes += bytes.byteLength;
    return true;
  }
}

/** What an earlier server of a data directory left. @returns `undefined` when it left nothing, or that was another run of it. */
export function readRedo(memory: string, dataDirectory: string, run: string): RedoEntry[] | undefined {
  let file: number | undefined;
  try {
    file = openSync(redoPath(memory, dataDirectory), constants.O_RDONLY | constants.O_NOFOLLOW);
    const stats = fstatSync(file);
    // Anybody may put a file there.
    if (!stats.isFile() || stats.uid !== process.getuid?.()) return undefined;
    const [first, ...entries] = decodeRedo(readFileSync(file));
    return first?.type === 'run' && first.run === run ? entries : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Where the log of a data directory is. */
export function redoPath(memory: string, dataDirectory: string): string {
  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  return join(memory, `throughline-${name}`);
}
