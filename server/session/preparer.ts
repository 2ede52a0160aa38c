import { type Difference, missing } from '../encode/differences.ts';
import { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { Encoder } from '../encode/encoder.ts';
import { chunkFrames } from '../encode/filter-scripts.ts';
import { probeMedia } from '../encode/probe.ts';
import type { ChunkSource, FillerClip, MediaProbe } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import { cutSegments, type Grid } from '../timeline/cut.ts';
import type { Profile } from '../timeline/profile.ts';
import type { Chunk, Heard } from './chunk.ts';
import type { SavedSpeech } from './journal/speech-file.ts';
import { outputBytes } from './output-bytes.ts';
import type { StorageAccount } from './storage-account.ts';

/** Pictures larger or faster than this are refused before ffmpeg sees them. */
const MAX_SIDE = 4096;

export type PreparerOptions = {
  readonly encoder: Encoder;
  readonly profile: Profile;
  readonly grid: Grid;
  /** Has room on disk for what is published. */
  readonly account: StorageAccount;
  /** Frames of the last picture to have in hand behind each chunk. */
  readonly holdFrames: number;
  /** Longest chunk, in seconds. */
  readonly maxChunkSeconds: number;
  /** Pictures for sound alone. */
  pictures(): FillerClip;
  /** Segments that the next chunk should give at least, so that players start at once. */
  minSegments(): number;
  now(): number;
  /** The speech of a chunk that is made here. */
  onRendered(chunk: Chunk, speech: SavedSpeech): void;
  onStart(chunk: Chunk): void;
  onProgress(chunk: Chunk): void;
  /** Media that had come of it is lost. */
  onLost(chunk: Chunk, error: StreamError): void;
  /** What came of its file differs from what that promised. */
  onAdjusted(chunk: Chunk): void;
};

/** Takes a chunk from where it came from to the encoder: render or probe, plan, encode. */
export class Preparer {
  readonly #options: PreparerOptions;

  constructor(options: PreparerOptions) {
    this.#options = options;
  }

  /**
   * Settles when the chunk is encoded.
   *
   * @param deadlineMs - Wall clock at which its first frame is needed.
   * @throws {StreamError} Whatever kept it from being encoded; the chunk's own `encoded` may hold a part of it.
   */
  async prepare(chunk: Chunk, deadlineMs: number): Promise<void> {
    try {
      await this.#encode(chunk, deadlineMs);
    } finally {
      chunk.rendered?.release();
    }
  }

  async #encode(chunk: Chunk, deadlineMs: number): Promise<void> {
    const { source, frames } = await this.#source(chunk, chunk.abort.signal);
    try {
      await this.#encodeFrom(chunk, source, frames, deadlineMs);
    } catch (error) {
      if (!isUndecodable(error)) throw error;
      await this.#encodePart(chunk, source, deadlineMs, error);
    }
  }

  /** Sound that can be heard is not given up for pictures that can't be decoded, nor the other way round. @throws `error`. */
  async #encodePart(chunk: Chunk, source: ChunkSource, deadlineMs: number, error: unknown): Promise<void> {
    if (chunk.encoded?.isBegun) throw error;
    for (const part of partsOf(source, chunk.encoded)) {
      try {
        const frames = chunkFrames(part.source.probe, this.#options.profile.fps);
        return await this.#encodeFrom(chunk, part.source, frames, deadlineMs, [missing(part.without)]);
      } catch (partError) {
        if (!isUndecodable(partError)) throw partError;
      }
    }
    throw error;
  }

  /** @param differences - That are known already. */
  async #encodeFrom(
    chunk: Chunk,
    source: ChunkSource,
    frames: number,
    deadlineMs: number,
    differences: readonly Difference[] = [],
  ): Promise<void> {
    const { now } = this.#options;
    const encoded = this.#plan(source, frames, chunk.heard);
    encoded.differences = differences;
    try {
      await this.#makeRoom(chunk, encoded);
    } catch (error) {
      encoded.release();
      throw error;
    }
    chunk.encoded?.release();
    chunk.encoded = encoded;
    encoded.onLost = (error) => this.#options.onLost(chunk, error);
    if (chunk.abort.signal.aborted) encoded.release();
    let isTold = false;
    const tellAdjusted = (): void => {
      if (!isTold && encoded.differences.length > 0) this.#options.onAdjusted(chunk);
      isTold = true;
    };
    encoded.onProgress = () => {
      if (encoded.framesReady > 0) chunk.times.firstFrameMs ??= now();
      // Before anybody hears of its end.
      if (encoded.state === 'done') tellAdjusted();
      this.#options.onProgress(chunk);
    };
    await this.#options.encoder.chunks.encode(source, encoded, {
      deadlineMs,
      signal: chunk.abort.signal,
      onStart: () => {
        if (chunk.times.encodingMs !== undefined) return;
        chunk.times.encodingMs = now();
        this.#options.onStart(chunk);
      },
    });
    tellAdjusted();
  }

  async #source(chunk: Chunk, signal: AbortSignal): Promise<{ source: ChunkSource; frames: number }> {
    const { profile } = this.#options;
    if (chunk.origin.kind === 'render') {
      chunk.rendered = await chunk.origin.render(signal);
      const { media, words } = chunk.rendered;
      this.#options.onRendered(chunk, { pcm: media.pcm, audioRate: media.audioRate, ...(words && { words }) });
      const source: ChunkSource = 'pictures' in media ? { kind: 'clip', clip: media } : { kind: 'sound', sound: media };
      return { source, frames: media.frames };
    }
    const probe = await probeMedia(chunk.origin.path, signal);
    this.#assertAllowed(probe);
    return { source: { kind: 'file', path: chunk.origin.path, probe }, frames: chunkFrames(probe, profile.fps) };
  }

  /** @param heard - Of the chunk: only what follows is encoded, and begins a segment. */
  #plan(source: ChunkSource, frames: number, heard?: Heard): EncodedChunk {
    const { encoder, profile, grid, holdFrames, maxChunkSeconds, pictures } = this.#options;
    if (frames / profile.fps > maxChunkSeconds) {
      throw new StreamError(
        'MEDIA_TOO_LONG',
        `a chunk may last ${maxChunkSeconds} s, this one lasts ${(frames / profile.fps).toFixed(1)} s`,
      );
    }
    const left = frames - (heard?.frames ?? 0);
    if (left < 1)
      throw new StreamError('MEDIA_UNSUPPORTED', `the chunk has ${frames} frames now, and ${heard?.frames} are out`);
    const skip = heard && { frames: heard.frames, samples: heard.samples };
    if (source.kind === 'sound' || (source.kind === 'file' && !source.probe.video)) {
      const clip = pictures();
      const plan = { profile, segmentFrames: loopCut(clip.segmentFrames, left), holdFrames: 0, skip };
      return new EncodedChunk(plan, clip, encoder.held);
    }
    const segmentFrames = cutSegments(left, grid, this.#options.minSegments());
    return new EncodedChunk({ profile, segmentFrames, holdFrames, skip }, undefined, encoder.held);
  }

  /** What was accepted waits for its place on disk rather than being lost. @throws {StreamError} `STORAGE_FULL`. */
  async #makeRoom(chunk: Chunk, encoded: EncodedChunk): Promise<void> {
    const { profile, account } = this.#options;
    const { signal } = chunk.abort;
    const { frames, pictures } = encoded;
    const room = await account.reserve(outputBytes(profile, frames, pictures), signal, chunk.id);
    chunk.room?.release();
    chunk.room = room;
    if (!signal.aborted) return;
    room.release();
    throw signal.reason;
  }

  #assertAllowed(probe: MediaProbe): void {
    const { width = 0, height = 0 } = probe.video ?? {};
    if (width > MAX_SIDE || height > MAX_SIDE) {
      throw new StreamError(
        'MEDIA_UNSUPPORTED',
        `pictures may have ${MAX_SIDE} pixels a side, these have ${width}x${height}`,
      );
    }
  }
}

type FileSource = Extract<ChunkSource, { kind: 'file' }>;
type Part = { readonly source: FileSource; readonly without: 'pictures' | 'sound' };

/** What is left to try of a file that could not be decoded as a whole. */
function partsOf(source: ChunkSource, tried: EncodedChunk | undefined): Part[] {
  if (source.kind !== 'file' || !source.probe.video || !source.probe.audio) return [];
  const { video, audio, ...rest } = source.probe;
  const sound: Part = { source: { ...source, probe: { ...rest, audio } }, without: 'pictures' };
  const pictures: Part = { source: { ...source, probe: { ...rest, video } }, without: 'sound' };
  return tried && tried.samplesReady > 0 ? [sound] : [pictures, sound];
}

function isUndecodable(error: unknown): boolean {
  return error instanceof StreamError && error.code === 'MEDIA_UNSUPPORTED';
}

/** The cut of a looped clip, as long as `frames`: segments must start where the clip has its sync samples. */
export function loopCut(segmentFrames: readonly number[], frames: number): number[] {
  const cut: number[] = [];
  for (let left = frames, index = 0; left > 0; index++) {
    const length = Math.min(left, segmentFrames[index % segmentFrames.length] ?? left);
    cut.push(length);
    left -= length;
  }
  return cut;
}
