import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { VideoTrackInit } from '../isobmff/types.ts';
import { sampleAt } from '../timeline/axis.ts';
import { framesIn } from '../timeline/cut.ts';
import type { Part, Segment, Timeline } from '../timeline/timeline.ts';
import { fadeOut } from './fade-out.ts';
import { type CodedMedia, MediaCursor } from './media-cursor.ts';
import { noteRun, type Run } from './runs.ts';
import type { SoundLane } from './sound-lane.ts';

/** Long enough that no step is heard, short enough to be silence at once. */
const FADE_MS = 20;

export type PlayoutOptions = {
  readonly timeline: Timeline;
  readonly lane: SoundLane;
  /** Wall clock, in ms since the epoch, at which a frame is presented. */
  presentationMs(frame: number): number;
  /** A segment is complete; `derived` ones need not be stored. */
  onSegment(segment: Segment): void;
  /** Which init segment these tracks need. */
  initId(tracks: readonly VideoTrackInit[]): number;
  /** Filler, too, is told part by part: it does not follow from the clock. */
  readonly tellsFiller?: boolean;
  /** Something is about to change that filler and the clock do not tell. */
  changing?(): void;
  fillerStarted?(clip: FillerClip, initId: number): void;
  /** A part was published that filler and the clock do not tell. */
  published?(segment: Segment, part: Part, final: boolean): void;
  /** Where it goes on: what was published, and filler from a frame of its loop on. */
  readonly from?: {
    readonly runs: readonly Run[];
    readonly filler?: { readonly clip: FillerClip; readonly initId: number; readonly frame: number } | undefined;
  };
};

type Current = {
  readonly cursor: MediaCursor;
  readonly initId: number;
  readonly filler: FillerClip | undefined;
  readonly chunk: EncodedChunk | undefined;
};

/**
 * Puts media on the timeline: one chunk or filler clip at a time, pictures by cursor, sound through the lane. Knows nothing of
 * clocks and queues; the publisher says what comes next and when.
 */
export class Playout {
  readonly timeline: Timeline;
  readonly lane: SoundLane;
  /** All that was ever published, as stretches; neighbours of a kind are one. */
  readonly runs: Run[];
  readonly #options: PlayoutOptions;
  #current: Current | undefined;
  /** Samples of the current chunk's PCM that are on the axis, and where they began. */
  #fedTo = 0;
  #feedBase = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.timeline = options.timeline;
    this.lane = options.lane;
    this.runs = [...(options.from?.runs ?? [])];
    const filler = options.from?.filler;
    if (filler) this.#current = this.#fillerAt(filler.clip, filler.initId, filler.frame);
  }

  get chunk(): EncodedChunk | undefined {
    return this.#current?.chunk;
  }
  get filler(): FillerClip | undefined {
    return this.#current?.filler;
  }
  get cursor(): MediaCursor | undefined {
    return this.#current?.cursor;
  }
  /** Init segment of what plays. */
  get initId(): number {
    return this.#current?.initId ?? 0;
  }
  /** Samples of the current chunk's sound that are on the axis up to the end of the timeline. */
  get chunkSamples(): number {
    return sampleAt(this.timeline.axis, this.timeline.endFrame) - this.#feedBase;
  }

  /** The chunk follows at the end of the timeline; from `cursor` and a sample on when it was interrupted by filler. */
  startChunk(chunk: EncodedChunk, media: CodedMedia, from?: { cursor: MediaCursor; sample: number }): void {
    this.#options.changing?.();
    this.#takeBackSound();
    const tracks = chunk.init.filter((track) => track !== undefined);
    this.#start({
      cursor: from?.cursor ?? new MediaCursor(media, false),
      initId: this.#options.initId(tracks),
      chunk,
      filler: undefined,
    });
    chunk.readUpTo(from?.cursor.frame ?? 0);
    this.#fedTo = from?.sample ?? 0;
    this.#feedBase = sampleAt(this.timeline.axis, this.timeline.endFrame) - this.#fedTo;
    this.feed();
  }

  /** Filler follows at the end of the timeline, for ever. */
  startFiller(clip: FillerClip): void {
    this.#startFiller(clip, new Int16Array());
  }

  /**
   * What is on air ends here: its sound fades out over the start of `clip`, which follows.
   */
  cut(clip: FillerClip): void {
    this.#startFiller(clip, this.#fadeOut());
  }

  /** The stream ends. */
  end(): void {
    this.#options.changing?.();
    this.timeline.end();
  }

  /** Nothing plays: what comes next decides. */
  stop(): void {
    this.#current = undefined;
  }

  /** Hands the current chunk's PCM on to the lane as far as it is known. */
  feed(): void {
    const chunk = this.#current?.chunk;
    if (!chunk) return;
    const { axis } = this.timeline;
    const startFrame = this.timeline.endFrame - (this.#current?.cursor.frame ?? 0);
    const wholeLength = sampleAt(axis, startFrame + chunk.frames) - this.#feedBase;
    const end = Math.min(chunk.soundAtHand(this.#fedTo), wholeLength);
    if (end <= this.#fedTo) return;
    this.lane.append(chunk.sound(this.#fedTo, end));
    this.#fedTo = end;
  }

  /** True when pictures and sound of the current chunk's next `frames` frames are known. */
  has(frames: number): boolean {
    const { chunk, cursor } = this.#current ?? {};
    if (!chunk || !cursor) return true;
    if (chunk.framesReady < cursor.frame + frames || !chunk.isAtHand(cursor.frame, frames)) return false;
    this.feed();
    return this.lane.end >= sampleAt(this.timeline.axis, this.timeline.endFrame + frames);
  }

  /**
   * Publishes the next `frames` frames of what plays as one part.
   *
   * @param final - The stream ends here.
   * @returns False when the sound is still to be encoded: wait for `soundReady()`, then ask again.
   */
  publish(frames: number, final = false): boolean {
    const current = this.#current;
    if (!current) throw new StreamError('TIMELINE_BROKEN', 'nothing plays that could be published');
    const { timeline, lane } = this;
    if (current.filler || final) lane.silenceUntil(sampleAt(timeline.axis, timeline.endFrame + frames));
    const audio = lane.take(timeline.blocksFor(frames, final));
    if (!audio) return false;
    const opens = current.cursor.atSegmentStart || !timeline.open;
    const derived = current.filler !== undefined && audio.every((sample) => lane.isSilence(sample));
    const follows = derived && !final && !this.#options.tellsFiller && (opens || timeline.open?.derived);
    if (!follows) this.#options.changing?.();
    if (opens) this.#openSegment(current.initId);
    this.#note(current.filler, frames);
    const segment = timeline.open;
    const part = timeline.appendPart({ video: current.cursor.take(frames), audio }, { derived, final });
    current.chunk?.readUpTo(current.cursor.frame);
    if (current.cursor.atSegmentStart || final) this.closeSegment();
    if (!follows && segment) this.#options.published?.(segment, part, final);
    return true;
  }

  /** Waits until the sound of the next `frames` frames is encoded. */
  async soundReady(frames: number, final = false): Promise<void> {
    await this.lane.ready(this.timeline.blocksFor(frames, final));
  }

  closeSegment(): void {
    const segment = this.timeline.closeSegment();
    if (segment) this.#options.onSegment(segment);
  }

  /** Leaps over whole rounds of the filler loop; only at the start of a round, in silence. */
  leap(rounds: number, partsPerRound: number): void {
    const { cursor, filler } = this.#current ?? {};
    if (!cursor?.atStart || !filler || !this.lane.silent)
      throw new StreamError('TIMELINE_BROKEN', 'a leap starts a round of silent filler');
    const frames = framesIn(filler.segmentFrames);
    this.closeSegment();
    this.#note(filler, rounds * frames);
    this.timeline.leap({
      segments: rounds * filler.segmentFrames.length,
      parts: rounds * partsPerRound,
      frames: rounds * frames,
    });
    this.lane.silenceUntil(sampleAt(this.timeline.axis, this.timeline.endFrame));
    this.lane.leapTo(this.timeline.endBlock);
  }

  /** The sound that follows, falling to silence. */
  #fadeOut(): Int16Array {
    const chunk = this.#current?.chunk;
    if (!chunk) return new Int16Array();
    const { axis, endFrame } = this.timeline;
    const from = sampleAt(axis, endFrame) - this.#feedBase;
    const length = Math.round((FADE_MS * axis.audioRate) / 1000);
    // As much as is looked at: where the sound ends too early, it is mirrored.
    const first = Math.max(0, Math.min(from, chunk.samplesReady) - length - 1);
    return fadeOut(chunk.sound(first, Math.min(chunk.samplesReady, from + length)), from - first, length);
  }

  /** Forgets sound that was fed ahead of pictures which are not going to be published now. */
  #takeBackSound(): void {
    this.lane.truncate(sampleAt(this.timeline.axis, this.timeline.endFrame));
  }

  #startFiller(clip: FillerClip, sound: Int16Array): void {
    this.#options.changing?.();
    this.#takeBackSound();
    this.#start(this.#fillerAt(clip, this.#options.initId(clip.init), 0));
    this.lane.append(sound);
    this.#options.fillerStarted?.(clip, this.initId);
  }

  #fillerAt(clip: FillerClip, initId: number, frame: number): Current {
    return { cursor: new MediaCursor(clip, true, frame), initId, filler: clip, chunk: undefined };
  }

  #start(current: Current): void {
    this.closeSegment();
    this.#current = current;
  }

  #openSegment(initId: number): void {
    this.closeSegment();
    this.timeline.openSegment({ initId, programDateTimeMs: this.#options.presentationMs(this.timeline.endFrame) });
  }

  #note(filler: FillerClip | undefined, frames: number): void {
    noteRun(this.runs, frames, {
      frame: this.timeline.endFrame,
      clip: filler?.id,
      atLoopStart: this.#current?.cursor.atStart ?? true,
      loopFrames: filler ? framesIn(filler.segmentFrames) : 0,
    });
  }
}
