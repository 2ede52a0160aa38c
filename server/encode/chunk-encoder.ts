import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { StreamError } from '../errors.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { lendFile } from '../lib/job-directory.ts';
import { type OwnedProcess, stopOnAbort } from '../lib/owned-process.ts';
import { storageFault } from '../lib/storage-error.ts';
import { wavHeader } from '../lib/wav-header.ts';
import { CLIP_SOUND_FD, JOB_FILES, outputsOf, type Variant, variantOf } from './chunk-arguments.ts';
import type { EncodedChunk } from './encoded-chunk.ts';
import { filterScripts } from './filter-scripts.ts';
import type { EncodePool } from './pool.ts';
import type { ChunkSource, EndedEncode, RawClip } from './types.ts';
import type { ReadyProcess, WarmProcesses } from './warm-processes.ts';

/**
 * Longest time for one encode: a file that gives a picture now and then passes every watchdog. Real time four times over is far
 * beyond what a chunk takes that is of any use.
 */
const LIMIT = { baseMs: 60_000, perMediaSecondMs: 4_000 };

/** Bytes that open the gate in front of a file input (`chunk-arguments.ts`). */
const GATE = new Uint8Array(64);

export type ChunkEncoderOptions = {
  readonly pool: EncodePool;
  readonly processes: WarmProcesses;
  /** Another encoder for files that the first one gave no frame of: NVENC has few sessions, and drivers fail. */
  readonly fallback?: WarmProcesses | undefined;
  /** An encode that gives nothing for so long is killed. */
  readonly stallMs: number;
  now(): number;
  readonly onEncoded?: ((encode: EndedEncode) => void) | undefined;
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
   * @param deadlineMs - Wall clock at which the first frame is needed.
   * @param onStart - Called when the encode's turn has come.
   * @throws {StreamError} `ENCODER_FAILED`, `ENCODER_STALLED`, `BOX_MALFORMED`, `ABORTED`; the chunk is `failed` then.
   */
  async encode(
    source: ChunkSource,
    chunk: EncodedChunk,
    options: { deadlineMs: number; signal: AbortSignal; onStart?: () => void },
  ): Promise<void> {
    try {
      await this.#options.pool.run(options.deadlineMs, options.signal, async () => {
        options.onStart?.();
        await this.#timed(chunk, () => this.#encodeOrFallBack(source, chunk, options.signal));
      });
      chunk.finish();
    } catch (error) {
      const failure =
        error instanceof StreamError
          ? error
          : new StreamError('ENCODER_FAILED', `encoding failed: ${String(error)}`, { cause: error });
      chunk.fail(failure);
      throw failure;
    }
  }

  async #timed(chunk: EncodedChunk, encode: () => Promise<void>): Promise<void> {
    const startMs = this.#options.now();
    let isDone = false;
    try {
      await encode();
      isDone = true;
    } finally {
      const seconds = (this.#options.now() - startMs) / 1000;
      this.#options.onEncoded?.({ isDone, mediaSeconds: chunk.framesReady / chunk.plan.profile.fps, seconds });
    }
  }

  async #encodeOrFallBack(source: ChunkSource, chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    const { processes, fallback } = this.#options;
    try {
      await this.#run(processes, source, chunk, signal);
    } catch (error) {
      // A file can be read again, and so can sound; the pictures of a clip are gone.
      const again = fallback && source.kind !== 'clip' && !signal.aborted && chunk.framesReady === 0;
      if (!again) throw error;
      chunk.restart();
      await this.#run(fallback, source, chunk, signal);
    }
  }

  async #run(processes: WarmProcesses, source: ChunkSource, chunk: EncodedChunk, signal: AbortSignal): Promise<void> {
    const { profile } = chunk.plan;
    const variant = variantOf(source);
    const ready = await this.#ready(processes, variant, source, chunk);
    const release = stopOnAbort(ready.process, signal);
    const limitMs = LIMIT.baseMs + (LIMIT.perMediaSecondMs * chunk.frames) / profile.fps;
    const limit = setTimeout(() => {
      ready.process.stop(new StreamError('ENCODER_STALLED', `the encode was not done after ${limitMs} ms`), 0);
    }, limitMs);
    try {
      const outputs = outputsOf(variant, profile);
      const readers = outputs.video.map((fd, rendition) => this.#readVideo(ready.process, fd, rendition, chunk));
      if (outputs.audio === undefined) chunk.silent();
      else readers.push(readPcm(ready.process, outputs.audio, chunk));
      ready.process.watch(this.#options.stallMs);
      chunk.started(this.#options.now());
      // The next chunk's process starts while this one works.
      if (processes === this.#options.processes) processes.warm(variant, profile);
      await finishAll(ready.process, [...readers, feed(ready, source)]);
    } finally {
      clearTimeout(limit);
      release();
      await dismiss(ready);
    }
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
    const ready = await processes.take(variant, profile);
    try {
      await writeScripts(ready.directory, source, chunk);
      return ready;
    } catch (error) {
      await dismiss(ready);
      if (!storageFault(error)) throw error;
    }
    const spare = await processes.takeSpare(variant, profile);
    try {
      await writeScripts(spare.directory, source, chunk);
      return spare;
    } catch (error) {
      await dismiss(spare);
      throw error;
    }
  }

  async #readVideo(process: OwnedProcess, fd: number, rendition: number, chunk: EncodedChunk): Promise<void> {
    const reader = new FragmentReader();
    for await (const bytes of process.readable(fd)) {
      process.alive();
      for (const event of reader.push(bytes as Uint8Array)) {
        if (event.type === 'init') {
          const track = event.tracks.find((candidate) => candidate.kind === 'video');
          if (track?.kind === 'video') chunk.init[rendition] = track;
          continue;
        }
        for (const sample of event.fragment.tracks.flatMap((track) => track.samples)) {
          chunk.addFrame(rendition, sample, this.#options.now());
        }
      }
    }
    reader.end();
  }
}

/** Ends a process, and removes what it had. */
async function dismiss(ready: ReadyProcess): Promise<void> {
  ready.process.stop();
  await ready.process.done.catch(() => undefined);
  await ready.remove();
}

async function writeScripts(directory: string, source: ChunkSource, chunk: EncodedChunk): Promise<void> {
  const scripts = filterScripts(source, chunk.plan);
  await Promise.all([
    writeFile(join(directory, JOB_FILES.audioScript), scripts.audio),
    ...scripts.video.map((script, rendition) => writeFile(join(directory, JOB_FILES.videoScript(rendition)), script)),
  ]);
}

async function feed(ready: ReadyProcess, source: ChunkSource): Promise<void> {
  if (source.kind === 'file') await openGate(ready, source.path);
  else if (source.kind === 'clip') await feedClip(ready.process, source.clip);
  else ready.process.stdin.end(bytesOf(source.sound.pcm));
}

function bytesOf(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

async function openGate(ready: ReadyProcess, path: string): Promise<void> {
  await lendFile(path, ready.directory, JOB_FILES.input);
  ready.process.stdin.end(GATE);
}

async function readPcm(process: OwnedProcess, fd: number, chunk: EncodedChunk): Promise<void> {
  let odd: Buffer = Buffer.alloc(0);
  for await (const data of process.readable(fd)) {
    process.alive();
    const bytes = odd.length > 0 ? Buffer.concat([odd, data as Buffer]) : (data as Buffer);
    const whole = bytes.length & ~1;
    // Copied, because a pipe's buffer may start at an odd address and is shared.
    const pcm = new Int16Array(whole >> 1);
    new Uint8Array(pcm.buffer).set(bytes.subarray(0, whole));
    chunk.addPcm(pcm);
    odd = bytes.subarray(whole);
  }
}

async function feedClip(process: OwnedProcess, clip: RawClip): Promise<void> {
  const sound = process.stream(CLIP_SOUND_FD) as Writable;
  sound.on('error', () => sound.destroy());
  sound.write(wavHeader(clip.pcm.length, clip.audioRate));
  sound.end(bytesOf(clip.pcm));
  const pictures = clip.pictures[Symbol.asyncIterator]();
  // Whoever draws may never answer: the end of the process is the end of waiting.
  const gone = process.done.then(undefined, () => undefined).then(() => ({ done: true as const, value: undefined }));
  for (;;) {
    const next = await Promise.race([pictures.next(), gone]);
    if (process.exited || process.stdin.destroyed) {
      pictures.return?.().catch(() => undefined);
      return;
    }
    if (next.done) break;
    process.alive();
    if (!process.stdin.write(next.value)) await drained(process.stdin);
  }
  process.stdin.end();
}

/** Settles when the stream takes more, or will never take any. */
function drained(stream: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    stream.off('drain', done).off('close', done);
    resolve();
  };
  stream.on('drain', done).on('close', done);
  return promise;
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
