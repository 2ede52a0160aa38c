import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Read at once: a header and what follows it. */
const WINDOW_BYTES = 64 * 1024;

/** A file that is read here and there, a window at a time. Synchronous: it is used in a thread of its own. */
export class FileWindow {
  readonly sizeBytes: number;
  readonly #fd: number;
  #window = new Uint8Array();
  #windowAt = 0;

  /** @throws the file system's error. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#fd).size;
  }

  /** Bytes from `at` on, fewer where the file ends. They are valid until the next call. */
  bytes(at: number, length: number): Uint8Array {
    const from = at - this.#windowAt;
    if (from < 0 || from + length > this.#window.length) this.#load(at, Math.max(length, WINDOW_BYTES));
    const start = at - this.#windowAt;
    return this.#window.subarray(start, start + length);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #load(at: number, length: number): void {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - at));
    const buffer = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const got = readSync(this.#fd, buffer, filled, wanted - filled, at + filled);
      if (got === 0) break;
      filled += got;
    }
    this.#window = buffer.subarray(0, filled);
    this.#windowAt = at;
  }
}
