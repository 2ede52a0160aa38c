import { StreamError } from '../../errors.ts';
import { type Sound, samplesFrom } from './speech.ts';

/** `WAVE_FORMAT_*`: what the samples are. */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const MIN_RATE = 4000;
const MAX_RATE = 192_000;

type Format = { readonly tag: number; readonly channels: number; readonly audioRate: number; readonly bits: number };

export function isWav(bytes: Buffer): boolean {
  return bytes.length >= 12 && bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE';
}

function formatIn(chunk: Buffer): Format {
  if (chunk.length < 16)
    throw new StreamError('SPEECH_FAILED', `WAV format has ${chunk.length} bytes, at least 16 are needed`);
  const tag = chunk.readUInt16LE(0);
  // WAVEFORMATEXTENSIBLE has the tag at the start of its sub-format.
  const isExtensible = tag === EXTENSIBLE && chunk.length >= 26;
  const format = {
    tag: isExtensible ? chunk.readUInt16LE(24) : tag,
    channels: chunk.readUInt16LE(2),
    audioRate: chunk.readUInt32LE(4),
    bits: chunk.readUInt16LE(14),
  };
  const { channels, audioRate, bits } = format;
  const isKnown = (format.tag === PCM && bits === 16) || (format.tag === FLOAT && bits === 32);
  if (isKnown && channels >= 1 && channels <= 8 && audioRate >= MIN_RATE && audioRate <= MAX_RATE) return format;
  throw new StreamError(
    'SPEECH_FAILED',
    `WAV must be 16 bit or float at ${MIN_RATE} to ${MAX_RATE} Hz, got format ${format.tag}, ${bits} bit, ${channels} channels, ${audioRate} Hz`,
  );
}

function floatSamples(data: Buffer): Int16Array {
  const samples = new Int16Array(data.length >> 2);
  for (let at = 0; at < samples.length; at++) {
    const value = data.readFloatLE(at * 4);
    samples[at] = Number.isFinite(value) ? Math.round(Math.max(-1, Math.min(1, value)) * 32_767) : 0;
  }
  return samples;
}

/** Several channels mixed into one. */
export function mono(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  const mixed = new Int16Array(Math.floor(samples.length / channels));
  for (let frame = 0; frame < mixed.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += samples[frame * channels + channel] ?? 0;
    mixed[frame] = Math.round(sum / channels);
  }
  return mixed;
}

/** Sounds of one rate, one after the other. @throws {StreamError} `SPEECH_FAILED` when their rates differ. */
export function concatenated(sounds: readonly Sound[]): Sound {
  const audioRate = sounds[0]?.audioRate ?? MIN_RATE;
  if (sounds.some((sound) => sound.audioRate !== audioRate))
    throw new StreamError('SPEECH_FAILED', `sound in pieces must have one rate, got ${audioRate} Hz and others`);
  const pcm = new Int16Array(sounds.reduce((sum, sound) => sum + sound.pcm.length, 0));
  let at = 0;
  for (const sound of sounds) {
    pcm.set(sound.pcm, at);
    at += sound.pcm.length;
  }
  return { pcm, audioRate };
}

/** Where the files in a row of them begin: servers that stream may give every piece a header of its own. */
function startsOf(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf('WAVEfmt ', 8, 'latin1'); at >= 0; at = bytes.indexOf('WAVEfmt ', at + 1, 'latin1'))
    if (isWav(bytes.subarray(at - 8))) starts.push(at - 8);
  return starts[0] === 0 ? starts : [0, ...starts];
}

/**
 * Reads RIFF/WAVE as speech servers send it: sizes may be unknown (0 or 0xFFFFFFFF, when it was streamed), other chunks may stand before
 * `fmt ` and `data`, the data goes as far as the bytes do, and several files may follow each other. Several channels are mixed into one.
 *
 * @throws {StreamError} `SPEECH_FAILED` for another format, or when a chunk is missing.
 */
export function readWav(bytes: Buffer): Sound {
  const starts = startsOf(bytes);
  const [first, ...others] = starts.map((start, index) => readFile(bytes.subarray(start, starts[index + 1])));
  if (first === undefined) throw noSound(bytes);
  return others.length === 0 ? first : concatenated([first, ...others]);
}

function noSound(bytes: Buffer): StreamError {
  return new StreamError('SPEECH_FAILED', `WAV of ${bytes.length} bytes has no sound in it`);
}

/** Whether a chunk of samples ends there: otherwise its size is that of a first piece, and the samples go on. */
function endsThere(bytes: Buffer, at: number): boolean {
  const next = at + (at % 2);
  if (next + 8 > bytes.length) return true;
  return (
    /^[A-Za-z0-9 ]{4}$/.test(bytes.toString('latin1', next, next + 4)) &&
    bytes.readUInt32LE(next + 4) <= bytes.length - next - 8
  );
}

function readFile(bytes: Buffer): Sound {
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const sizeBytes = bytes.readUInt32LE(at + 4);
    const from = at + 8;
    const isOpen = sizeBytes === 0 || sizeBytes > bytes.length - from || !endsThere(bytes, from + sizeBytes);
    const body = bytes.subarray(from, name === 'data' && isOpen ? undefined : from + sizeBytes);
    if (name === 'fmt ') format = formatIn(body);
    if (name === 'data' && format !== undefined) {
      const samples = format.tag === FLOAT ? floatSamples(body) : samplesFrom(body);
      return { pcm: mono(samples, format.channels), audioRate: format.audioRate };
    }
    // RIFF: chunks begin at even offsets.
    at = from + sizeBytes + (sizeBytes % 2);
  }
  throw noSound(bytes);
}
