import { join } from 'node:path';
import { Jail } from '../lib/jail.ts';
import { MemoryBudget } from '../lib/memory-budget.ts';
import type { Profile } from '../timeline/profile.ts';
import { AacEncoder } from './aac-encoder.ts';
import { ORDINARY_FILE } from './chunk-arguments.ts';
import { ChunkEncoder } from './chunk-encoder.ts';
import { mediaMemoryBytes } from './decode-memory.ts';
import { chooseEncoder, type EncoderSetting } from './encoder-choice.ts';
import { availableEncoders, useFfmpeg } from './ffmpeg.ts';
import { useFfprobe } from './ffprobe.ts';
import { type FillerKey, IdleLoops, type IdleLoopsOptions } from './idle-loops.ts';
import { MediaMemory } from './media-memory.ts';
import { EncodePool } from './pool.ts';
import { warmProbe } from './probe.ts';
import type { EncoderChoice, EndedEncode, FillerClip } from './types.ts';
import { WarmProcesses } from './warm-processes.ts';

export type EncoderOptions = {
  readonly ffmpegPath: string;
  readonly setting: EncoderSetting;
  /** Where jobs and cached filler live; on the file system that uploads are on, because inputs are linked, not copied. */
  readonly dataDirectory: string;
  /** Encodes at once. */
  readonly parallel: number;
  readonly stallMs: number;
  /** What all programs that read foreign media may take together; default: `mediaMemoryBytes`. */
  readonly memory?: MemoryBudget;
  /** Where ffmpeg reads foreign media; another one is built for an encoder that needs devices. */
  readonly jail: Promise<Jail> | Jail;
  readonly idle: IdleLoopsOptions['idle'];
  now(): number;
  /** What all chunks together may hold in memory on their way to the air; default: 256 MiB. */
  readonly heldBytes?: number;
  /** And on disk, until it is due; default: 8 GiB. */
  readonly heldOnDisk?: number;
  /** Media could not be put aside on disk, and stays in memory; or could not be read again: it `isLost`. */
  readonly onHeldFault?: (error: unknown, isLost: boolean) => void;
  /** Told of each encode that ended. */
  readonly onEncoded?: (encode: EndedEncode) => void;
  /** The process that encodes sound of a rate was lost: it is started again after `pauseMs`. */
  readonly onSoundLost?: (loss: {
    readonly audioRate: number;
    readonly error: unknown;
    readonly pauseMs: number;
  }) => void;
  /** It works again. */
  readonly onSoundBack?: (audioRate: number) => void;
};

const HELD_BYTES = 2 ** 28;
const HELD_ON_DISK = 2 ** 33;

/** The encoder as sessions see it: chunks, sound and filler of any profile, from one pool of processes. */
export class Encoder {
  readonly choice: EncoderChoice;
  /** Where ffmpeg reads foreign media. */
  readonly jail: Jail;
  readonly pool: EncodePool;
  readonly chunks: ChunkEncoder;
  /** Bounds what all chunks hold in memory on their way to the air. */
  readonly held: MediaMemory;
  readonly #options: EncoderOptions;
  readonly #processes: WarmProcesses;
  readonly #fallback: WarmProcesses | undefined;
  readonly #sound = new Map<number, AacEncoder>();
  readonly #idleLoops: IdleLoops;
  readonly #closing = new AbortController();

  private constructor(options: EncoderOptions, choice: EncoderChoice, jail: Jail, memory: MemoryBudget) {
    this.#options = options;
    this.choice = choice;
    this.jail = jail;
    this.pool = new EncodePool(options.parallel);
    const { ffmpegPath } = options;
    const jobsDirectory = join(options.dataDirectory, '.jobs');
    this.#processes = new WarmProcesses({ ffmpegPath, encoder: choice.name, jobsDirectory, jail });
    // Asked for by name, NVENC fails loudly; chosen by us, x264 stands in for it.
    const standsIn = choice.name === 'h264_nvenc' && options.setting === 'auto';
    this.#fallback = standsIn ? new WarmProcesses({ ffmpegPath, encoder: 'libx264', jobsDirectory, jail }) : undefined;
    this.held = new MediaMemory({
      limitBytes: options.heldBytes ?? HELD_BYTES,
      limitOnDisk: options.heldOnDisk ?? HELD_ON_DISK,
      directory: jobsDirectory,
      onFault: options.onHeldFault ?? (() => undefined),
      now: options.now,
    });
    this.chunks = new ChunkEncoder({
      pool: this.pool,
      processes: this.#processes,
      fallback: this.#fallback,
      memory,
      stallMs: options.stallMs,
      now: options.now,
      onEncoded: options.onEncoded,
    });
    this.#idleLoops = new IdleLoops({
      chunks: this.chunks,
      encoder: choice.name,
      cacheDirectory: join(options.dataDirectory, '.cache'),
      idle: options.idle,
      now: options.now,
      signal: this.#closing.signal,
    });
  }

  /** @throws {StreamError} `ENCODER_MISSING` when ffmpeg is missing or no encoder works. */
  static async open(options: EncoderOptions): Promise<Encoder> {
    const { ffmpegPath } = options;
    const memory = options.memory ?? new MemoryBudget(mediaMemoryBytes());
    useFfmpeg(ffmpegPath);
    const available = availableEncoders();
    // Told by the trials, which need ffmpeg, too.
    available.catch(() => undefined);
    const choice = await chooseEncoder(options.setting, ffmpegPath, available);
    const needsDevices = choice.name === 'h264_nvenc';
    const jail = needsDevices ? await Jail.build({ command: ffmpegPath, devices: true }) : await options.jail;
    useFfprobe(ffmpegPath, jail, memory);
    return new Encoder(options, choice, jail, memory);
  }

  /** Has a process waiting for the first upload of this profile, one for the first answer, and one for sound. */
  warm(profile: Profile): void {
    warmProbe();
    this.sound(profile.audioRate).warm();
    this.#processes.warm({ kind: 'clip', width: profile.width, height: profile.height }, profile);
    this.#processes.warm(ORDINARY_FILE, profile);
  }

  /** The encoder for sound of this rate; one process serves all sessions. */
  sound(audioRate: number): AacEncoder {
    const known = this.#sound.get(audioRate);
    if (known) return known;
    const { ffmpegPath, onSoundLost, onSoundBack } = this.#options;
    const encoder = new AacEncoder({
      ffmpegPath,
      audioRate,
      onLost: (error, pauseMs) => onSoundLost?.({ audioRate, error, pauseMs }),
      onBack: () => onSoundBack?.(audioRate),
    });
    this.#sound.set(audioRate, encoder);
    return encoder;
  }

  /** Filler that can be shown at once (`IdleLoops.filler`). */
  filler(key: FillerKey, signal?: AbortSignal): Promise<FillerClip> {
    return this.#idleLoops.filler(key, signal);
  }

  /** The idle loop of a profile and look, when somebody needs it (`IdleLoops.loop`). */
  idleLoop(key: FillerKey, signal?: AbortSignal): Promise<FillerClip> {
    return this.#idleLoops.loop(key, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([
      this.#processes.close(),
      this.#fallback?.close(),
      ...[...this.#sound.values()].map((encoder) => encoder.close()),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
