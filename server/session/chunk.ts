import { randomUUID } from 'node:crypto';
import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { RawClip, RawSound } from '../encode/types.ts';
import type { StreamError } from '../errors.ts';
import type { Caption } from './caption.ts';
import type { Reservation } from './storage-account.ts';
import type { ChunkState, ChunkStatus, WordTime } from './types.ts';

/** What is done for a chunk, in order; each runs from when it could begin to when the next could. */
export const STAGES = ['asr', 'llm', 'sentence', 'tts', 'avatar', 'encode', 'publish'] as const;
export type Stage = (typeof STAGES)[number];

/** Begin and end of stages, in ms since the epoch. */
export type StageTimes = { readonly [stage in Stage]?: readonly [startMs: number, endMs: number] };

/** Speech, and perhaps a face, of one sentence; pictures are drawn while they are being encoded. */
export type RenderedClip = {
  /** Without pictures, the voice is heard over the filler's. */
  readonly media: RawClip | RawSound;
  readonly words?: readonly WordTime[];
  /** What is known so far of `tts` and `avatar`: read when the chunk is published. */
  stages(): StageTimes;
  /** The encoder is done with it, whether it was read or not. Idempotent. */
  release(): void;
};

/** What a sentence is made of beside its text, so that it can be made again. */
export type RenderSpec = { readonly voice?: string; readonly language?: string; readonly look?: string };

/** Where a chunk's media comes from: a stored upload, or something made on demand. */
export type ChunkOrigin =
  | { readonly kind: 'upload'; readonly path: string }
  | {
      readonly kind: 'render';
      readonly spec: RenderSpec;
      render(signal: AbortSignal): Promise<RenderedClip>;
      /** Instead of `render`, when its turn never comes. */
      drop(): void;
    };

/** When a chunk came and went, in ms since the epoch. */
export type ChunkTimes = {
  acceptedMs: number;
  encodingMs?: number;
  firstFrameMs?: number;
  publishedMs?: number;
};

export type ChunkFields = {
  readonly id: string;
  readonly index: number;
  /** In the queue (`ChunkQueue`). */
  readonly place: number;
  readonly turn: string | undefined;
  readonly text: string | undefined;
  readonly origin: ChunkOrigin;
  readonly acceptedMs: number;
  /** What was done for it before it was accepted. */
  readonly stages?: StageTimes;
  /** What was heard of it before the server was started again. */
  readonly heard?: Heard | undefined;
};

/** How much of a chunk is out. */
export type Heard = {
  readonly frames: number;
  /** Of its sound. */
  readonly samples: number;
};

export function newChunkId(): string {
  return randomUUID().replaceAll('-', '');
}

/** One generated piece of media on its way from being accepted to being published. */
export class Chunk {
  readonly id: string;
  readonly index: number;
  readonly place: number;
  readonly turn: string | undefined;
  readonly text: string | undefined;
  readonly origin: ChunkOrigin;
  /** Of it, before the server was started again: only what follows is encoded. */
  readonly heard: Heard | undefined;
  readonly times: ChunkTimes;
  readonly abort = new AbortController();
  state: ChunkState = 'accepted';
  /** Set once the encoder was asked for it; settles when the encoder lets go of it, and never rejects. */
  preparation: Promise<void> | undefined;
  /** Set once it is made, for a chunk that is made on demand. */
  rendered: RenderedClip | undefined;
  encoded: EncodedChunk | undefined;
  /** On disk, for what is published of it. */
  room: Reservation | undefined;
  error: StreamError | undefined;
  readonly #before: StageTimes;

  constructor(fields: ChunkFields) {
    this.id = fields.id;
    this.index = fields.index;
    this.place = fields.place;
    this.turn = fields.turn;
    this.text = fields.text;
    this.origin = fields.origin;
    this.heard = fields.heard;
    this.times = { acceptedMs: fields.acceptedMs };
    this.#before = fields.stages ?? {};
  }

  /** Length in frames once it is known, else 0; of one that goes on, what is left. */
  get frames(): number {
    return this.encoded?.frames ?? 0;
  }

  status(): ChunkStatus {
    return {
      id: this.id,
      index: this.index,
      ...(this.turn !== undefined && { turn: this.turn }),
      state: this.state,
      ...(this.text !== undefined && { text: this.text }),
    };
  }

  /** What is shown while it is heard. */
  caption(): Caption {
    const { id, turn, index, text = '', frames } = this;
    const words = this.rendered?.words;
    return { id, index, text, frames, ...(turn !== undefined && { turn }), ...(words && { words }) };
  }

  /** Stage times as `chunk.published` tells them, in milliseconds; 0 for what was not done. */
  stageDurations(): Record<string, number> {
    const { acceptedMs, encodingMs, firstFrameMs, publishedMs } = this.times;
    const { tts, avatar } = this.rendered?.stages() ?? {};
    const rounded = (value: number | undefined) => (value === undefined ? 0 : Math.max(0, Math.round(value)));
    const ttsMs = tts && tts[1] - Math.max(tts[0], acceptedMs);
    return {
      queuedMs: rounded(encodingMs === undefined ? undefined : encodingMs - acceptedMs - (ttsMs ?? 0)),
      ttsMs: rounded(tts && tts[1] - tts[0]),
      avatarMs: rounded(avatar && avatar[1] - avatar[0]),
      encodeMs: rounded(firstFrameMs === undefined || encodingMs === undefined ? undefined : firstFrameMs - encodingMs),
      firstPartMs: rounded(publishedMs === undefined ? undefined : publishedMs - acceptedMs),
    };
  }

  /** Begin and end of each stage in milliseconds from `originMs`, as far as they are known. */
  stagesSince(originMs: number): Record<string, readonly [number, number]> {
    const { encodingMs, firstFrameMs, publishedMs } = this.times;
    const all: StageTimes = {
      ...this.#before,
      ...this.rendered?.stages(),
      ...(encodingMs !== undefined && firstFrameMs !== undefined && { encode: [encodingMs, firstFrameMs] }),
      ...(firstFrameMs !== undefined && publishedMs !== undefined && { publish: [firstFrameMs, publishedMs] }),
    };
    return Object.fromEntries(
      STAGES.flatMap((stage) => {
        const times = all[stage];
        return times ? [[stage, [Math.round(times[0] - originMs), Math.round(times[1] - originMs)]]] : [];
      }),
    );
  }
}
