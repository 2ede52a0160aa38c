import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StreamError } from '../errors.ts';

/** The files of one session (`segments/README.md`); directories come into being with their first file. */
export class SegmentStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  uploadPath(chunkId: string): string {
    return join(this.directory, 'chunks', chunkId);
  }

  recordingPath(keepFiller: boolean): string {
    return join(this.directory, keepFiller ? 'recording-with-filler.mp4' : 'recording.mp4');
  }

  /**
   * Stores a body; resolves when its bytes and its name are on disk.
   *
   * @throws {StreamError} `BODY_TOO_LARGE`, `ABORTED` when the sender went away; nothing is left then.
   */
  async storeUpload(
    chunkId: string,
    body: Readable,
    limits: { maxBytes: number; signal: AbortSignal },
  ): Promise<string> {
    const path = this.uploadPath(chunkId);
    const temporary = `${path}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await this.#write(temporary, body, limits);
      await rename(temporary, path);
      await syncDirectory(dirname(path));
      return path;
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof StreamError) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code.startsWith('ABORT') || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') {
        throw new StreamError('ABORTED', 'the upload ended before its end', { cause: error });
      }
      throw error;
    }
  }

  /** A complete media segment of a rendition. */
  async storeSegment(rendition: string, msn: number, bytes: readonly Uint8Array[]): Promise<void> {
    const path = this.#segmentPath(rendition, msn);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.part`;
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  }

  async readSegment(rendition: string, msn: number): Promise<Buffer> {
    return await readFile(this.#segmentPath(rendition, msn));
  }

  async removeUpload(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async removeAll(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #segmentPath(rendition: string, msn: number): string {
    return join(this.directory, rendition, `s${msn}.m4s`);
  }

  async #write(path: string, body: Readable, limits: { maxBytes: number; signal: AbortSignal }): Promise<void> {
    const file = await open(path, 'wx');
    const leave = () => body.destroy(new StreamError('ABORTED', 'the upload was called off'));
    if (limits.signal.aborted) leave();
    limits.signal.addEventListener('abort', leave, { once: true });
    try {
      let sizeBytes = 0;
      for await (const bytes of body as AsyncIterable<Buffer>) {
        sizeBytes += bytes.length;
        if (sizeBytes > limits.maxBytes)
          throw new StreamError('BODY_TOO_LARGE', `a chunk may have ${limits.maxBytes} bytes`);
        await writeAll(file, bytes);
      }
      await file.sync();
    } finally {
      limits.signal.removeEventListener('abort', leave);
      await file.close();
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, offset);
    offset += bytesWritten;
  }
}

/** A rename is safe once its directory is on disk. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
