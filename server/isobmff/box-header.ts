/** The start of a box (ISO/IEC 14496-12 4.2). */
export type BoxHeader = {
  readonly type: string;
  readonly headerBytes: number;
  /** The whole box with its header; 0 when it runs to the end of the file. */
  readonly sizeBytes: number;
};

/** The longest header: a 32-bit size of 1, the type, a 64-bit size. */
export const MAX_HEADER_BYTES = 16;

/** @returns null when `view` holds less than the whole header from `at` on. */
export function readBoxHeader(view: DataView, at: number, endAt: number): BoxHeader | null {
  if (endAt - at < 8) return null;
  const size = view.getUint32(at);
  const type = readFourcc(view, at + 4);
  if (size !== 1) return { type, headerBytes: 8, sizeBytes: size };
  if (endAt - at < 16) return null;
  // Sizes past 2^53 lose precision here; they are over every limit anyway.
  return { type, headerBytes: 16, sizeBytes: Number(view.getBigUint64(at + 8)) };
}

/** Why the size in a header can't be right, or null when it can. */
export function sizeFault(header: BoxHeader, availableBytes: number): string | null {
  const { sizeBytes, headerBytes } = header;
  if (sizeBytes < headerBytes) return `size ${sizeBytes} is smaller than its header of ${headerBytes} bytes`;
  if (sizeBytes > availableBytes)
    return `size ${sizeBytes} runs past its parent, which has ${availableBytes} bytes left`;
  return null;
}

/** A box type as text; as hex when it isn't printable ASCII, so that it can stand in a message. */
export function readFourcc(view: DataView, at: number): string {
  const code = view.getUint32(at);
  const bytes = [code >>> 24, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff];
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return String.fromCharCode(...bytes);
  return `0x${code.toString(16).padStart(8, '0')}`;
}
