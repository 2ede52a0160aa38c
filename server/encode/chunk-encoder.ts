import { StreamError } from '../errors.ts';
import { whenThereIsRoom } from '../lib/exhaustion.ts';
import type { MemoryBudget, MemoryShare } from '../lib/memory-budget.ts';
import { type OwnedProcess, stopOnAbort } from '../lib/owned-process.ts';
import { storageFault } from '../lib/storage-error.ts';
import { outputsOf, type Variant, variantOf } from './chunk-arguments.ts';
import { feed } from './chunk-feed.ts';
import { ChunkOutputs } from './chunk-outputs.ts';
import { writeScripts } from './chunk-scripts.ts';
import { assertDecoded, compare, failureOf, lastPictureOf } from './chunk-verdict.ts';
import type { EncodedChunk } from './encoded-chunk.ts';
import type { EncodePool } from './pool.ts';
import type { ChunkSource, EndedEncode } from './types.ts';
import type { ReadyProcess, WarmProcesses } from './warm-processes.ts';

/**
 * Longest time for one encode: a file that gives a picture now and then passes every watchdog. Real time four times over is far
 * beyond what a chunk takes that is of any use.
 */
const LIMIT = { baseMs: 60_000, perMediaSecondMs: 4_000 };

/** How long a chunk waits for descriptors and processes when the machine has none: what was accepted is not given up for that. */
const ROOM_LIMIT_MS = 60_000;

export type ChunkEncoderOptions = {
  readonly pool: EncodePool;
  readonly processes: WarmProcesses;
  /** Another encoder for files that the first one gave no frame of: NVENC has few sessions, and drivers fail. */
  readonly fallback?: WarmProcesses | undefined;
  /** What all that read foreign media may take together. */
  readonly memory: MemoryBudget;
  /** An encode that gives nothing for so long is killed. */
  readonly stallMs: number;
  now(): number;
  readonly onEncoded?: ((encode: EndedEncode) => void) | undefined;
};

export type EncodeOptions = {
  /** Wall clock at which the first frame is needed. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called when the encode's turn has come. */
  readonly onStart?: () => void;
  /** What is encoded is no sign of what comes next: no process is started ahead for it. */
  readonly isFiller?: boolean;
  /** Yields to everything else on the machine. */
  readonly isBackground?: boolean;
};

/** Encodes chunks: one ffmpeg process each, pictures and PCM out of one decode. */
export class ChunkEncoder {
  readonly #options: ChunkEncoderOptions;

  constructor(options: ChunkEncoderOptions) {
    this.#options = options;
  }

  /**
   * Fills `chunk` from `source`; settles when the process is gone.
   *
   * @throws {StreamError} `MEDIA_UNSUPPORTED` where it is the file's fault, `ENCODER_FAILED`, `ENCODER_STALLED`, `BOX_MALFORMED`,
   * `ABORTED`; the chunk is `failed` then.
   */
  async encode(source: ChunkSource, chunk: EncodedChunk, options: EncodeOptions): Promise<void> {
    try {
      const outputs = await this.#options.pool.run(options.deadlineMs, options.signal, async () => {
        options.onStart?.();
        return await this.#timed(chunk, () => this.#encodeTwice(source, chunk, options));
      });
      if (source.kind === 'file') assertDecoded(source.probe, chunk, outputs);
      chunk.finish(() => {
        if (source.kind !== 'file') return;
        chunk.differences = [...chunk.differences, ...compare(source.probe, chunk, outputs)];
        chunk.complaints = outputs.complaints.text;
      });
    } catch (error) {
      const failure = asStreamError(error, options.signal);
      chunk.fail(failure);
      throw failure;
    }
  }

  async #timed<T>(chunk: EncodedChunk, encode: () => Promise<T>): Promise<T> {
    const startMs = this.#options.now();
    let isDone = false;
    try {
      const result = await encode();
      isDone = true;
      return result;
    } finally {
      const seconds = (this.#options.now() - startMs) / 1000;
      this.#options.onEncoded?.({ isDone, mediaSeconds: chunk.framesReady / chunk.plan.profile.fps, seconds });
    }
  }

  async #encodeTwice(source: ChunkSource, chunk: EncodedChunk, options: EncodeOptions): Promise<ChunkOutputs> {
    const { processes, fallback } = this.#options;
    const { signal } = options;
    try {
      return await this.#run(processes, source, chunk, options);
    } catch (error) {
      // A file can be read again, and so can sound; the pictures of a clip are gone.
      const isUndecodable = error instanceof StreamError && error.code === 'MEDIA_UNSUPPORTED';
      const canRepeat = source.kind !== 'clip' && !signal.aborted && !chunk.isBegun && !isUndecodable;
      // A process that was killed, or whose pipe broke, says nothing about the media.
      const isOurFault = error instanceof StreamError && error.code === 'ENCODER_FAILED';
      const next = fallback ?? (isOurFault ? processes : undefined);
      if (!canRepeat || !next) throw error;
      chunk.restart();
      return await this.#run(next, source, chunk, options);
    }
  }

  async #run(
    processes: WarmProcesses,
    source: ChunkSource,
    chunk: EncodedChunk,
    options: EncodeOptions,
  ): Promise<ChunkOutputs> {
    const variant = variantOf(source, chunk.plan.profile);
    const share = variant.kind === 'file' ? await this.#setAside(variant.memoryBytes, options.signal) : undefined;
    try {
      return await this.#runWithin(processes, variant, source, chunk, options);
    } finally {
      share?.giveBack();
    }
  }

  /** @throws {StreamError} `MEDIA_UNSUPPORTED` for more than there is for all. */
  async #setAside(bytes: number, signal: AbortSignal): Promise<MemoryShare> {
    const { memory } = this.#options;
    if (bytes <= memory.totalBytes) return await memory.take(bytes, signal);
    throw new StreamError(
      'MEDIA_UNSUPPORTED',
      `pictures of this size may take ${bytes} bytes of memory to decode, this server has ${memory.totalBytes} for that`,
    );
  }

  async #runWithin(
    processes: WarmProcesses,
    variant: Variant,
    source: ChunkSource,
    chunk: EncodedChunk,
    { signal, isFiller = false, isBackground = false }: EncodeOptions,
  ): Promise<ChunkOutputs> {
    const { profile } = chunk.plan;
    const ready = await whenThereIsRoom(() => this.#ready(processes, variant, source, chunk), {
      signal,
      limitMs: ROOM_LIMIT_MS,
    });
    if (isBackground) ready.process.yieldToOthers();
    const release = stopOnAbort(ready.process, signal);
    const limitMs = LIMIT.baseMs + (LIMIT.perMediaSecondMs * chunk.frames) / profile.fps;
    const late = new StreamError('ENCODER_STALLED', `the encode was not done after ${limitMs} ms`);
    let limit = setTimeout(() => ready.process.stop(late, 0), limitMs);
    // Anew after each wait: nobody knows how long that is.
    const wait = () => {
      clearTimeout(limit);
      const takeBack = this.#options.pool.lend();
      chunk.waits(true, this.#options.now());
      return () => {
        takeBack();
        chunk.waits(false, this.#options.now());
        limit = setTimeout(() => ready.process.stop(late, 0), limitMs);
      };
    };
    const enough = new StreamError('ABORTED', 'all that the file has was encoded');
    const lastPicture = source.kind === 'file' ? lastPictureOf(source.probe, chunk.plan) : undefined;
    const outputs = new ChunkOutputs(ready.process, chunk, { enough, lastPicture, wait, now: this.#options.now });
    try {
      const readers = outputs.read(outputsOf(variant, profile), variant);
      ready.process.watch(this.#options.stallMs);
      chunk.started(this.#options.now());
      // The next chunk's process starts while this one works.
      if (processes === this.#options.processes && !isFiller) processes.warm(variant, profile);
      await finishAll(ready.process, [...readers, feed(ready, source)]);
    } catch (error) {
      if (error !== enough) throw failureOf(error, source, outputs.complaints);
    } finally {
      clearTimeout(limit);
      release();
      await dismiss(ready);
    }
    return outputs;
  }

  /**
   * A process that knows what to do. Its scripts are written before anything is read: a reader that failed while nobody waits for it
   * would take the server down.
   */
  async #ready(
    processes: WarmProcesses,
    variant: Variant,
    source: ChunkSource,
    chunk: EncodedChunk,
  ): Promise<ReadyProcess> {
    const { profile } = chunk.plan;
    const { times } = outputsOf(variant, profile);
    const ready = await processes.take(variant, profile);
    try {
      await writeScripts(ready.directory, source, chunk.plan, times);
      return ready;
    } catch (error) {
      await dismiss(ready);
      if (!storageFault(error)) throw error;
    }
    const spare = await processes.takeSpare(variant, profile);
    try {
      await writeScripts(spare.directory, source, chunk.plan, times);
      return spare;
    } catch (error) {
      await dismiss(spare);
      throw error;
    }
  }
}

function asStreamError(error: unknown, signal: AbortSignal): StreamError {
  if (error instanceof StreamError) return error;
  if (signal.aborted) return new StreamError('ABORTED', 'the encode was called off', { cause: error });
  return new StreamError('ENCODER_FAILED', `encoding failed: ${String(error)}`, { cause: error });
}

/** Ends a process, and removes what it had. */
async function dismiss(ready: ReadyProcess): Promise<void> {
  ready.process.stop();
  await ready.process.done.catch(() => undefined);
  await ready.remove();
}

/** Waits for the process and for all that reads and feeds it; the process is stopped when one of them fails. */
async function finishAll(process: OwnedProcess, work: readonly Promise<void>[]): Promise<void> {
  const guarded = work.map((task) =>
    task.catch((error: unknown) => {
      process.stop(
        error instanceof StreamError ? error : new StreamError('ENCODER_FAILED', String(error), { cause: error }),
      );
      throw error;
    }),
  );
  const [exit, ...rest] = await Promise.allSettled([process.done, ...guarded]);
  // The process's own account comes first: a reader that failed did so because of it, or stopped it with its reason.
  for (const result of [exit, ...rest]) if (result?.status === 'rejected') throw result.reason;
}
