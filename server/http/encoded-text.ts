import { hash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { ContentEncoding } from './content-encoding.ts';

/** One coding of a text, and the headers it travels with, all made once. */
export type EncodedBytes = {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Flat list, for `writeHead`. */
  readonly headers: string[];
  /** The same for 304. */
  readonly notModifiedHeaders: string[];
};

/** Playlists repeat themselves: the lowest levels already take 85 % off, in a fraction of a millisecond. */
const GZIP_OPTIONS = { level: 3 };
const BROTLI_OPTIONS = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

/** A text as it goes out, each coding made when it is first asked for. */
export class EncodedText {
  readonly #identity: Buffer;
  readonly #tag: string;
  readonly #baseHeaders: string[];
  readonly #made = new Map<ContentEncoding, EncodedBytes>();

  /** @param baseHeaders - Flat list of what all answers carry: type, caching, CORS. */
  constructor(text: string, baseHeaders: string[]) {
    this.#identity = Buffer.from(text);
    this.#tag = hash('sha1', this.#identity, 'base64url');
    this.#baseHeaders = baseHeaders;
  }

  as(encoding: ContentEncoding): EncodedBytes {
    let made = this.#made.get(encoding);
    if (made === undefined) {
      made = this.#make(encoding);
      this.#made.set(encoding, made);
    }
    return made;
  }

  #make(encoding: ContentEncoding): EncodedBytes {
    const bytes = this.#encode(encoding);
    // RFC 9110 8.8.3.3: each coding is a representation of its own, with its own strong tag.
    const etag = `"${this.#tag}${encoding === 'identity' ? '' : `-${encoding}`}"`;
    const shared = [...this.#baseHeaders, 'ETag', etag, 'Vary', 'Accept-Encoding'];
    const coding = encoding === 'identity' ? [] : ['Content-Encoding', encoding];
    return {
      bytes,
      etag,
      headers: [...shared, ...coding, 'Content-Length', String(bytes.byteLength)],
      notModifiedHeaders: shared,
    };
  }

  #encode(encoding: ContentEncoding): Buffer {
    if (encoding === 'gzip') return gzipSync(this.#identity, GZIP_OPTIONS);
    if (encoding === 'br') return brotliCompressSync(this.#identity, BROTLI_OPTIONS);
    return this.#identity;
  }
}
