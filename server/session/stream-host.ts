import type { FillerClip } from '../encode/types.ts';
import type { Grid } from '../timeline/cut.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { CaptionTrack } from './caption-track.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkDesk } from './chunk-desk.ts';
import type { Clock } from './clock.ts';
import type { FillerChoice } from './filler-choice.ts';
import type { FateRecord } from './journal/records.ts';
import type { Journal } from './journal/session-journal.ts';
import type { SessionOutput } from './output.ts';
import type { Playout } from './playout.ts';
import type { PublisherHost } from './publisher.ts';
import type { StreamRecords } from './stream-records.ts';
import type { EventType, SessionObserver } from './types.ts';
import type { Viewers } from './viewers.ts';

export type StreamHooks = {
  desk(): ChunkDesk;
  ending(): boolean;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
  onStarted(chunk: Chunk, startFrame: number): void;
  /** @param said - Undefined: all of it; else what was heard of it. */
  onFinished(chunk: Chunk, said?: string): void;
  onEnded(): void;
  onFault(error: unknown): void;
  onSoundFailure(error: unknown): void;
  /** Somebody is about to see the idle loop. */
  onIdleShown(): void;
};

export type StreamHostOptions = {
  readonly clock: Clock;
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly captions: CaptionTrack;
  readonly output: SessionOutput;
  readonly viewers: Viewers;
  readonly observer: SessionObserver | undefined;
  readonly choice: FillerChoice;
  readonly records: StreamRecords;
  readonly journal: Journal;
  readonly playout: Playout;
  readonly hooks: StreamHooks;
  /** The filler that an earlier server showed goes on up to this time: some of it was seen. */
  readonly earlier: { readonly clip: FillerClip | undefined; readonly untilMs: number };
  /** Wall clock, in ms since the epoch, at which a frame is presented. */
  presentationMs(frame: number): number;
  publishedUntil(): number;
};

/** What a session does when its publisher asks and tells: captions, journal and desk follow what goes on and off the air. */
export class StreamHost implements PublisherHost {
  readonly clock: Clock;
  readonly grid: Grid;
  readonly playout: Playout;
  readonly #options: StreamHostOptions;
  #announcedPart = -1;
  /** On air, but nothing of it is published yet: nobody was told. */
  #untold: { readonly chunk: Chunk; readonly startFrame: number } | undefined;

  constructor(options: StreamHostOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.grid = options.grid;
    this.playout = options.playout;
  }

  get ending(): boolean {
    return this.#options.hooks.ending();
  }
  get drained(): boolean {
    return this.#options.hooks.desk().empty;
  }
  get idle(): boolean {
    const { output, viewers } = this.#options;
    return output.listeners === 0 && !viewers.watched(this.clock.now()) && this.drained && !this.ending;
  }

  /** Somebody is about to see the idle loop. */
  idleShown(): void {
    this.#options.hooks.onIdleShown();
  }

  /** What is shown with a sound that has no pictures of its own. */
  pictures(): FillerClip {
    this.idleShown();
    return this.#options.choice.idle;
  }

  nextChunk(nowMs: number): Chunk | undefined {
    return this.#options.hooks.desk().next(nowMs);
  }

  gapEndsMs(): number | undefined {
    return this.#options.hooks.desk().gapEndsMs();
  }

  filler(): FillerClip | undefined {
    const { earlier, choice, timeline, presentationMs } = this.#options;
    const { clip, untilMs } = earlier;
    const goesOn = clip && this.playout.filler === clip && presentationMs(timeline.endFrame) < untilMs;
    return goesOn ? clip : choice.filler;
  }

  closing(): FillerClip {
    return this.#options.choice.closing;
  }

  failed(error: unknown): void {
    this.#options.hooks.onFault(error);
  }

  started(chunk: Chunk, startFrame: number): void {
    const { captions, hooks, records } = this.#options;
    if (chunk.heard) captions.resume(chunk.id, startFrame, chunk.heard.frames);
    else captions.begin(chunk.caption(), startFrame);
    hooks.desk().take(chunk);
    records.aired(chunk, { played: 0, sample: 0, init: this.playout.initId });
    if (!chunk.heard) this.#untold = { chunk, startFrame };
  }

  /** What failed on air was heard as far as it came. */
  finished(chunk: Chunk): void {
    const said = chunk.state === 'failed' ? this.heard(chunk) : undefined;
    this.#leftAir(chunk);
    this.#options.hooks.onFinished(chunk, said);
  }

  cutOff(chunk: Chunk): void {
    this.#leftAir(chunk);
  }

  paused(chunk: Chunk): void {
    const { output, captions, timeline, records } = this.#options;
    output.freeze();
    captions.pause(chunk.id, timeline.endFrame);
    records.leftAir(chunk);
  }

  resumed(chunk: Chunk, played: number, sample: number): void {
    const { captions, timeline, records } = this.#options;
    captions.resume(chunk.id, timeline.endFrame, played + (chunk.heard?.frames ?? 0));
    records.aired(chunk, { played, sample, init: this.playout.initId });
  }

  fillerChanged(playing: boolean): void {
    const { hooks, publishedUntil } = this.#options;
    hooks.emit(playing ? 'filler.started' : 'filler.stopped', { start: publishedUntil() });
  }

  partPublished(lagMs: number): void {
    this.#options.observer?.partPublished(lagMs);
  }

  published(): void {
    const { timeline, output, journal } = this.#options;
    const { nextPart, ended } = timeline;
    if (nextPart === this.#announcedPart && !ended) return;
    this.#announcedPart = nextPart;
    this.#tellStarted();
    if (!output.frozen || journal.settled) output.changed();
  }

  ended(): void {
    this.#options.hooks.onEnded();
  }

  /** The words of a chunk that are published. */
  heard(chunk: Chunk): string {
    const { captions, timeline } = this.#options;
    return captions.spokenText(chunk.id, timeline.endFrame);
  }

  /** Notes what became of a chunk. */
  fate(chunk: Chunk, fate: FateRecord['fate'], said?: string): void {
    const { output, captions, timeline, records } = this.#options;
    output.freeze();
    // What failed on air is heard as far as it comes.
    if (fate !== 'failed' || this.#options.hooks.desk().onAir !== chunk) captions.end(chunk.id, timeline.endFrame);
    records.fate(chunk, fate, said);
  }

  /** True when nothing of a chunk that was on air is published: nobody will be told of it. */
  forgetUntold(chunk: Chunk | undefined): boolean {
    if (chunk === undefined || this.#untold?.chunk !== chunk) return false;
    this.#untold = undefined;
    return true;
  }

  #leftAir(chunk: Chunk): void {
    const { output, captions, timeline, records, choice, hooks } = this.#options;
    output.freeze();
    captions.end(chunk.id, timeline.endFrame);
    records.leftAir(chunk);
    choice.showed(chunk.encoded);
    hooks.desk().done(chunk);
  }

  #tellStarted(): void {
    const { chunk, startFrame } = this.#untold ?? {};
    if (!chunk || startFrame === undefined || this.#options.timeline.endFrame <= startFrame) return;
    this.#untold = undefined;
    this.#options.hooks.onStarted(chunk, startFrame);
  }
}
