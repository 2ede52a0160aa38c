import { StreamError } from '../errors.ts';
import { type Axis, blocksCovering, blocksReady, sampleAt } from './axis.ts';
import type { Part, PartMedia, Segment, TimelineState } from './segment.ts';

export type { Part, PartMedia, Segment, TimelineState } from './segment.ts';

export type TimelineOptions = {
  readonly axis: Axis;
  /** Frames that the playlist keeps listed; `Infinity` for an EVENT playlist. */
  readonly windowFrames: number;
  /** Where it goes on. */
  readonly state?: TimelineState | undefined;
};

/** What is published: parts in segments on two axes. It only grows at the end and is forgotten at the front. */
export class Timeline {
  readonly axis: Axis;
  readonly #windowFrames: number;
  /** Retired and listed segments, oldest first, and the open one if there is one. */
  #segments: Segment[] = [];
  /** Index of the first listed segment. */
  #listedFrom = 0;
  /** Length of the longest playlist there was, in frames. */
  #longestListed = 0;
  #endFrame = 0;
  #endBlock = 0;
  #nextMsn = 0;
  #nextPart = 0;
  #discontinuitySequence = 0;
  #lastInitId: number | undefined;
  #ended = false;

  constructor(options: TimelineOptions) {
    this.axis = options.axis;
    this.#windowFrames = options.windowFrames;
    if (options.state) this.#restore(options.state);
  }

  get state(): TimelineState {
    return {
      segments: this.#segments,
      listedFrom: this.#listedFrom,
      longestListed: this.#longestListed,
      endFrame: this.#endFrame,
      endBlock: this.#endBlock,
      nextMsn: this.#nextMsn,
      nextPart: this.#nextPart,
      discontinuitySequence: this.#discontinuitySequence,
      ...(this.#lastInitId !== undefined && { lastInitId: this.#lastInitId }),
      ended: this.#ended,
    };
  }

  get endFrame(): number {
    return this.#endFrame;
  }
  get endBlock(): number {
    return this.#endBlock;
  }
  /** Number that the next part will have. */
  get nextPart(): number {
    return this.#nextPart;
  }
  /** Media sequence number that the next opened segment will have. */
  get nextMsn(): number {
    return this.#nextMsn;
  }
  /** Discontinuities that have left the window. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }
  get ended(): boolean {
    return this.#ended;
  }
  /** The segment in the making. */
  get open(): Segment | undefined {
    const last = this.#segments.at(-1);
    return last && !last.complete ? last : undefined;
  }
  /** Segments in the playlist, oldest first, the open one last. */
  get listed(): readonly Segment[] {
    return this.#listedFrom === 0 ? this.#segments : this.#segments.slice(this.#listedFrom);
  }

  /** Blocks that a part of `frames` frames, published next, must carry. */
  blocksFor(frames: number, final = false): number {
    const end = sampleAt(this.axis, this.#endFrame + frames);
    return (final ? blocksCovering(end) : blocksReady(end)) - this.#endBlock;
  }

  /** Opens the next segment; the one before is closed. */
  openSegment(options: { initId: number; programDateTimeMs: number }): Segment {
    this.#assertGrowing();
    this.closeSegment();
    const segment: Segment = {
      msn: this.#nextMsn,
      startFrame: this.#endFrame,
      parts: [],
      frames: 0,
      complete: false,
      initId: options.initId,
      // RFC 8216bis 4.4.4.3: a change of encoding parameters wants EXT-X-DISCONTINUITY.
      discontinuity: this.#lastInitId !== undefined && this.#lastInitId !== options.initId,
      programDateTimeMs: options.programDateTimeMs,
      derived: true,
    };
    this.#lastInitId = options.initId;
    this.#nextMsn += 1;
    this.#segments.push(segment);
    return segment;
  }

  /**
   * Appends one part to the open segment.
   *
   * @param derived - The media can be made again: filler frames and silence only.
   * @param final - The stream ends with this part: it carries every block that is left.
   * @throws {StreamError} `TIMELINE_BROKEN` when frames or blocks are missing or too many, or a segment would not start with a sync sample.
   */
  appendPart(media: PartMedia, options: { derived: boolean; final?: boolean }): Part {
    const frames = media.video[0]?.length ?? 0;
    if (media.video.some((samples) => samples.length !== frames)) {
      throw new StreamError(
        'TIMELINE_BROKEN',
        `renditions differ in length: ${media.video.map((s) => s.length).join(', ')} frames`,
      );
    }
    const independent = media.video.every((samples) => samples[0]?.isSync);
    const blocks = this.blocksFor(frames, options.final);
    if (media.audio.length !== blocks) {
      throw new StreamError(
        'TIMELINE_BROKEN',
        `part ${this.#nextPart} must carry ${blocks} audio blocks, got ${media.audio.length}`,
      );
    }
    return this.#append({ frames, independent, media, final: options.final ?? false }, options.derived);
  }

  /**
   * Appends a part that was published before, without its media.
   *
   * @param part - `sizes`: as in `Part`; a part without is derived.
   * @throws {StreamError} `TIMELINE_BROKEN` when it does not fit.
   */
  adoptPart(part: { frames: number; independent: boolean; final?: boolean; sizes?: readonly number[] }): Part {
    const { frames, independent, final = false, sizes } = part;
    const adopted = this.#append({ frames, independent, media: undefined, final }, sizes === undefined);
    if (sizes) adopted.sizes = sizes;
    return adopted;
  }

  #append(
    shape: { frames: number; independent: boolean; media: PartMedia | undefined; final: boolean },
    derived: boolean,
  ): Part {
    this.#assertGrowing();
    const { frames, independent, media, final } = shape;
    const segment = this.open;
    if (!segment || !(frames > 0)) throw new StreamError('TIMELINE_BROKEN', 'a part needs an open segment and frames');
    if (segment.parts.length === 0 && !independent) {
      throw new StreamError('TIMELINE_BROKEN', `segment ${segment.msn} would not start with a sync sample`);
    }
    const blocks = this.blocksFor(frames, final);
    const part: Part = {
      number: this.#nextPart,
      startFrame: this.#endFrame,
      frames,
      firstBlock: this.#endBlock,
      blocks,
      independent,
      media,
    };
    segment.parts.push(part);
    segment.frames += frames;
    if (!derived) segment.derived = false;
    this.#nextPart += 1;
    this.#endFrame += frames;
    this.#endBlock += blocks;
    return part;
  }

  /** Completes the open segment, if there is one, and lets old ones go. */
  closeSegment(): Segment | undefined {
    const segment = this.open;
    if (!segment) return undefined;
    segment.complete = true;
    this.#retire();
    return segment;
  }

  /**
   * Leaps over filler that nobody asked for: as if it had been published and had left the window.
   *
   * @throws {StreamError} `TIMELINE_BROKEN` when a segment is open.
   */
  leap(over: { segments: number; parts: number; frames: number }): void {
    this.#assertGrowing();
    if (this.open) throw new StreamError('TIMELINE_BROKEN', 'a leap starts between segments');
    this.#nextMsn += over.segments;
    this.#nextPart += over.parts;
    this.#endFrame += over.frames;
    this.#endBlock = blocksReady(sampleAt(this.axis, this.#endFrame));
    this.#discontinuitySequence += this.listed.filter((segment) => segment.discontinuity).length;
    this.#segments = [];
    this.#listedFrom = 0;
  }

  end(): void {
    this.closeSegment();
    this.#ended = true;
  }

  /** A segment that is listed or was so until recently. */
  segment(msn: number): Segment | undefined {
    const first = this.#segments[0];
    return first && this.#segments[msn - first.msn];
  }

  /** A part that is listed or was so until recently, with its segment. */
  part(number: number): { segment: Segment; part: Part } | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle];
      const first = segment?.parts[0];
      if (!segment || !first || number < first.number) high = middle - 1;
      else if (number >= first.number + segment.parts.length) low = middle + 1;
      else {
        const part = segment.parts[number - first.number];
        return part && { segment, part };
      }
    }
    return undefined;
  }

  #retire(): void {
    if (this.#windowFrames === Number.POSITIVE_INFINITY) return;
    this.#longestListed = Math.max(
      this.#longestListed,
      this.#endFrame - (this.listed[0]?.startFrame ?? this.#endFrame),
    );
    for (;;) {
      const segment = this.#segments[this.#listedFrom];
      if (!segment || this.#endFrame - (segment.startFrame + segment.frames) < this.#windowFrames) break;
      if (segment.discontinuity) this.#discontinuitySequence += 1;
      this.#listedFrom += 1;
    }
    // RFC 8216bis 6.2.2: a removed segment stays available for its own duration plus that of the longest playlist that listed it.
    // It was removed before the end was the longest playlist's length, less its own, past it: twice that length is time enough.
    let gone = 0;
    for (; gone < this.#listedFrom; gone++) {
      const segment = this.#segments[gone];
      if (!segment || this.#endFrame - (segment.startFrame + segment.frames) < 2 * this.#longestListed) break;
    }
    // Dropped in batches: shifting an array for every segment would cost more than what it frees.
    if (gone >= 16) {
      this.#segments = this.#segments.slice(gone);
      this.#listedFrom -= gone;
    }
  }

  #restore(state: TimelineState): void {
    this.#segments = [...state.segments];
    this.#listedFrom = state.listedFrom;
    this.#longestListed = state.longestListed;
    this.#endFrame = state.endFrame;
    this.#endBlock = state.endBlock;
    this.#nextMsn = state.nextMsn;
    this.#nextPart = state.nextPart;
    this.#discontinuitySequence = state.discontinuitySequence;
    this.#lastInitId = state.lastInitId;
    this.#ended = state.ended;
  }

  #assertGrowing(): void {
    if (this.#ended) throw new StreamError('TIMELINE_BROKEN', 'the stream has ended');
  }
}
