import type { FillerClip } from '../encode/types.ts';
import { type Grid, gridFor } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import { Timeline } from '../timeline/timeline.ts';
import { AsapPublisher } from './asap-publisher.ts';
import { CaptionTrack } from './caption-track.ts';
import type { Chunk } from './chunk.ts';
import { FillerChoice, firstSegments } from './filler-choice.ts';
import { Inits } from './inits.ts';
import type { FateRecord } from './journal/records.ts';
import { LivePublisher } from './live-publisher.ts';
import { SessionOutput } from './output.ts';
import { Playout } from './playout.ts';
import type { PreparerOptions } from './preparer.ts';
import type { Publisher, PublisherState } from './publisher.ts';
import { Recorder } from './recorder.ts';
import {
  addDerivedMedia,
  initTracks,
  laneState,
  playingFiller,
  publisherState,
  type RestoredStream,
  storedSegments,
} from './restored-stream.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionSettings } from './settings.ts';
import { ShownClips } from './shown-clips.ts';
import { SoundLane } from './sound-lane.ts';
import { type StreamHooks, StreamHost } from './stream-host.ts';
import { StreamRecords } from './stream-records.ts';
import { Viewers } from './viewers.ts';

/** Segments of filler that a live session starts with: Chromium wants three, Apple HOLD-BACK seconds (-16832) and six (8.11). */
const HEAD_START_SEGMENTS = 6;
/** Segments that players want to see before they start. */
const SEGMENTS_AT_ONCE = 3;

/** The right half of a session: from encoded chunks to published bytes. Wires timeline, sound, publisher, output and recorder. */
export class SessionStream {
  readonly output: SessionOutput;
  readonly #settings: SessionSettings;
  readonly #parts: SessionParts;
  readonly #grid: Grid;
  readonly #timeline: Timeline;
  readonly #inits: Inits;
  readonly #choice: FillerChoice;
  readonly #playout: Playout;
  readonly #publisher: Publisher;
  readonly #recorder: Recorder;
  readonly #captions: CaptionTrack;
  readonly #records: StreamRecords;
  readonly #host: StreamHost;
  readonly #viewers = new Viewers();
  readonly #shown: ShownClips;

  /** @param restored - What an earlier server published of this stream. */
  constructor(settings: SessionSettings, parts: SessionParts, hooks: StreamHooks, restored?: RestoredStream) {
    this.#settings = settings;
    this.#parts = parts;
    const { profile, targetDuration } = settings;
    const { journal, clock } = parts;
    const isLive = settings.pacing === 'live';
    this.#grid = gridFor(profile.fps, targetDuration);
    this.#timeline = new Timeline({
      axis: profile,
      windowFrames: isLive ? Math.ceil(settings.window * profile.fps) : Number.POSITIVE_INFINITY,
      state: restored && addDerivedMedia(restored, parts.silence),
    });
    const inits = restored?.state.inits.map((tracks) => initTracks(tracks, profile));
    this.#inits = new Inits(profile, inits ?? [parts.filler.init], (tracks) => journal.init(tracks));
    const playing = restored && playingFiller(restored);
    this.#choice = new FillerChoice(settings, parts.filler, playing?.clip === parts.filler ? undefined : playing?.clip);
    this.#shown = new ShownClips(restored?.state.cuts);
    const presentationMs = (frame: number): number => this.#publisher.presentationMs(frame);
    this.#captions = new CaptionTrack({
      fps: profile.fps,
      enabled: settings.captions !== undefined,
      language: settings.captions?.language ?? 'en',
      presentationMs,
      shownUntil: () => this.output.shownUntil,
      state: restored?.state.captions,
    });
    this.output = new SessionOutput({
      ...{ profile, grid: this.#grid, timeline: this.#timeline, inits: this.#inits, captions: this.#captions },
      ...{ store: parts.store, targetDuration, event: !isLive, mainInitId: 0, tag: parts.tag },
      onWatch: (viewer) => this.#watched(viewer),
    });
    this.#recorder = new Recorder({
      ...{ store: parts.store, output: this.output, stored: restored ? storedSegments(restored.state) : [] },
      ...{ journal, account: parts.account },
    });
    const sound = parts.encoder.sound(profile.audioRate);
    const lane = new SoundLane(
      ...([sound, parts.silence, hooks.onSoundFailure] as const),
      restored && laneState(restored, profile),
    );
    this.#records = new StreamRecords({
      ...{ journal, timeline: this.#timeline, lane, choice: this.#choice, clock, presentationMs },
      output: () => this.output,
    });
    this.#playout = this.#makePlayout(lane, restored && { runs: restored.state.runs, filler: playing });
    this.#host = new StreamHost({
      ...{ clock, grid: this.#grid, timeline: this.#timeline, captions: this.#captions, output: this.output, hooks },
      ...{ viewers: this.#viewers, choice: this.#choice, records: this.#records, journal, playout: this.#playout },
      observer: parts.observer,
      earlier: { clip: playing?.clip, untilMs: clock.now() + settings.leadMs },
      presentationMs,
      publishedUntil: () => this.publishedUntil(),
    });
    this.#publisher = this.#makePublisher(restored && publisherState(restored, profile));
  }

  preparerOptions(): Omit<PreparerOptions, 'onStart' | 'onProgress' | 'onLost' | 'onAdjusted'> {
    const { encoder, clock, limits, journal, account } = this.#parts;
    const { profile } = this.#settings;
    return {
      ...{ encoder, account, profile },
      grid: this.#grid,
      holdFrames: this.#choice.holdFrames(this.#grid),
      maxChunkSeconds: limits.maxChunkSeconds,
      pictures: () => this.#host.pictures(),
      minSegments: () => (this.#settings.pacing === 'asap' && this.#timeline.nextMsn === 0 ? SEGMENTS_AT_ONCE : 1),
      onRendered: (chunk, speech) => journal.speech(chunk.id, speech),
      now: () => clock.now(),
    };
  }

  /** Publishes what is due. */
  run(): void {
    this.#publisher.run();
  }

  /** All that was published is in the journal. */
  settled(): void {
    if (this.output.frozen) this.output.changed();
    this.#recorder.letGo();
  }

  /** Another idle loop, from the next filler on. */
  show(idle: FillerClip): void {
    this.#choice.idle = idle;
    this.#publisher.run();
  }

  /**
   * Ends what is on air where the timeline ends, with its sound faded out.
   *
   * @returns the media time of the cut in seconds, and the chunk that was cut off with what was heard of it: `undefined` when
   * nothing of it is published.
   */
  cut(): { at: number; chunk: Chunk | undefined; said: string | undefined } {
    // An idle session publishes when asked: what it owes comes before the cut.
    this.#publisher.run();
    const chunk = this.#publisher.cut();
    const at = chunk ? this.#timeline.endFrame / this.#settings.profile.fps : this.publishedUntil();
    const isUnheard = this.#host.forgetUntold(chunk);
    const said = !chunk || isUnheard ? undefined : this.heard(chunk);
    this.#publisher.run();
    return { at, chunk, said };
  }

  /** The words of a chunk that are published. */
  heard(chunk: Chunk): string {
    return this.#host.heard(chunk);
  }

  /** Notes what became of a chunk. */
  fate(chunk: Chunk, fate: FateRecord['fate'], said?: string): void {
    this.#host.fate(chunk, fate, said);
  }

  /** The chunk on air, or the one that filler stands in for. */
  get onAir(): Chunk | undefined {
    return this.#publisher.onAir;
  }

  presentationMs(frame: number): number {
    return this.#publisher.presentationMs(frame);
  }

  /** End of what is published, in seconds. */
  publishedUntil(): number {
    const frames =
      this.#publisher instanceof LivePublisher
        ? this.#publisher.publishedFrames(this.#parts.clock.now())
        : this.#timeline.endFrame;
    return frames / this.#settings.profile.fps;
  }

  /** What is left to publish of the chunk on air, in seconds. */
  secondsLeftOnAir(): number {
    const chunk = this.#playout.chunk;
    return chunk ? (chunk.frames - (this.#playout.cursor?.frame ?? 0)) / this.#settings.profile.fps : 0;
  }

  viewers(): number {
    return this.#viewers.count(this.#parts.clock.now());
  }

  /** When somebody last watched, in ms since the epoch. */
  get watchedMs(): number {
    return this.output.listeners > 0 ? this.#parts.clock.now() : this.#viewers.lastMs;
  }

  /** Counts what an earlier server stored. */
  count(): Promise<void> {
    return this.#recorder.count();
  }

  get clipNames(): readonly string[] {
    return this.#shown.names;
  }

  /** Length of all that can be played now, in seconds. */
  get listedSeconds(): number {
    const { listed, endFrame } = this.#timeline;
    return (endFrame - (listed[0]?.startFrame ?? endFrame)) / this.#settings.profile.fps;
  }

  async recording(keepFiller: boolean): Promise<string> {
    const tracks = this.#inits.tracks(0, 0);
    if (!tracks) throw new Error('a session has an init segment from its filler');
    const { silence, journal, clips, store } = this.#parts;
    const renditions = pictureSizes(this.#settings.profile).length;
    const { runs } = this.#playout;
    await journal.written();
    return await this.#recorder.recording(
      { axis: this.#timeline.axis, tracks, runs, endFrame: this.#timeline.endFrame, silence },
      keepFiller,
      () => this.#shown.load(clips, store.clipsDirectory, renditions),
    );
  }

  /** Nothing more is published. */
  stop(): void {
    this.#publisher.stop();
  }

  async close(): Promise<void> {
    this.#publisher.stop();
    this.output.close();
    await this.#recorder.close();
  }

  #makePlayout(lane: SoundLane, from: ConstructorParameters<typeof Playout>[0]['from']): Playout {
    const { pacing, filler } = this.#settings;
    return new Playout({
      timeline: this.#timeline,
      lane,
      presentationMs: (frame) => this.#publisher.presentationMs(frame),
      initId: (tracks) => this.#inits.idOf(tracks),
      onSegment: (segment) => {
        this.#recorder.add(segment);
        if (segment.parts.every(({ sizes }) => sizes)) this.#recorder.noteStored(segment);
      },
      tellsFiller: pacing === 'asap' || filler === 'none',
      changing: () => this.output.freeze(),
      fillerStarted: (clip, initId) => {
        this.#shown.note(clip);
        this.#records.fillerStarted(clip, initId);
      },
      published: (segment, part, final) => {
        const { account } = this.#parts;
        const before = account.bytes;
        this.#records.published(segment, part, final);
        this.#publisher.onAir?.room?.spend(account.bytes - before);
        if (segment.complete && !segment.derived) this.#recorder.noteStored(segment);
      },
      ...(from && { from }),
    });
  }

  #makePublisher(from: PublisherState | undefined): Publisher {
    const host = this.#host;
    const { leadMs, window, profile, filler, pacing, targetDuration } = this.#settings;
    if (pacing === 'asap') return new AsapPublisher(host, { targetDuration, from });
    return new LivePublisher(host, {
      leadMs,
      headStartFrames: filler === 'none' ? 0 : firstSegments(this.#parts.filler, HEAD_START_SEGMENTS),
      windowFrames: Math.ceil(window * profile.fps),
      from,
    });
  }

  #watched(viewer: string): void {
    const { clock } = this.#parts;
    if (this.#settings.filler === 'idle' && this.#settings.pacing === 'live') this.#host.idleShown();
    this.#viewers.note(viewer, clock.now());
    // A session that slept has no appointment with the clock: it wakes, and catches up before the answer is made.
    if (!clock.waits(this.#publisher)) this.#publisher.run();
  }
}
