import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareEncode, ffmpegPath } from './ffmpeg-settings.ts';
import { type FileServer, serveFiles } from './nginx.ts';
import { timedRequest, wallMs } from './timed-http.ts';

const POLL_MS = 4;
const TIME_LIMIT_MS = 20_000;

/** What one would do without us: each chunk is an ffmpeg run that appends to one HLS playlist in a folder that is served. */
export class HlsAppend implements AsyncDisposable {
  readonly #dir: string;
  readonly #files: FileServer;

  private constructor(dir: string, files: FileServer) {
    this.#dir = dir;
    this.#files = files;
  }

  static async open(dir: string): Promise<HlsAppend> {
    const root = join(dir, 'append');
    await mkdir(root, { recursive: true });
    return new HlsAppend(root, await serveFiles(root, join(dir, 'nginx')));
  }

  get serverName(): string {
    return this.#files.name;
  }

  /**
   * Appends a clip.
   *
   * @returns Milliseconds from the start of ffmpeg until its first segment was listed and fetched.
   */
  async append(clip: string): Promise<number> {
    const before = new Set(await readdir(this.#dir));
    const startedMs = wallMs();
    const ffmpeg = spawn(ffmpegPath(), this.#arguments(clip), { stdio: ['ignore', 'ignore', 'inherit'] });
    const exited = once(ffmpeg, 'exit');
    // Both are awaited, whichever fails: no ffmpeg outlives its measurement.
    const [segment, exit] = await Promise.allSettled([this.#firstSegment(before), exited]);
    const code: unknown = exit.status === 'fulfilled' ? exit.value[0] : exit.reason;
    if (code !== 0) throw new Error(`ffmpeg -f hls ended with ${String(code)}`);
    if (segment.status === 'rejected') throw segment.reason;
    return segment.value - startedMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#files[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true, force: true });
  }

  #arguments(clip: string): string[] {
    return bareEncode(clip, [
      ...['-f', 'hls', '-hls_time', '1', '-hls_list_size', '12', '-hls_segment_type', 'fmp4'],
      ...['-hls_flags', 'append_list+omit_endlist+independent_segments'],
      ...['-hls_segment_filename', join(this.#dir, 's%d.m4s'), join(this.#dir, 'stream.m3u8')],
    ]);
  }

  /** Polls the playlist as fast as is fair until it names a segment that was not there before, and fetches that. */
  async #firstSegment(before: ReadonlySet<string>): Promise<number> {
    const deadlineMs = Date.now() + TIME_LIMIT_MS;
    for (;;) {
      const playlist = await timedRequest(`${this.#files.origin}/stream.m3u8`);
      const lines = playlist.status === 200 ? playlist.body.toString().split('\n') : [];
      const name = lines.find((line) => line.endsWith('.m4s') && !before.has(line));
      if (name !== undefined) {
        const segment = await timedRequest(`${this.#files.origin}/${name}`);
        if (segment.status === 200) return segment.fetchedMs;
      }
      if (Date.now() > deadlineMs) throw new Error(`ffmpeg -f hls listed nothing in ${TIME_LIMIT_MS} ms`);
      await sleep(POLL_MS);
    }
  }
}
