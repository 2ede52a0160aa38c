import { Publisher, type PublisherHost, type PublisherState, type Step } from './publisher.ts';

/** Segments that are out before any is kept back: what players want to see before they start. */
const SEGMENTS_AT_ONCE = 3;
/**
 * A pause is filled after so many target durations without a new segment: Apple's player gives up after 1.5 (error -12888).
 */
const STARVED_AFTER = 1.25;

/**
 * Publishes whole segments as soon as they are encoded. The last one that is ready is kept back until the one before has had time
 * to be played, so that the playlist goes on growing for a while when the generator pauses.
 */
export class AsapPublisher extends Publisher {
  protected readonly hasParts = false;
  readonly #targetDurationMs: number;
  #anchorMs: number | undefined;
  #lastPublishedMs = 0;
  #lastLengthMs = 0;
  /** Filler frames still to be published in this pause. */
  #fillerLeft = 0;

  constructor(
    host: PublisherHost,
    options: { readonly targetDuration: number; readonly from?: PublisherState | undefined },
  ) {
    super(host, options.from);
    this.#targetDurationMs = options.targetDuration * 1000;
    this.#anchorMs = options.from?.anchorMs;
    // Who watches has waited for the restart already: it is given as long as any other pause before it is filled.
    if (options.from) this.#lastPublishedMs = host.clock.now();
  }

  presentationMs(frame: number): number {
    this.#anchorMs ??= this.host.clock.now() - this.#mediaMs(frame);
    return this.#anchorMs + this.#mediaMs(frame);
  }

  protected step(): Step {
    const { playout, clock } = this.host;
    if (playout.timeline.ended) return false;
    const now = clock.now();
    if (this.#fillerLeft > 0) return this.#stepFiller();
    if (this.chunk) return this.#stepChunk(now);
    return this.#startNext(now) || this.#pauseOrEnd(now);
  }

  #startNext(now: number): boolean {
    const paused = this.paused;
    const chunk = paused?.chunk ?? this.host.nextChunk(now);
    const encoded = chunk?.encoded;
    if (!chunk || !encoded) return false;
    // Filler ends only when there is something to show in its place: a whole segment.
    const wanted = paused ? paused.cursor.frame + paused.cursor.segmentLeft : (encoded.segmentFrames[0] ?? 0);
    if (encoded.framesReady < wanted) {
      if (!paused || encoded.state !== 'failed') return false;
      this.paused = undefined;
      this.host.finished(chunk);
      return true;
    }
    this.paused = undefined;
    this.begin(chunk, paused);
    return true;
  }

  #stepChunk(now: number): Step {
    const { playout, ending, drained } = this.host;
    const encoded = this.chunk?.encoded;
    const { cursor } = playout;
    if (!cursor || !encoded || cursor.done) {
      this.finish();
      return true;
    }
    const frames = cursor.segmentLeft;
    if (!playout.has(frames)) {
      if (encoded.state !== 'failed') return this.#pauseOrEnd(now);
      this.finish();
      return true;
    }
    const last = cursor.frame + frames >= encoded.frames;
    const releaseMs = this.#releaseMs(last);
    if (now < releaseMs) {
      this.wakeAt(releaseMs);
      return false;
    }
    const final = ending && drained && last;
    // How the chunk differs from its file is known when its encoder is done: it is told before the end.
    if (final && encoded.state === 'encoding') return false;
    return this.#publishSegment(frames, final);
  }

  /** When the next segment may go out: at once, unless it is the only one in hand. */
  #releaseMs(lastOfChunk: boolean): number {
    const { playout, ending, drained } = this.host;
    if (ending && drained) return 0;
    const beyond = lastOfChunk ? this.host.nextChunk(this.host.clock.now()) !== undefined : this.#nextSegmentReady();
    if (beyond || playout.timeline.nextMsn < SEGMENTS_AT_ONCE) return 0;
    return this.#lastPublishedMs + this.#lastLengthMs;
  }

  #nextSegmentReady(): boolean {
    const encoded = this.chunk?.encoded;
    const { cursor } = this.host.playout;
    if (!encoded || !cursor) return false;
    let end = 0;
    for (const length of encoded.segmentFrames) {
      end += length;
      if (end > cursor.frame + cursor.segmentLeft) return encoded.framesReady >= end;
    }
    return false;
  }

  /** Nothing is ready: the end, or a pause that is filled before players starve. */
  #pauseOrEnd(now: number): Step {
    const { host } = this;
    const { timeline } = host.playout;
    if (!this.chunk && !this.paused && host.ending && host.drained) {
      const closing = host.closing();
      // Not anew when only its sound had to be waited for: starting takes back sound, and that would go on for ever.
      if (host.playout.filler !== closing) host.playout.startFiller(closing);
      return this.#publishSegment(host.grid.partFrames, true);
    }
    const clip = timeline.nextMsn > 0 && !host.idle ? host.filler() : undefined;
    const starvedMs = this.#lastPublishedMs + STARVED_AFTER * this.#targetDurationMs;
    if (clip && now >= starvedMs) {
      this.pause();
      this.setFiller(true);
      host.playout.startFiller(clip);
      this.#fillerLeft = Math.round((this.#targetDurationMs / 1000) * timeline.axis.fps);
      return true;
    }
    const gapEndsMs = host.gapEndsMs();
    const wakeMs = Math.min(clip ? starvedMs : Number.POSITIVE_INFINITY, gapEndsMs ?? Number.POSITIVE_INFINITY);
    if (wakeMs < Number.POSITIVE_INFINITY) this.wakeAt(Math.max(wakeMs, now + 1));
    return false;
  }

  /** A part of silence is enough for a fade. */
  protected fillsPause(): void {
    this.#fillerLeft = this.host.grid.partFrames;
  }

  #stepFiller(): Step {
    const frames = Math.min(this.#fillerLeft, this.host.playout.cursor?.segmentLeft ?? 0);
    const before = this.host.playout.timeline.endFrame;
    const step = this.#publishSegment(frames, false);
    this.#fillerLeft -= this.host.playout.timeline.endFrame - before;
    return step;
  }

  #publishSegment(frames: number, final: boolean): Step {
    const step = this.publish(frames, final);
    if (step === true) {
      this.#lastPublishedMs = this.host.clock.now();
      this.#lastLengthMs = this.#mediaMs(frames);
    }
    return step;
  }

  #mediaMs(frames: number): number {
    return (frames * 1000) / this.host.playout.timeline.axis.fps;
  }
}
