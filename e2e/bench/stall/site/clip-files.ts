import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Clips in memory, with ranges: what a static file server or a CDN gives a `<video>`. */
export class ClipFiles {
  readonly #files = new Map<string, Buffer>();

  /** From now on there is such a file. */
  async add(name: string, path: string): Promise<void> {
    this.#files.set(name, await readFile(path));
  }

  remove(name: string): void {
    this.#files.delete(name);
  }

  answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.#files.get(name);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = first === undefined ? 0 : Number(first);
    const end = last ? Math.min(Number(last), file.length - 1) : file.length - 1;
    if (start > end) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
      return;
    }
    const range = first === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${file.length}` };
    response.writeHead(first === undefined ? 200 : 206, {
      'content-type': 'video/mp4',
      'content-length': end - start + 1,
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      ...range,
    });
    response.end(file.subarray(start, end + 1));
  }
}
