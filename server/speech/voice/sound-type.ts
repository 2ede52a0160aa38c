/** How a server describes samples without a header: by `Content-Type` and its parameters, or by headers of its own. */
export type SoundType = {
  /** Samples per second. */
  readonly audioRate?: number;
  readonly channels?: number;
  readonly isBigEndian: boolean;
  /** ffmpeg's name of the format, of samples that are not 16 or 32 bit wide. */
  readonly raw?: string;
};

const MIN_RATE = 4000;
const MAX_RATE = 192_000;
const MAX_CHANNELS = 8;
const RATE_HEADERS = ['x-sample-rate', 'x-audio-sample-rate', 'x-audio-rate', 'sample-rate', 'sample_rate'];
/** Of telephony, which `audio/basic` fixes (RFC 2046 4.3). */
const TELEPHONE_RATE = 8000;

/**
 * Reads `audio/L16;rate=24000;channels=1` (RFC 3551 4.5.11, RFC 2586) and its like. What is out of all bounds counts as absent.
 *
 * @param header - Another header of the answer.
 */
export function soundType(contentType: string, header: (name: string) => string | null): SoundType {
  const [essence = '', ...rest] = contentType.toLowerCase().split(';');
  const parameters = new Map(rest.map(parameter));
  const first = (...names: string[]): string | undefined =>
    names.map((name) => parameters.get(name)).find((value) => value !== undefined);
  const raw = rawFormat(
    essence.trim(),
    first('encoding', 'codec', 'codecs', 'format') ?? '',
    first('bits', 'bit-depth') ?? '',
  );
  const told =
    first('rate', 'sample_rate', 'samplerate', 'sample-rate') ??
    RATE_HEADERS.map(header).find((value) => value !== null);
  const audioRate =
    bounded(told, MIN_RATE, MAX_RATE) ?? (raw === 'mulaw' || raw === 'alaw' ? TELEPHONE_RATE : undefined);
  const channels = bounded(first('channels'), 1, MAX_CHANNELS);
  const endianness = first('endianness', 'endian', 'byte-order') ?? '';
  return {
    ...(audioRate !== undefined && { audioRate }),
    ...(channels !== undefined && { channels }),
    isBigEndian: endianness === '' ? /\/l(?:16|24|32)$/.test(essence.trim()) : endianness.startsWith('big'),
    ...(raw !== undefined && { raw }),
  };
}

function rawFormat(essence: string, encoding: string, bits: string): string | undefined {
  const said = `${essence} ${encoding}`;
  if (/mu-?law|ulaw|pcmu\b|audio\/basic/.test(said)) return 'mulaw';
  if (/a-?law|pcma\b/.test(said)) return 'alaw';
  if (/\/l8\b|\bu8\b|unsigned-?8/.test(said) || bits === '8') return 'u8';
  if (/\/l24\b/.test(said)) return 's24be';
  return /\bs24(?:le)?\b/.test(said) || bits === '24' ? 's24le' : undefined;
}

function parameter(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0
    ? [text.trim(), '']
    : [
        text.slice(0, at).trim(),
        text
          .slice(at + 1)
          .trim()
          .replace(/^"|"$/g, ''),
      ];
}

function bounded(text: string | null | undefined, min: number, max: number): number | undefined {
  const value = Number(/^\s*(\d{1,7})(?:\.0+)?\s*$/.exec(text ?? '')?.[1] ?? Number.NaN);
  return value >= min && value <= max ? value : undefined;
}
