import { resolve } from 'node:path';
import { StreamError } from '../../errors.ts';
import { type Jail, SOUND_DATA_BYTES } from '../../lib/jail.ts';
import { OwnedProcess, stopOnAbort } from '../../lib/owned-process.ts';
import { Slots } from '../../lib/slots.ts';

/** `silent`: digital silence, or so near that nobody hears it; `noVoice`: nothing that comes and goes as speech does; `voice`: perhaps. */
export type Level = 'silent' | 'noVoice' | 'voice';

export type LevelTools = {
  readonly ffmpegPath: string;
  /** ffmpeg's options before an input that came from outside (`UNTRUSTED_INPUT` of `encode/`). */
  readonly untrustedInput: readonly string[];
  /** Where foreign media is read. */
  readonly jail: Jail;
};

const AUDIO_RATE = 16_000;
/** Of sound, in seconds; there is a voice in what is longer. */
const MAX_DURATION = 300;
const TIME_LIMIT_MS = 10_000;
/** Of all sessions: each may take `SOUND_DATA_BYTES` for a file that was made to. */
const slots = new Slots(4);
const STEP_SAMPLES = AUDIO_RATE / 50;
const STEP_BYTES = STEP_SAMPLES * 2;
/** Below -66 dBFS nothing can be understood; what is louder for less than a syllable is a click. */
const SILENT_PEAK = 16;
const MAX_CLICK_STEPS = 3;
/** A voice is louder than -55 dBFS, and so much louder than the noise around it, in dB, for so many steps of 20 ms. */
const VOICE_DBFS = -55;
const VOICE_OVER_NOISE_DB = 9;
const MIN_VOICE_STEPS = 8;
/** Steps without any signal at both ends are a microphone that was not on; the noise is what the quietest tenth of the others have. */
const NO_SIGNAL_DBFS = -90;
const NOISE_SHARE = 0.1;

/**
 * How loud a recording is, as far as it tells whether somebody spoke.
 *
 * @throws {StreamError} `ASR_FAILED` when it can't be decoded; `ABORTED`.
 */
export async function recordingLevel(path: string, tools: LevelTools, signal: AbortSignal): Promise<Level> {
  const { ffmpegPath, untrustedInput, jail } = tools;
  const absolute = resolve(path);
  const input = [...untrustedInput, '-threads', '1', '-t', `${MAX_DURATION}`, '-i', `file:${absolute}`];
  // Without the hum of mains, and without what is no sound at all: an offset.
  const filters = ['-map', '0:a:0', '-filter_threads', '1', '-af', 'highpass=f=120'];
  const output = ['-ac', '1', '-ar', `${AUDIO_RATE}`, '-f', 's16le', 'pipe:1'];
  const args = ['-nostdin', '-v', 'error', ...input, ...filters, ...output];
  const giveBack = await slots.take(signal).catch((error: unknown) => {
    throw new StreamError('ABORTED', 'measuring was called off', { cause: error });
  });
  const ffmpeg = new OwnedProcess({
    ...jail.start({ command: ffmpegPath, args, files: [absolute], memoryBytes: SOUND_DATA_BYTES }),
    failure: 'ASR_FAILED',
  });
  const release = stopOnAbort(ffmpeg, signal);
  const limit = setTimeout(
    () => ffmpeg.stop(new StreamError('ASR_FAILED', `measuring took longer than ${TIME_LIMIT_MS} ms`), 0),
    TIME_LIMIT_MS,
  );
  const meter = new LevelMeter();
  try {
    ffmpeg.readable(1).on('data', (bytes: Buffer) => meter.add(bytes));
    ffmpeg.stdin.end();
    await ffmpeg.done;
    return meter.level;
  } finally {
    clearTimeout(limit);
    release();
    giveBack();
  }
}

/** Measures 16-bit samples as they come; keeps one number for each 20 ms. */
export class LevelMeter {
  readonly #steps: number[] = [];
  #loudSteps = 0;
  #rest: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (; at + STEP_BYTES <= all.length; at += STEP_BYTES) this.#step(all.subarray(at, at + STEP_BYTES));
    this.#rest = all.subarray(at);
  }

  get level(): Level {
    if (this.#loudSteps <= MAX_CLICK_STEPS) return 'silent';
    if (this.#steps.length >= MAX_DURATION * 50) return 'voice';
    const hasSignal = (level: number): boolean => level > NO_SIGNAL_DBFS;
    const heard = this.#steps
      .slice(this.#steps.findIndex(hasSignal), this.#steps.findLastIndex(hasSignal) + 1)
      .toSorted((one, other) => one - other);
    const noise = heard[Math.floor(heard.length * NOISE_SHARE)] ?? NO_SIGNAL_DBFS;
    const least = Math.max(VOICE_DBFS, noise + VOICE_OVER_NOISE_DB);
    return heard.filter((level) => level > least).length >= MIN_VOICE_STEPS ? 'voice' : 'noVoice';
  }

  #step(bytes: Buffer): void {
    let sum = 0;
    let peak = 0;
    for (let at = 0; at < STEP_BYTES; at += 2) {
      const sample = bytes.readInt16LE(at);
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    if (peak >= SILENT_PEAK) this.#loudSteps += 1;
    this.#steps.push(10 * Math.log10(sum / STEP_SAMPLES / 32_768 ** 2 + 1e-12));
  }
}
