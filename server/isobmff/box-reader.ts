import type { StreamError } from '../errors.ts';
import { readBoxHeader, readFourcc, sizeFault } from './box-header.ts';
import { malformed } from './malformed.ts';

/** Box types that may stand several times in one parent: their path carries an index. */
const REPEATABLE = new Set(['trak', 'trex', 'traf', 'trun']);

/** What a box is called in messages, and where its header starts in the stream. */
export type BoxPlace = { readonly type: string; readonly path: string; readonly startByte: number };

/**
 * A cursor over the payload of one box that never reads outside it.
 * Every read throws {StreamError} `BOX_MALFORMED` when the payload is too short for it.
 */
export class BoxReader {
  readonly place: BoxPlace;
  readonly #payload: Uint8Array;
  readonly #view: DataView;
  /** Offset of the payload in the stream. */
  readonly #payloadByte: number;
  #at = 0;

  constructor(place: BoxPlace, payload: Uint8Array, payloadByte: number) {
    this.place = place;
    this.#payload = payload;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#payloadByte = payloadByte;
  }

  get remainingBytes(): number {
    return this.#payload.byteLength - this.#at;
  }

  /** The error for a value in this box that can't be right. */
  refuse(reason: string): StreamError {
    return malformed(this.place.path, this.place.startByte, reason);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  fourcc(): string {
    return readFourcc(this.#view, this.#take(4));
  }

  skip(sizeBytes: number): void {
    this.#take(sizeBytes);
  }

  /** A copy, so that it doesn't keep the whole box in memory. */
  copy(sizeBytes: number): Uint8Array {
    const at = this.#take(sizeBytes);
    return this.#payload.slice(at, at + sizeBytes);
  }

  /** What every FullBox starts with (ISO/IEC 14496-12 4.2); a version this code doesn't know has another layout. */
  versionAndFlags(maxVersion = 0): { version: number; flags: number } {
    const word = this.u32();
    const version = word >>> 24;
    if (version > maxVersion) throw this.refuse(`version must be at most ${maxVersion}, got ${version}`);
    return { version, flags: word & 0xffffff };
  }

  /** The boxes from the cursor to the end of the payload; the cursor stays. Lazy: a box may hold millions of empty ones. */
  *children(): Generator<BoxReader, void, undefined> {
    const counts = new Map<string, number>();
    const endAt = this.#payload.byteLength;
    for (let at = this.#at; at < endAt; ) {
      const header = readBoxHeader(this.#view, at, endAt);
      if (header === null) throw this.refuse(`${endAt - at} bytes at its end are too few for a box`);
      const index = counts.get(header.type) ?? 0;
      const name = REPEATABLE.has(header.type) ? `${header.type}[${index}]` : header.type;
      const path = `${this.place.path}/${name}`;
      const startByte = this.#payloadByte + at;
      const fault = sizeFault(header, endAt - at);
      if (fault !== null) throw malformed(path, startByte, fault);
      const payload = this.#payload.subarray(at + header.headerBytes, at + header.sizeBytes);
      yield new BoxReader({ type: header.type, path, startByte }, payload, startByte + header.headerBytes);
      if (REPEATABLE.has(header.type)) counts.set(header.type, index + 1);
      at += header.sizeBytes;
    }
  }

  /** The one child of that type. */
  child(type: string): BoxReader {
    let found: BoxReader | undefined;
    for (const child of this.children()) {
      if (child.place.type !== type) continue;
      if (found !== undefined) throw child.refuse(`a second ${type} in the same box`);
      found = child;
    }
    if (found === undefined) throw this.refuse(`has no ${type}`);
    return found;
  }

  /** The children of that type, in order. */
  *all(type: string): Generator<BoxReader, void, undefined> {
    for (const child of this.children()) if (child.place.type === type) yield child;
  }

  #take(sizeBytes: number): number {
    const at = this.#at;
    if (sizeBytes > this.remainingBytes) {
      const has = `${this.remainingBytes} of its ${this.#payload.byteLength} payload bytes are left`;
      throw this.refuse(`a field needs ${sizeBytes} bytes, ${has}`);
    }
    this.#at = at + sizeBytes;
    return at;
  }
}
