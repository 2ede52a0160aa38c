import { StreamError } from '../errors.ts';
import { BoxBuffer } from './box-buffer.ts';
import { type BoxHeader, MAX_HEADER_BYTES, readBoxHeader, sizeFault } from './box-header.ts';
import { BoxReader } from './box-reader.ts';
import { type Init, readInit } from './init-reader.ts';
import { malformed } from './malformed.ts';
import { readFragment } from './moof-reader.ts';
import type { Fragment, TrackInit } from './types.ts';

/** What a fragmented MP4 stream says, in its order. */
export type FragmentEvent =
  | { readonly type: 'init'; readonly tracks: readonly TrackInit[] }
  | { readonly type: 'fragment'; readonly fragment: Fragment };

/** The largest fragment kept in memory: over a minute at 8 Mbit/s, while encoders here make one per frame or GOP. */
const MAX_BOX_BYTES = 64 * 1024 * 1024;

/** The boxes that are read; others (ftyp, styp, sidx, free, emsg, mfra, unknown ones) are skipped without a copy. */
const READ_TYPES = new Set(['moov', 'moof', 'mdat']);

/**
 * Reads a fragmented MP4 stream (ISO/IEC 14496-12 8.8) that arrives in pieces of any size.
 *
 * Bytes pushed are copied once: nothing keeps a pushed buffer alive. Each fragment's `mdat` is one buffer of its exact
 * size and sample data are views on it, so a kept sample keeps its fragment's data.
 */
export class FragmentReader {
  readonly #maxBoxBytes: number;
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  readonly #headerView = new DataView(this.#header.buffer);
  #headerBytes = 0;
  #box: BoxBuffer | null = null;
  /** Bytes taken so far. */
  #atByte = 0;
  #init: Init | null = null;
  /** A `moof` that waits for its `mdat`. */
  #moof: BoxReader | null = null;
  #failure: StreamError | null = null;

  constructor(options: { maxBoxBytes?: number } = {}) {
    this.#maxBoxBytes = options.maxBoxBytes ?? MAX_BOX_BYTES;
  }

  /**
   * Takes the next bytes and gives what they complete. Events in front of damage are handed out first: the call that
   * meets it throws only when it has no events to give, else the next call does (`push` or `end`), and all later ones.
   *
   * @throws {StreamError} `BOX_MALFORMED` with box path and byte offset.
   */
  push(bytes: Uint8Array): FragmentEvent[] {
    if (this.#failure !== null) throw this.#failure;
    const events: FragmentEvent[] = [];
    try {
      for (let at = 0; at < bytes.byteLength; ) at += this.#take(bytes, at, events);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#failure = error;
      if (events.length === 0) throw error;
    }
    return events;
  }

  /** @throws {StreamError} `BOX_MALFORMED` when a box is unfinished or a `moof` has no `mdat`. */
  end(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#box !== null && Number.isFinite(this.#box.payloadBytes)) throw this.#unfinished(this.#box);
    if (this.#headerBytes > 0) {
      throw malformed(
        'box',
        this.#atByte - this.#headerBytes,
        `stream ends in its header, after ${this.#headerBytes} bytes`,
      );
    }
    if (this.#moof !== null) throw this.#moof.refuse('stream ends without its mdat');
  }

  /** Takes some bytes from `at` on; returns how many. */
  #take(bytes: Uint8Array, at: number, events: FragmentEvent[]): number {
    const taken = this.#box === null ? this.#takeHeaderByte(bytes, at) : this.#box.fill(bytes, at);
    this.#atByte += taken;
    this.#closeIfFull(events);
    return taken;
  }

  #takeHeaderByte(bytes: Uint8Array, at: number): number {
    this.#header.set(bytes.subarray(at, at + 1), this.#headerBytes);
    this.#headerBytes++;
    const header = readBoxHeader(this.#headerView, 0, this.#headerBytes);
    if (header !== null) {
      this.#box = this.#open(header, this.#atByte + 1 - header.headerBytes);
      this.#headerBytes = 0;
    }
    return 1;
  }

  #open(header: BoxHeader, startByte: number): BoxBuffer {
    const { type } = header;
    const isRead = READ_TYPES.has(type);
    const isOpenEnded = header.sizeBytes === 0;
    // A box to the end of the file has no end on a pipe: fine for what is skipped, not for what is waited for.
    if (isOpenEnded && isRead) throw malformed(type, startByte, 'size 0 (to the end of the file) is not allowed here');
    const fault = isOpenEnded ? null : sizeFault(header, Number.POSITIVE_INFINITY);
    if (fault !== null) throw malformed(type, startByte, fault);
    if (header.sizeBytes > this.#maxBoxBytes) {
      throw malformed(type, startByte, `size ${header.sizeBytes} is over the limit of ${this.#maxBoxBytes} bytes`);
    }
    this.#checkOrder(type, startByte);
    return new BoxBuffer(header, startByte, isRead);
  }

  #checkOrder(type: string, startByte: number): void {
    if (type === 'moof' && this.#init === null) throw malformed(type, startByte, 'comes before any moov');
    if (type === 'mdat' && this.#moof === null) throw malformed(type, startByte, 'has no moof in front of it');
    if ((type === 'moof' || type === 'moov') && this.#moof !== null)
      throw this.#moof.refuse(`is followed by ${type}, not mdat`);
  }

  #closeIfFull(events: FragmentEvent[]): void {
    const box = this.#box;
    if (box === null || !box.isFull) return;
    this.#box = null;
    const { type, startByte, payloadByte, payload } = box;
    if (payload === null) return;
    if (type === 'mdat') {
      events.push(this.#fragment(payload, payloadByte));
      return;
    }
    const reader = new BoxReader({ type, path: type, startByte }, payload, payloadByte);
    if (type === 'moof') this.#moof = reader;
    else {
      this.#init = readInit(reader);
      events.push({ type: 'init', tracks: this.#init.tracks });
    }
  }

  #fragment(bytes: Uint8Array, startByte: number): FragmentEvent {
    const moof = this.#moof;
    const init = this.#init;
    if (moof === null || init === null) throw malformed('mdat', startByte, 'has no moof in front of it');
    this.#moof = null;
    return { type: 'fragment', fragment: readFragment(moof, { bytes, startByte }, init.defaults) };
  }

  #unfinished(box: BoxBuffer): StreamError {
    const has = `after ${box.filledBytes} of ${box.payloadBytes} payload bytes`;
    return malformed(box.type, box.startByte, `stream ends inside it, ${has}`);
  }
}
