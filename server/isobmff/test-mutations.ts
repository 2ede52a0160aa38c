export type Random = (below: number) => number;

/** A linear congruential generator: the same mutations in every run. */
export function random(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const MOVFLAGS = ['frag_every_frame+empty_moov+default_base_moof', 'frag_keyframe+empty_moov'];

/** Arguments of an ffmpeg that writes the file to a pipe, as it does for the encoder. */
export function fileArguments(movflags: string): string[] {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=0.6', '-f', 'lavfi', '-i', 'sine=d=0.6:r=48000'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-g', '5', '-c:a', 'aac'];
  return [...input, ...codecs, '-movflags', movflags, '-f', 'mp4', 'pipe:1'];
}

const BOX_TYPES =
  /moov|trak|tkhd|mdhd|hdlr|stsd|avc1|avcC|mp4a|esds|mvex|trex|moof|mfhd|traf|tfhd|tfdt|trun|mdat|stbl|minf/g;

/** Where boxes start (their size fields) that are followed by enough bytes to be mutated. */
export function boxStarts(bytes: Buffer): number[] {
  const starts = [...bytes.toString('latin1').matchAll(BOX_TYPES)].map(({ index }) => index - 4);
  return starts.filter((at) => at >= 0 && at + 48 < bytes.length);
}

const SIZES = [0, 1, 7, 8, 9, 16, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

export type Mutation = (bytes: Buffer, next: Random, starts: readonly number[]) => Buffer;
export const KINDS: Record<string, Mutation> = {
  'flipped bytes': (bytes, next) => {
    for (let i = next(8); i >= 0; i--) bytes[next(bytes.length)] = next(256);
    return bytes;
  },
  'flipped bytes near box headers': (bytes, next, starts) => {
    for (let i = next(3); i >= 0; i--) bytes[(starts[next(starts.length)] ?? 0) + next(40)] = next(256);
    return bytes;
  },
  'another size field': (bytes, next, starts) => {
    bytes.writeUInt32BE(SIZES[next(SIZES.length)] ?? 0, starts[next(starts.length)]);
    return bytes;
  },
  'a large number in a field': (bytes, next, starts) => {
    bytes.writeUInt32BE(SIZES[next(SIZES.length)] ?? 0, (starts[next(starts.length)] ?? 0) + 8 + 4 * next(6));
    return bytes;
  },
  'its end missing': (bytes, next) => bytes.subarray(0, next(bytes.length)),
  'a deletion': (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(64))]);
  },
  'an insertion': (bytes, next) => {
    const at = next(bytes.length);
    const inserted = Buffer.from(Array.from({ length: 1 + next(64) }, () => next(256)));
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
};
