import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { RawClip } from '../encode/types.ts';
import type { StreamError } from '../errors.ts';
import type { ChunkState, ChunkStatus } from './types.ts';

/** What making a clip took, in milliseconds; `avatarMs` is known once the first picture was drawn. */
export type ClipTiming = { readonly ttsMs: number; readonly avatarMs?: number };

/** Speech and face of one sentence, drawn while it is being encoded. */
export type RenderedClip = RawClip & { readonly timing: ClipTiming };

/** Where a chunk's media comes from: a stored upload, or something made on demand. */
export type ChunkOrigin =
  | { readonly kind: 'upload'; readonly path: string }
  | {
      readonly kind: 'render';
      render(signal: AbortSignal): Promise<RenderedClip>;
      /** Instead of `render`, when its turn never comes. */
      drop(): void;
    };

/** When each stage of a chunk began or ended, in ms since the epoch, and what rendering took. */
export type ChunkTimes = {
  acceptedMs: number;
  encodingMs?: number;
  firstFrameMs?: number;
  publishedMs?: number;
  timing?: ClipTiming;
};

/** One generated piece of media on its way from being accepted to being published. */
export class Chunk {
  readonly id: string;
  readonly index: number;
  readonly turn: string | undefined;
  readonly text: string | undefined;
  readonly origin: ChunkOrigin;
  readonly times: ChunkTimes;
  readonly abort = new AbortController();
  state: ChunkState = 'accepted';
  /** Set once the encoder was asked for it; settles when the encoder lets go of it, and never rejects. */
  preparation: Promise<void> | undefined;
  encoded: EncodedChunk | undefined;
  error: StreamError | undefined;

  constructor(fields: {
    id: string;
    index: number;
    turn: string | undefined;
    text: string | undefined;
    origin: ChunkOrigin;
    acceptedMs: number;
  }) {
    this.id = fields.id;
    this.index = fields.index;
    this.turn = fields.turn;
    this.text = fields.text;
    this.origin = fields.origin;
    this.times = { acceptedMs: fields.acceptedMs };
  }

  /** Length in frames once it is known, else 0. */
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

  /** Stage times as `chunk.published` tells them, in milliseconds. */
  stageTimes(): Record<string, number> {
    const { acceptedMs, encodingMs, firstFrameMs, publishedMs, timing } = this.times;
    const { ttsMs, avatarMs } = timing ?? {};
    const rounded = (value: number | undefined) => (value === undefined ? 0 : Math.max(0, Math.round(value)));
    return {
      queuedMs: rounded(encodingMs === undefined ? undefined : encodingMs - acceptedMs - (ttsMs ?? 0)),
      ttsMs: rounded(ttsMs),
      avatarMs: rounded(avatarMs),
      encodeMs: rounded(firstFrameMs === undefined || encodingMs === undefined ? undefined : firstFrameMs - encodingMs),
      firstPartMs: rounded(publishedMs === undefined ? undefined : publishedMs - acceptedMs),
    };
  }
}
