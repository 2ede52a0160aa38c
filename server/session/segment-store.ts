import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StreamError } from '../errors.ts';
import { Disk } from '../lib/disk.ts';

export type UploadLimits = {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** So much of it came: asked before it is written. @throws what the sender is told. */
  onBytes(sizeBytes: number): void;
};

/** The files of one session (`segments/README.md`); directories come into being with their first file. */
export class SegmentStore {
  readonly directory: string;
  readonly disk: Disk;

  constructor(directory: string, disk = new Disk()) {
    this.directory = directory;
    this.disk = disk;
  }

  get journalPath(): string {
    return join(this.directory, 'journal');
  }
  get soundPath(): string {
    return join(this.directory, 'sound');
  }
  get clipsDirectory(): string {
    return join(this.directory, 'clips');
  }

  uploadPath(chunkId: string): string {
    return join(this.directory, 'chunks', chunkId);
  }

  speechPath(chunkId: string): string {
    return join(this.directory, 'speech', chunkId);
  }

  recordingPath(keepFiller: boolean): string {
    return join(this.directory, keepFiller ? 'recording-with-filler.mp4' : 'recording.mp4');
  }

  segmentPath(rendition: string, msn: number): string {
    return join(this.directory, rendition, `s${msn}.m4s`);
  }

  /**
   * Stores a body; resolves when its bytes and its name are on disk.
   *
   * @throws {StreamError} `BODY_TOO_LARGE`, `ABORTED` when the sender went away, whatever `onBytes` throws; nothing is left then.
   */
  async storeUpload(
    chunkId: string,
    body: Readable,
    limits: UploadLimits,
  ): Promise<{ path: string; sizeBytes: number }> {
    const path = this.uploadPath(chunkId);
    const temporary = `${path}.part`;
    await mkdir(dirname(path), { recursive: true });
    try {
      const sizeBytes = await this.#write(temporary, body, limits);
      await rename(temporary, path);
      await this.disk.syncDirectory(dirname(path));
      return { path, sizeBytes };
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

  async readSegment(rendition: string, msn: number): Promise<Buffer> {
    return await this.disk.read(this.segmentPath(rendition, msn));
  }

  async removeUpload(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Chunks that something lies here for: uploads and speech, whole ones and others. */
  async leftChunks(): Promise<string[]> {
    const directories = ['chunks', 'speech'].map((name) => join(this.directory, name));
    const names = await Promise.all(directories.map(namesIn));
    return directories.flatMap((directory, at) => (names[at] ?? []).map((name) => join(directory, name)));
  }

  async exists(): Promise<boolean> {
    return (await statOf(this.directory)) !== undefined;
  }

  async removeAll(): Promise<void> {
    await this.disk.removeAll(this.directory);
  }

  async #write(path: string, body: Readable, limits: UploadLimits): Promise<number> {
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
        limits.onBytes(sizeBytes);
        await writeAll(file, bytes);
      }
      await this.disk.syncFile(file);
      return sizeBytes;
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

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Bytes of a file, 0 when there is none. */
export async function sizeOf(path: string): Promise<number> {
  return (await statOf(path))?.size ?? 0;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
