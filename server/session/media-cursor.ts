import type { Sample } from '../isobmff/types.ts';

/** Coded frames in segments: a chunk, or a filler clip. A chunk may become shorter while it is read, behind what was taken of it. */
export type CodedMedia = {
  readonly segmentFrames: readonly number[];
  readonly video: readonly (readonly Sample[])[];
};

/** Reads coded media part by part; parts never straddle a segment boundary. */
export class MediaCursor {
  readonly media: CodedMedia;
  readonly #loop: boolean;
  #segment = 0;
  #offset = 0;
  #frame = 0;

  /**
   * @param loop - Starts again at the end, for ever.
   * @param frame - That comes first.
   */
  constructor(media: CodedMedia, loop: boolean, frame = 0) {
    this.media = media;
    this.#loop = loop;
    this.#frame = frame;
    this.#offset = frame;
    for (const length of media.segmentFrames) {
      if (this.#offset < length) break;
      this.#offset -= length;
      this.#segment += 1;
    }
  }

  /** Frame that comes next, counted from the start of the media. */
  get frame(): number {
    return this.#frame;
  }
  get atSegmentStart(): boolean {
    return this.#offset === 0;
  }
  get atStart(): boolean {
    return this.#frame === 0;
  }
  get done(): boolean {
    const { segmentFrames } = this.media;
    return (
      this.#segment >= segmentFrames.length || (this.#segment === segmentFrames.length - 1 && this.segmentLeft <= 0)
    );
  }

  /** Frames left in the segment. */
  get segmentLeft(): number {
    return (this.media.segmentFrames[this.#segment] ?? 0) - this.#offset;
  }

  /** Takes `frames` frames of each rendition, at most what is left in the segment. */
  take(frames: number): readonly (readonly Sample[])[] {
    const taken = this.media.video.map((samples) => samples.slice(this.#frame, this.#frame + frames));
    this.#frame += frames;
    this.#offset += frames;
    if (this.segmentLeft === 0) {
      this.#segment += 1;
      this.#offset = 0;
      if (this.done && this.#loop) {
        this.#segment = 0;
        this.#frame = 0;
      }
    }
    return taken;
  }
}
