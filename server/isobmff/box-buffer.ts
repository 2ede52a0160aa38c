import type { BoxHeader } from './box-header.ts';

/** A box's buffer starts no larger than this and doubles: a size field alone must not cost memory. */
const FIRST_BUFFER_BYTES = 64 * 1024;

/** A top-level box whose payload is arriving: kept, or only counted when nobody reads it. */
export class BoxBuffer {
  readonly type: string;
  readonly startByte: number;
  /** Offset of the payload in the stream. */
  readonly payloadByte: number;
  /** Infinity for a box that runs to the end of the stream. */
  readonly payloadBytes: number;
  #buffer: Uint8Array | null;
  #filledBytes = 0;

  constructor(header: BoxHeader, startByte: number, isKept: boolean) {
    this.type = header.type;
    this.startByte = startByte;
    this.payloadByte = startByte + header.headerBytes;
    this.payloadBytes = header.sizeBytes === 0 ? Number.POSITIVE_INFINITY : header.sizeBytes - header.headerBytes;
    this.#buffer = isKept ? new Uint8Array(Math.min(this.payloadBytes, FIRST_BUFFER_BYTES)) : null;
  }

  get filledBytes(): number {
    return this.#filledBytes;
  }

  get isFull(): boolean {
    return this.#filledBytes === this.payloadBytes;
  }

  /** The payload once it is full, in a buffer of its exact size; null when it isn't kept. */
  get payload(): Uint8Array | null {
    return this.#buffer;
  }

  /** Takes what belongs to this box from `at` on; returns how many bytes that were. */
  fill(bytes: Uint8Array, at: number): number {
    const taken = Math.min(bytes.byteLength - at, this.payloadBytes - this.#filledBytes);
    const filledBytes = this.#filledBytes + taken;
    if (this.#buffer !== null) {
      const buffer = filledBytes > this.#buffer.byteLength ? this.#grow(this.#buffer, filledBytes) : this.#buffer;
      buffer.set(bytes.subarray(at, at + taken), this.#filledBytes);
    }
    this.#filledBytes = filledBytes;
    return taken;
  }

  #grow(buffer: Uint8Array, neededBytes: number): Uint8Array {
    const grown = new Uint8Array(Math.min(this.payloadBytes, Math.max(neededBytes, buffer.byteLength * 2)));
    grown.set(buffer.subarray(0, this.#filledBytes));
    this.#buffer = grown;
    return grown;
  }
}
