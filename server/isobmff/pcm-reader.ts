import { BoxBuffer } from './box-buffer.ts';
import { MAX_HEADER_BYTES, readBoxHeader, sizeFault } from './box-header.ts';
import { BoxReader } from './box-reader.ts';
import { malformed } from './malformed.ts';

/** Uncompressed sound and when it begins, in samples of its rate. */
export type PcmBlock = { readonly startSample: number; readonly bytes: Uint8Array };

/** A packet of decoded sound is some kilobytes. */
const MAX_BOX_BYTES = 16 * 1024 * 1024;

/**
 * Reads 16-bit sound out of a QuickTime stream of one track whose timescale is its sample rate, one fragment per packet (ffmpeg's
 * `-f mov -movflags empty_moov+frag_every_frame`): unlike on a pipe of bare samples, each block says when it is heard.
 */
export class PcmReader {
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  readonly #headerView = new DataView(this.#header.buffer);
  #headerBytes = 0;
  #atByte = 0;
  #box: BoxBuffer | undefined;
  /** Of the `moof` that waits for its `mdat`. */
  #startSample: number | undefined;

  /**
   * Takes the next bytes, in pieces of any size, and gives the blocks that they complete.
   *
   * @throws {StreamError} `BOX_MALFORMED`.
   */
  push(bytes: Uint8Array): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    for (let at = 0; at < bytes.byteLength; ) {
      const taken = this.#box ? this.#box.fill(bytes, at) : this.#takeHeaderByte(bytes, at);
      at += taken;
      this.#atByte += taken;
      if (this.#box?.isFull) this.#close(this.#box, blocks);
    }
    return blocks;
  }

  #takeHeaderByte(bytes: Uint8Array, at: number): number {
    this.#header.set(bytes.subarray(at, at + 1), this.#headerBytes++);
    const header = readBoxHeader(this.#headerView, 0, this.#headerBytes);
    if (!header) return 1;
    const startByte = this.#atByte + 1 - header.headerBytes;
    const fault = sizeFault(header, MAX_BOX_BYTES);
    if (fault !== null) throw malformed(header.type, startByte, fault);
    this.#box = new BoxBuffer(header, startByte, header.type === 'moof' || header.type === 'mdat');
    this.#headerBytes = 0;
    return 1;
  }

  #close({ type, startByte, payloadByte, payload }: BoxBuffer, blocks: PcmBlock[]): void {
    this.#box = undefined;
    if (!payload) return;
    if (type === 'moof') {
      this.#startSample = decodeTime(new BoxReader({ type, path: type, startByte }, payload, payloadByte));
      return;
    }
    if (this.#startSample === undefined) throw malformed(type, startByte, 'has no moof in front of it');
    blocks.push({ startSample: this.#startSample, bytes: payload });
    this.#startSample = undefined;
  }
}

/** ISO/IEC 14496-12 8.8.12. */
function decodeTime(moof: BoxReader): number {
  const tfdt = moof.child('traf').child('tfdt');
  const { version } = tfdt.versionAndFlags(1);
  return version === 1 ? Number(tfdt.u64()) : tfdt.u32();
}
