/** What bytes of sound are, by themselves: whatever the server calls them. */
export type SoundKind = {
  /** For messages. */
  readonly name: string;
  /** ffmpeg's demuxers that may read it. */
  readonly demuxers: readonly string[];
};

const ascii = (bytes: Buffer, from: number, text: string): boolean =>
  bytes.length >= from + text.length && bytes.toString('latin1', from, from + text.length) === text;

/** Microsoft's GUID of Sony Wave64. */
const W64 = 'riff\x2e\x91\xcf\x11';

const KINDS: readonly (readonly [fits: (bytes: Buffer) => boolean, name: string, ...demuxers: string[]])[] = [
  [
    (bytes) => ascii(bytes, 8, 'WAVE') && /^(?:RIFF|RIFX|RF64|BW64)$/.test(bytes.toString('latin1', 0, 4)),
    'WAV',
    'wav',
  ],
  [(bytes) => ascii(bytes, 0, W64), 'Wave64', 'w64'],
  [(bytes) => ascii(bytes, 0, 'FORM') && /^AIF[FC]$/.test(bytes.toString('latin1', 8, 12)), 'AIFF', 'aiff'],
  [(bytes) => ascii(bytes, 0, '.snd'), 'AU', 'au'],
  [(bytes) => ascii(bytes, 0, 'caff'), 'CAF', 'caf'],
  [(bytes) => ascii(bytes, 0, 'OggS'), 'Ogg', 'ogg'],
  [(bytes) => ascii(bytes, 0, 'fLaC'), 'FLAC', 'flac'],
  [(bytes) => ascii(bytes, 0, '\x1aE\xdf\xa3'), 'WebM', 'matroska', 'webm'],
  [
    (bytes) => /^(?:ftyp|moov|styp)$/.test(bytes.toString('latin1', 4, 8)),
    'MP4',
    'mov',
    'mp4',
    'm4a',
    '3gp',
    '3g2',
    'mj2',
  ],
  [(bytes) => ascii(bytes, 0, '#!AMR'), 'AMR', 'amr'],
  // A tag of MP3's, in front of others too.
  [(bytes) => ascii(bytes, 0, 'ID3'), 'MP3', 'mp3', 'aac', 'flac'],
  [(bytes) => framesFollow(bytes, adtsFrameBytes), 'AAC', 'aac'],
  [(bytes) => framesFollow(bytes, mpegFrameBytes), 'MP3', 'mp3'],
  [(bytes) => bytes.length > 3 * 188 && [0, 188, 376].every((at) => bytes[at] === 0x47), 'MPEG-TS', 'mpegts'],
];

/** What servers call compressed sound that no first bytes tell. */
const COMPRESSED = /mpeg|mp3|mp4|m4a|aac|ogg|opus|vorbis|flac|webm|amr|3gpp/i;

/** @returns `undefined` for bytes without a header: raw samples, or none. */
export function soundKind(bytes: Buffer): SoundKind | undefined {
  const [, name, ...demuxers] = KINDS.find(([fits]) => fits(bytes)) ?? [];
  return name === undefined ? undefined : { name, demuxers };
}

/** Something else than samples, as the server calls it. */
export function isCompressedType(contentType: string): boolean {
  return COMPRESSED.test(contentType);
}

/** Two loud samples look like a frame's beginning; a chain of frames, each of the length that the one before it says, is none by chance. */
const FRAMES_NEEDED = 4;

function framesFollow(bytes: Buffer, frameBytes: (bytes: Buffer, at: number) => number | undefined): boolean {
  let at = 0;
  for (let frames = 0; frames < FRAMES_NEEDED; frames++) {
    const length = frameBytes(bytes, at);
    if (length === undefined) return false;
    at += length;
    // Shorter than that, it has to end where its last frame does.
    if (at === bytes.length) return frames > 0;
  }
  return true;
}

/** ISO/IEC 13818-7 6.2. */
function adtsFrameBytes(bytes: Buffer, at: number): number | undefined {
  if (at + 7 > bytes.length || (bytes.readUInt16BE(at) & 0xfff6) !== 0xfff0) return undefined;
  const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
  return length > 7 ? length : undefined;
}

/** Kbit/s by index, of layers I, II and III of MPEG-1, and of MPEG-2 and 2.5 (ISO/IEC 11172-3 2.4.2.3, 13818-3). */
const BIT_RATES = {
  I: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  II: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  III: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  lowI: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  low: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES = [44_100, 48_000, 32_000];

function mpegFrameBytes(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const header = bytes.readUInt32BE(at);
  const [version, layer] = [(header >>> 19) & 3, 4 - ((header >>> 17) & 3)];
  if (header >>> 21 !== 0x7ff || version === 1 || layer === 4) return undefined;
  const isLow = version !== 3;
  const bitRates = isLow
    ? BIT_RATES[layer === 1 ? 'lowI' : 'low']
    : BIT_RATES[layer === 1 ? 'I' : layer === 2 ? 'II' : 'III'];
  const bitRate = bitRates[((header >>> 12) & 15) - 1];
  const rate = RATES[(header >>> 10) & 3];
  if (bitRate === undefined || rate === undefined) return undefined;
  const audioRate = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
  const padding = (header >>> 9) & 1;
  if (layer === 1) return (Math.floor((12_000 * bitRate) / audioRate) + padding) * 4;
  const samples = layer === 3 && isLow ? 576 : 1152;
  return Math.floor((samples * 125 * bitRate) / audioRate) + padding;
}
