import { type FailureKind, StreamError } from '../../errors.ts';
import { framesOf } from '../remote/frames.ts';
import { type ProviderName, safeReason } from '../remote/provider-error.ts';
import type { SoundDecoder, SoundFormat } from './decode-sound.ts';
import type { Answered } from './openai-answer.ts';
import { isNoise, plausibility } from './plausible.ts';
import { rawSamples } from './raw-samples.ts';
import { type JsonSound, soundInJson } from './sound-in-json.ts';
import { isCompressedType, type SoundKind, soundKind } from './sound-kind.ts';
import { soundType } from './sound-type.ts';
import type { Sound } from './speech.ts';
import { concatenated, isWav, mono, readWav } from './wav.ts';

/** Four minutes of 24 kHz as base64, and what stands around it: it is taken apart in one go. */
const MAX_TEXT_BYTES = 17_000_000;
/** How much of the beginning tells text from samples. */
const HEAD_BYTES = 256;
const MIN_TEXT_BYTES = 12;
/** Streams that need no header: what may be within bytes that are no samples. */
const HEADERLESS: SoundKind = { name: 'something', demuxers: ['mp3', 'aac', 'mpegts'] };
const ANY_COMPRESSED: SoundKind = {
  name: 'something',
  demuxers: ['mp3', 'aac', 'ogg', 'flac', 'matroska', 'webm', 'mov', 'mp4', 'm4a', '3gp', 'amr', 'mpegts'],
};

export type SoundOptions = {
  /** Of samples, where nothing in the answer says another. */
  readonly audioRate: number;
  readonly decoder: SoundDecoder;
  readonly name: ProviderName;
  readonly signal: AbortSignal;
};

/**
 * The sound in a speech server's answer, whatever it was asked for and whatever it calls what it sent: samples, which cost no process;
 * any file or stream that ffmpeg reads; or either of them as base64 in JSON or events.
 *
 * @throws {StreamError} `SPEECH_FAILED`: no sound, or noise, which is worse than none; `ABORTED`.
 */
export async function soundInAnswer(answer: Answered, options: SoundOptions): Promise<Sound> {
  return await new SoundReader(options).read(answer);
}

class SoundReader {
  readonly #options: SoundOptions;

  constructor(options: SoundOptions) {
    this.#options = options;
  }

  async read(answer: Answered): Promise<Sound> {
    const sound = isText(answer) ? await this.#inText(answer) : await this.#inBytes(answer);
    if (isNoise(plausibility(sound.pcm)))
      throw this.#wrong(`${answer.bytes.length} bytes of noise as ${this.#typeOf(answer)}`);
    return sound;
  }

  async #inBytes(answer: Answered): Promise<Sound> {
    const { bytes, contentType } = answer;
    const kind = soundKind(bytes);
    if (kind === undefined) return await this.#withoutHeader(answer);
    if (isWav(bytes)) {
      try {
        return readWav(bytes);
      } catch (error) {
        // Other samples than speech servers mostly send.
        if (!(error instanceof StreamError)) throw error;
      }
    }
    return await this.#decode(bytes, kind, contentType);
  }

  async #withoutHeader(answer: Answered): Promise<Sound> {
    const { bytes, contentType, header } = answer;
    const { raw, audioRate = this.#options.audioRate, channels = 1, isBigEndian } = soundType(contentType, header);
    const { decoder, signal } = this.#options;
    if (raw !== undefined) return await decoder.decode(bytes, { raw, audioRate, channels }, signal);
    if (isCompressedType(contentType)) return await this.#decode(bytes, ANY_COMPRESSED, contentType);
    const pcm = rawSamples(bytes, isBigEndian);
    if (pcm !== undefined) return { pcm: mono(pcm, channels), audioRate };
    return await this.#decode(bytes, HEADERLESS, contentType);
  }

  async #decode(bytes: Buffer, { name, demuxers }: SoundKind, contentType: string): Promise<Sound> {
    const format: SoundFormat = { demuxers };
    try {
      return await this.#options.decoder.decode(bytes, format, this.#options.signal);
    } catch (error) {
      if (!(error instanceof StreamError) || error.kind !== 'wrong_answer') throw error;
      const what = name === 'something' ? `${bytes.length} bytes that are no sound` : `${name} that can't be decoded`;
      throw this.#wrong(`${what} as ${contentType || 'nothing that it names'}: ${error.message}`);
    }
  }

  async #inText(answer: Answered): Promise<Sound> {
    const pieces = await this.#jsonSounds(answer);
    const contentType = pieces[0]?.contentType ?? '';
    const all = bytesOf(pieces);
    const answers = all.map((bytes) => ({ ...answer, bytes, contentType }));
    // Each piece a file of its own, or all of them one.
    const areFiles = all.length > 1 && all.every((bytes) => soundKind(bytes) !== undefined && !isContinued(bytes));
    if (!areFiles) return await this.#inBytes({ ...answer, bytes: Buffer.concat(all), contentType });
    const sounds: Sound[] = [];
    for (const each of answers) sounds.push(await this.#inBytes(each));
    return concatenated(sounds);
  }

  async #jsonSounds(answer: Answered): Promise<JsonSound[]> {
    const { name } = this.#options;
    const { bytes } = answer;
    const notSound = (): StreamError => this.#wrong(`${this.#typeOf(answer)}: ${bytes.toString('utf8', 0, 400)}`);
    if (bytes.length > MAX_TEXT_BYTES) throw notSound();
    const body = new Blob([new Uint8Array(bytes)]).stream();
    const sounds: JsonSound[] = [];
    for await (const { data } of framesOf(body, { ...name, unframed: notSound, maxLength: MAX_TEXT_BYTES })) {
      const sound = soundInJson(jsonIn(data));
      if (sound !== undefined) sounds.push(sound);
    }
    if (sounds.length === 0) throw notSound();
    return sounds;
  }

  #typeOf({ contentType }: Answered): string {
    return safeReason(contentType.slice(0, 60), this.#options.name.apiKey) || 'no content type';
  }

  #wrong(what: string, kind: FailureKind = 'wrong_answer'): StreamError {
    const { failure, subject, apiKey } = this.#options.name;
    return new StreamError(failure, `${subject} was asked for pcm and sent ${safeReason(what, apiKey)}`, { kind });
  }
}

/** Text, whatever it is called: samples have bytes of every value. */
function isText({ bytes, contentType }: Answered): boolean {
  const head = bytes.subarray(0, HEAD_BYTES);
  const isCalledText = /json|event-stream|^text\//i.test(contentType);
  if (isCalledText && /^\s*(?:[[{<:]|data:|event:|id:)/.test(head.toString('latin1'))) return true;
  return bytes.length >= MIN_TEXT_BYTES && head.every(isPrintable);
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function jsonIn(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Base64 that is whole in each piece, or one text that was cut anywhere. */
function bytesOf(pieces: readonly JsonSound[]): Buffer[] {
  const texts = pieces.map(({ base64 }) => base64.trim());
  const isCut = texts.slice(0, -1).some((text) => text.length % 4 !== 0);
  return (isCut ? [texts.join('')] : texts).map((text) => Buffer.from(text, 'base64'));
}

/** Pieces of one stream that begin with a header, too: frames of MP3 and AAC follow each other as one. */
function isContinued(bytes: Buffer): boolean {
  return /^(?:MP3|AAC|MPEG-TS)$/.test(soundKind(bytes)?.name ?? '');
}
