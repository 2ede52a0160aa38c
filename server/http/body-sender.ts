import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../errors.ts';
import { type BlockReader, FileBlocks, type FileSlice } from '../lib/file-blocks.ts';
import type { BodyPiece } from '../session/types.ts';

export type Sending = {
  readonly status: number;
  /** As a flat list. */
  readonly headers: string[];
  readonly body: readonly BodyPiece[];
};

/**
 * Sends bodies as their clients take them. Of each at most one piece of memory or one block of a file is on its way: the next is looked
 * up when the socket has taken that one, so who reads nothing costs next to nothing, however large the answer.
 */
export class BodySender {
  readonly #blocks = new FileBlocks();

  /** Answers that read files now. */
  get fileReaders(): number {
    return this.#blocks.readers;
  }

  /** A file as a body, whole and as it is now. The reader must be closed. */
  open(path: string): BlockReader {
    return this.#blocks.reader(path);
  }

  /**
   * Sends head and body. What is in memory leaves at once, as far as the socket takes it.
   *
   * @param reader - Of the file that slices of the body lie in, when it is open already.
   * @returns What resolves when the rest is handed over, or the client has left; `undefined` when there is no rest.
   * @throws {StreamError} `NOT_FOUND` when a piece is gone; the file system's error. The head may be sent by then.
   */
  send(req: IncomingMessage, res: ServerResponse, sending: Sending, reader?: BlockReader): Promise<void> | undefined {
    const { status, headers, body } = sending;
    if (body.length === 0 || req.method === 'HEAD') {
      res.writeHead(status, headers).end();
      return undefined;
    }
    for (const [index, piece] of body.entries()) {
      const source = piece.get();
      if (!(source instanceof Uint8Array)) return this.#sendRest(res, sending, index, reader);
      // Head and small bodies leave in one system call: Node corks them until the next tick.
      if (index === 0) res.writeHead(status, headers);
      if (index === body.length - 1) res.end(source);
      else if (!res.write(source)) return this.#sendRest(res, sending, index + 1, reader);
    }
    return undefined;
  }

  /** Sends the pieces from `index` on, each when the socket has taken what came before it. */
  async #sendRest(res: ServerResponse, sending: Sending, index: number, known?: BlockReader): Promise<void> {
    const { status, headers, body } = sending;
    let reader = known;
    const readerOf = (path: string): BlockReader => {
      reader ??= this.open(path);
      return reader;
    };
    try {
      if (res.writableNeedDrain) await drained(res);
      for await (const bytes of this.#bytesOf(body.slice(index), readerOf)) {
        if (res.destroyed) return;
        // Not before there is something to send: a file that is gone is a problem of its own.
        if (!res.headersSent) res.writeHead(status, headers);
        if (!res.write(bytes)) await drained(res);
        if (res.destroyed) return;
      }
      res.end();
    } finally {
      if (reader !== known) reader?.[Symbol.dispose]();
    }
  }

  async *#bytesOf(body: readonly BodyPiece[], readerOf: (path: string) => BlockReader): AsyncGenerator<Uint8Array> {
    for (const piece of body) {
      const source = piece.get();
      if (source === undefined) throw new StreamError('NOT_FOUND', 'no such media');
      if (source instanceof Uint8Array) yield source;
      else yield* this.#blocksOf(source, readerOf(source.path));
    }
  }

  async *#blocksOf({ start, sizeBytes }: FileSlice, reader: BlockReader): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < sizeBytes; ) {
      const block = await reader.read(start + at, Math.min(this.#blocks.blockBytes, sizeBytes - at));
      at += block.byteLength;
      yield block;
    }
  }
}

/** Bytes `start` to `end` (exclusive) of a body. */
export function cutBody(body: readonly BodyPiece[], start: number, end: number): BodyPiece[] {
  const wanted: BodyPiece[] = [];
  let at = 0;
  for (const piece of body) {
    const [from, to] = [Math.max(0, start - at), Math.min(piece.sizeBytes, end - at)];
    if (to > from) wanted.push({ sizeBytes: to - from, get: () => cut(piece.get(), from, to) });
    at += piece.sizeBytes;
  }
  return wanted;
}

function cut(source: Uint8Array | FileSlice | undefined, from: number, to: number): Uint8Array | FileSlice | undefined {
  if (source === undefined) return undefined;
  if (source instanceof Uint8Array) return source.subarray(from, to);
  return { path: source.path, start: source.start + from, sizeBytes: to - from };
}

/** Resolves when the socket has taken all that was written, or is gone. */
function drained(res: ServerResponse): Promise<void> {
  if (res.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}
