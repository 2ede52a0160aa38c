import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { VideoTrackInit } from '../isobmff/types.ts';
import { sampleAt } from '../timeline/axis.ts';
import type { Segment, Timeline } from '../timeline/timeline.ts';
import { fadeOut } from './fade-out.ts';
import { type CodedMedia, MediaCursor } from './media-cursor.ts';
import type { SoundLane } from './sound-lane.ts';

/** A stretch of the timeline: of chunks, or of filler that can be made again. */
export type Run = { readonly startFrame: number; frames: number; readonly filler: FillerClip | undefined };

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
  readonly runs: Run[] = [];
  readonly #options: PlayoutOptions;
  #current: Current | undefined;
  /** Samples of the current chunk's PCM that are on the axis, and where they began. */
  #fedTo = 0;
  #feedBase = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.timeline = options.timeline;
    this.lane = options.lane;
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

  /** The chunk follows at the end of the timeline; from `cursor` on when it was interrupted by filler. */
  startChunk(chunk: EncodedChunk, media: CodedMedia, cursor?: MediaCursor): void {
    this.#takeBackSound();
    const tracks = chunk.init.filter((track) => track !== undefined);
    this.#start({
      cursor: cursor ?? new MediaCursor(media, false),
      initId: this.#options.initId(tracks),
      chunk,
      filler: undefined,
    });
    const axis = this.timeline.axis;
    this.#fedTo = cursor ? sampleAt(axis, cursor.frame) : 0;
    this.#feedBase = sampleAt(axis, this.timeline.endFrame) - this.#fedTo;
    this.feed();
  }

  /** Filler follows at the end of the timeline, for ever. */
  startFiller(clip: FillerClip): void {
    this.#takeBackSound();
    this.#start({
      cursor: new MediaCursor(clip, true),
      initId: this.#options.initId(clip.init),
      filler: clip,
      chunk: undefined,
    });
  }

  /**
   * What is on air ends here: its sound fades out over the start of `clip`, which follows.
   */
  cut(clip: FillerClip): void {
    const fade = this.#fadeOut();
    this.startFiller(clip);
    this.lane.append(fade);
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
    const end = Math.min(chunk.samplesReady, wholeLength);
    if (end <= this.#fedTo) return;
    this.lane.append(chunk.pcm.subarray(this.#fedTo, end));
    this.#fedTo = end;
  }

  /** True when pictures and sound of the current chunk's next `frames` frames are known. */
  has(frames: number): boolean {
    const { chunk, cursor } = this.#current ?? {};
    if (!chunk || !cursor) return true;
    if (chunk.framesReady < cursor.frame + frames) return false;
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
    if (current.cursor.atSegmentStart || !timeline.open) this.#openSegment(current.initId);
    const derived = current.filler !== undefined && audio.every((sample) => lane.isSilence(sample));
    this.#note(current.filler, frames);
    timeline.appendPart({ video: current.cursor.take(frames), audio }, { derived, final });
    if (current.cursor.atSegmentStart || final) this.closeSegment();
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
    const frames = filler.segmentFrames.reduce((sum, length) => sum + length, 0);
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
    return fadeOut(chunk.pcm.subarray(0, chunk.samplesReady), from, length);
  }

  /** Forgets sound that was fed ahead of pictures which are not going to be published now. */
  #takeBackSound(): void {
    this.lane.truncate(sampleAt(this.timeline.axis, this.timeline.endFrame));
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
    const last = this.runs.at(-1);
    // A filler run is one pass through the loop from its start, so that its pictures can be told from its length.
    const goesOn =
      last &&
      last.filler === filler &&
      (filler === undefined || !this.#current?.cursor.atStart || this.#looped(last, filler));
    if (last && goesOn) last.frames += frames;
    else this.runs.push({ startFrame: this.timeline.endFrame, frames, filler });
  }

  #looped(run: Run, filler: FillerClip): boolean {
    const loop = filler.segmentFrames.reduce((sum, length) => sum + length, 0);
    return run.frames % loop === 0;
  }
}
