import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { framesIn } from '../timeline/cut.ts';
import { type PausedChunk, Publisher, type PublisherHost, type PublisherState, type Step } from './publisher.ts';

/** An encode that is this much faster than real time is not going to be outrun. */
const SAFE_SPEED = 1.25;
/** Once a chunk is on air, filler in the middle of a sentence is worse than a part that comes a little late. */
const SPEED_ON_AIR = 1.05;
/** Share of the lead that a part may be late by: players have more than that in hand. */
const SLACK = 0.5;
/** Speech that starts before its part is due gives the gained time back by so much per part, so that parts keep coming. */
const PAY_BACK_MS = 50;

export type LiveOptions = {
  /** How far the published end runs ahead of the wall clock. */
  readonly leadMs: number;
  /** Frames of filler that are published from the start. */
  readonly headStartFrames: number;
  /** Length of the playlist's window: filler beyond that need never be made. */
  readonly windowFrames: number;
  readonly from?: PublisherState | undefined;
};

type Candidate = { readonly chunk: PausedChunk['chunk']; readonly from: PausedChunk | undefined };

/** Publishes against the wall clock: each part `leadMs` before it is to be shown; filler whenever nothing is said. */
export class LivePublisher extends Publisher {
  protected readonly hasParts = true;
  readonly #options: LiveOptions;
  /** Wall clock of frame 0, in ms since the epoch. */
  #anchorMs: number;
  /** How much earlier than due the next part may come. */
  #earlyMs = 0;
  /** It has waited for a part to be due since it last rested: what it publishes now is not what it owes for a time when nobody asked. */
  #isOnTime = false;
  /** Of filler that fell into the time of a restart: who watched before may ask for what has left the window meanwhile. */
  #graceFrames: number;
  readonly #begunMs: number;

  constructor(host: PublisherHost, options: LiveOptions) {
    super(host, options.from);
    this.#options = options;
    this.#anchorMs =
      options.from?.anchorMs ?? host.clock.now() + options.leadMs - this.#mediaMs(options.headStartFrames);
    this.#graceFrames = options.from ? options.windowFrames : 0;
    this.#begunMs = host.clock.now();
  }

  presentationMs(frame: number): number {
    return this.#anchorMs + this.#mediaMs(frame);
  }

  /** End of what is published or will have been by the time somebody looks, in frames: an idle session publishes when asked. */
  publishedFrames(nowMs: number): number {
    const { endFrame } = this.host.playout.timeline;
    if (this.isOver || !this.host.filler()) return endFrame;
    const { partFrames } = this.host.grid;
    const due =
      Math.floor(((nowMs + this.#options.leadMs - this.#anchorMs) * this.#fps) / 1000 / partFrames) * partFrames;
    return Math.max(endFrame, due);
  }

  protected step(): Step {
    const { playout, clock } = this.host;
    if (playout.timeline.ended) return false;
    const now = clock.now();
    const dueMs = this.presentationMs(playout.timeline.endFrame) - this.#options.leadMs - this.#earlyMs;
    if (now < dueMs && !this.#mayStartEarly(now, dueMs)) {
      if (!this.#mayRest) this.wakeAt(dueMs);
      this.#isOnTime = !this.#mayRest;
      return false;
    }
    if (this.chunk) return this.#stepChunk(now, dueMs);
    return this.#startNext(now, dueMs) || this.#stepFiller(now);
  }

  /** Speech cuts filler at the next part boundary: that boundary is now, even if the part is due a little later. */
  #mayStartEarly(now: number, dueMs: number): boolean {
    if (this.chunk) return false;
    const next = this.#candidate(now);
    // Never more than a part ahead in all, or short chunks with short pauses would run away from the clock.
    return next !== undefined && this.#earlyMs + dueMs - now <= this.#mediaMs(this.host.grid.partFrames);
  }

  #candidate(now: number): Candidate | undefined {
    if (this.fading || this.#isCatchingUp) return undefined;
    const from = this.paused;
    if (from)
      return this.#canGoOn(from.chunk.encoded, from.cursor.frame, now) ? { chunk: from.chunk, from } : undefined;
    const chunk = this.host.nextChunk(now);
    return chunk && this.#canGoOn(chunk.encoded, 0, now) ? { chunk, from } : undefined;
  }

  /** True when the first part from `frame` on is there and the encode of the rest can't be outrun by the clock. */
  #canGoOn(encoded: EncodedChunk | undefined, frame: number, now: number, onAir = false): boolean {
    if (!encoded) return false;
    const first = Math.min(this.host.grid.partFrames, encoded.frames - frame);
    if (encoded.state === 'done') return encoded.isAtHand(frame, first);
    if (encoded.framesReady < frame + first || encoded.secondsOfSound * this.#fps < frame + first) return false;
    const speed = encoded.speed(now);
    if (speed >= SAFE_SPEED) return true;
    const secondsToEncode = (encoded.frames - encoded.framesReady) / this.#fps / speed;
    const margin = onAir ? SPEED_ON_AIR : SAFE_SPEED;
    return secondsToEncode * margin <= (encoded.frames - frame) / this.#fps + this.#slackMs / 1000;
  }

  /**
   * After a restart, filler comes before anything is said: what is dated in the past would be missed by players that go on at the live
   * edge.
   */
  get #isCatchingUp(): boolean {
    const { endFrame } = this.host.playout.timeline;
    if (this.presentationMs(endFrame) - this.#options.leadMs >= this.#begunMs) return false;
    return this.#options.from !== undefined && this.host.filler() !== undefined;
  }

  #startNext(now: number, dueMs: number): boolean {
    const next = this.#candidate(now);
    if (!next) return false;
    this.paused = undefined;
    if (now < dueMs) this.#earlyMs += dueMs - now;
    // Without filler the axis stood still meanwhile: program date time moves on with the wall clock.
    else if (!this.host.filler()) this.#anchorMs += now - dueMs;
    this.begin(next.chunk, next.from);
    return true;
  }

  #stepChunk(now: number, dueMs: number): Step {
    const { playout, grid, ending, drained } = this.host;
    const { cursor } = playout;
    const encoded = this.chunk?.encoded;
    if (!cursor || !encoded || cursor.done) {
      this.finish();
      return true;
    }
    if (cursor.atSegmentStart && cursor.frame > 0 && !this.#canGoOn(encoded, cursor.frame, now, true)) {
      const lateMs = dueMs + this.#slackMs;
      if (now >= lateMs || encoded.state === 'failed') return this.#pause(encoded);
      this.wakeAt(lateMs);
      return false;
    }
    const frames = Math.min(grid.partFrames, cursor.segmentLeft);
    if (!playout.has(frames)) {
      if (encoded.state === 'failed') {
        this.finish();
        return true;
      }
      // Mid-segment there is no way out but to wait: the watchdog of the encode ends it.
      return false;
    }
    if (now < dueMs) {
      this.wakeAt(dueMs);
      return false;
    }
    const final = ending && drained && !this.paused && cursor.frame + frames >= encoded.frames;
    return this.#publishOnAir(frames, final);
  }

  /** The encode fell behind: filler until it has caught up, at a segment boundary, so that nothing is lost. */
  #pause(encoded: EncodedChunk): boolean {
    const { chunk } = this;
    const { cursor } = this.host.playout;
    const filler = this.host.filler();
    if (!filler || !chunk || !cursor || encoded.state === 'failed') {
      if (encoded.state !== 'failed') return false;
      this.finish();
      return true;
    }
    this.pause();
    this.#playFiller(filler);
    return true;
  }

  #stepFiller(now: number): Step {
    const { host } = this;
    const paused = this.paused?.chunk;
    if (paused?.encoded?.state === 'failed') {
      this.paused = undefined;
      host.finished(paused);
      return true;
    }
    if (this.#mayRest) {
      this.#isOnTime = false;
      return false;
    }
    const final = host.ending && host.drained && !this.paused;
    const clip = this.fading ? host.playout.filler : final ? host.closing() : host.filler();
    if (!clip) {
      const gapEndsMs = host.gapEndsMs();
      if (gapEndsMs !== undefined) this.wakeAt(gapEndsMs);
      return false;
    }
    if (host.playout.filler !== clip) this.#playFiller(clip);
    if (this.#leap(now, clip)) return true;
    return this.#publishOnAir(Math.min(host.grid.partFrames, host.playout.cursor?.segmentLeft ?? 0), final);
  }

  /** Nobody would notice if nothing were published: all that was said is out, to the last sound. */
  get #mayRest(): boolean {
    return this.host.idle && !this.chunk && !this.paused && !this.fading && this.host.playout.lane.silent;
  }

  protected fillsPause(): void {
    // The fade is part of the filler that is on air now: it comes when it is due.
  }

  #playFiller(clip: FillerClip): void {
    this.host.playout.startFiller(clip);
    this.setFiller(true);
  }

  /** Skips rounds of filler that fell into a time when nobody asked. */
  #leap(now: number, clip: FillerClip): boolean {
    const { playout, grid } = this.host;
    if (!playout.cursor?.atStart || !playout.lane.silent) return false;
    const round = framesIn(clip.segmentFrames);
    const behind =
      Math.floor(((now + this.#options.leadMs - this.#anchorMs) * this.#fps) / 1000) - playout.timeline.endFrame;
    if (behind <= this.#options.windowFrames) this.#graceFrames = 0;
    const rounds = Math.floor((behind - this.#options.windowFrames - this.#graceFrames) / round);
    if (rounds < 1) return false;
    const parts = clip.segmentFrames.reduce((sum, length) => sum + Math.ceil(length / grid.partFrames), 0);
    playout.leap(rounds, parts);
    return true;
  }

  #publishOnAir(frames: number, final: boolean): Step {
    const dueMs = this.presentationMs(this.host.playout.timeline.endFrame) - this.#options.leadMs;
    const step = this.publish(frames, final);
    if (step !== true) return step;
    this.#earlyMs = Math.max(0, this.#earlyMs - PAY_BACK_MS);
    if (this.#isOnTime) this.host.partPublished?.(this.host.clock.now() - dueMs);
    return step;
  }

  get #slackMs(): number {
    return this.#options.leadMs * SLACK;
  }

  get #fps(): number {
    return this.host.playout.timeline.axis.fps;
  }

  #mediaMs(frames: number): number {
    return (frames * 1000) / this.#fps;
  }
}
