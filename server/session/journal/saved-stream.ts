import { framesIn, type Grid, gridFor } from '../../timeline/cut.ts';
import { type Segment, Timeline, type TimelineState } from '../../timeline/timeline.ts';
import type { Caption, CaptionState } from '../caption.ts';
import { CaptionTrack } from '../caption-track.ts';
import { noteRun, type Run } from '../runs.ts';
import type { SessionSettings } from '../settings.ts';
import { unreadable } from './journal-line.ts';
import type { AirRecord, FillerRecord, OpenRecord, PartRecord, ReopenRecord, SavedTrack } from './records.ts';
import { advanceFiller, type SavedFiller } from './saved-filler.ts';

/** A complete segment in its file (`StoredSegment`). */
export type SavedSegment = readonly [
  msn: number,
  startFrame: number,
  frames: number,
  mainBytes: number,
  sizeBytes: number,
];

export type StreamState = {
  readonly timeline: TimelineState;
  readonly captions: CaptionState;
  /** Tracks of each init segment. */
  readonly inits: readonly (readonly SavedTrack[])[];
  /** Wall clock of frame 0, in ms since the epoch. */
  readonly anchorMs?: number;
  /** What plays; absent: nothing, or a chunk that a restart took off the air. */
  readonly current?: Current;
  readonly runs: readonly Run[];
  /** How each clip that a run names is cut. */
  readonly cuts: Readonly<Record<string, readonly number[]>>;
  readonly stored: readonly SavedSegment[];
  /** Slot of the sound file that belongs to the last part; absent: silence. */
  readonly slot?: number;
  /** The last part of the stream is out. */
  readonly over: boolean;
};

type Current =
  | { readonly kind: 'filler'; readonly filler: SavedFiller }
  | { readonly kind: 'chunk'; readonly init: number };

/** What a session published, as its journal tells of it. */
export class SavedStream {
  readonly timeline: Timeline;
  readonly captions: CaptionTrack;
  readonly #settings: SessionSettings;
  readonly #grid: Grid;
  readonly #inits: (readonly SavedTrack[])[];
  readonly #runs: Run[];
  readonly #cuts: Map<string, readonly number[]>;
  readonly #stored: SavedSegment[];
  #anchorMs: number | undefined;
  #current: Current | undefined;
  #slot: number | undefined;
  #over: boolean;
  /** For the captions that end now. */
  #shown = 0;

  constructor(settings: SessionSettings, state?: StreamState) {
    this.#settings = settings;
    const { profile, pacing, window, captions, targetDuration } = settings;
    this.#grid = gridFor(profile.fps, targetDuration);
    this.timeline = new Timeline({
      axis: profile,
      windowFrames: pacing === 'live' ? Math.ceil(window * profile.fps) : Number.POSITIVE_INFINITY,
      state: state?.timeline,
    });
    this.captions = new CaptionTrack({
      fps: profile.fps,
      enabled: captions !== undefined,
      language: captions?.language ?? 'en',
      presentationMs: (frame) => (this.#anchorMs ?? 0) + this.#mediaMs(frame),
      shownUntil: () => this.#shown,
      state: state?.captions,
    });
    this.#inits = [...(state?.inits ?? [])];
    this.#runs = (state?.runs ?? []).map((run) => ({ ...run, clip: run.clip }));
    this.#cuts = new Map(Object.entries(state?.cuts ?? {}));
    this.#stored = [...(state?.stored ?? [])];
    this.#anchorMs = state?.anchorMs;
    this.#current = state?.current;
    this.#slot = state?.slot;
    this.#over = state?.over ?? false;
  }

  /** Of it all, what is of use later. */
  get state(): StreamState {
    this.captions.forget(this.timeline.state.segments[0]?.startFrame ?? this.timeline.endFrame);
    return {
      timeline: this.timeline.state,
      captions: this.captions.state,
      inits: this.#inits,
      ...(this.#anchorMs !== undefined && { anchorMs: this.#anchorMs }),
      ...(this.#current && { current: this.#current }),
      runs: this.#runs,
      cuts: Object.fromEntries(this.#cuts),
      stored: this.#stored,
      ...(this.#slot !== undefined && { slot: this.#slot }),
      over: this.#over,
    };
  }

  get anchorMs(): number | undefined {
    return this.#anchorMs;
  }

  begin({ anchorMs, tracks }: Pick<OpenRecord, 'anchorMs' | 'tracks'>): void {
    this.#anchorMs = anchorMs;
    this.#inits.push(tracks);
  }

  init(tracks: readonly SavedTrack[]): void {
    this.#inits.push(tracks);
  }

  filler({ clip, cut, frame, init, anchorMs, slot }: FillerRecord): void {
    this.#goTo(frame);
    this.#anchorMs = anchorMs;
    this.#slot = slot;
    this.#cuts.set(clip, cut);
    this.#current = { kind: 'filler', filler: { clip, cut, startFrame: frame, init } };
  }

  air({ frame, played, init, anchorMs }: AirRecord, caption: Caption): void {
    this.#goTo(frame);
    this.#anchorMs = anchorMs;
    this.#current = { kind: 'chunk', init };
    if (played === 0) this.captions.begin(caption, frame);
    else this.captions.resume(caption.id, frame, played);
  }

  part(record: PartRecord): void {
    const { timeline } = this;
    const { n, f: frames, s: sizes, l: slot } = record;
    if (n < timeline.nextPart) {
      const known = timeline.part(n);
      if (known && sizes) store(known, sizes);
      return;
    }
    this.#advance({ toPart: n });
    if (n !== timeline.nextPart || !this.#current)
      throw unreadable(
        `part ${n} follows part ${timeline.nextPart - 1}, and ${this.#current ? 'something' : 'nothing'} plays`,
      );
    const opens = !timeline.open;
    if (opens) this.#openSegment();
    this.#noteRun(frames);
    const final = record.z === 1;
    timeline.adoptPart({ frames, independent: opens || record.i === 1, final, ...(sizes && { sizes }) });
    this.#slot = slot;
    if (record.k === 1) this.#closeSegment();
    if (final) this.#over = true;
  }

  off(chunk: string, shown: number): void {
    this.#shown = shown;
    this.captions.pause(chunk, this.timeline.endFrame);
  }

  /** A chunk left the air for good. */
  leave(chunk: string, shown: number): void {
    this.#shown = shown;
    this.captions.end(chunk, this.timeline.endFrame);
  }

  /** Parts of a segment are in no file: it can't be had any more. */
  lost(msn: number): void {
    for (const part of this.timeline.segment(msn)?.parts ?? []) part.sizes = [];
    const at = this.#stored.findIndex(([stored]) => stored === msn);
    if (at >= 0) this.#stored.splice(at, 1);
  }

  end(): void {
    this.#closeSegment();
    this.timeline.end();
  }

  /** Nothing but filler goes on by itself. @returns the end of the last complete segment, in frames. */
  reopen(leap: ReopenRecord['leap']): number {
    const complete = this.timeline.state.segments.findLast((segment) => segment.complete);
    if (this.#current?.kind === 'chunk') this.#current = undefined;
    if (leap) this.#leap(leap);
    return complete ? complete.startFrame + complete.frames : 0;
  }

  #leap({ frame, msn, part, clip }: NonNullable<ReopenRecord['leap']>): void {
    const { timeline } = this;
    this.#closeSegment();
    const frames = frame - timeline.endFrame;
    noteRun(this.#runs, frames, { frame: timeline.endFrame, clip, atLoopStart: true, loopFrames: 1 });
    timeline.leap({ frames, segments: msn - timeline.nextMsn, parts: part - timeline.nextPart });
    this.#current = undefined;
    this.#slot = undefined;
  }

  /** What played up to here is over. */
  #goTo(frame: number): void {
    this.#advance({ toFrame: frame });
    if (this.timeline.endFrame !== frame)
      throw unreadable(`the timeline ends with frame ${this.timeline.endFrame}, not with ${frame}`);
    this.#closeSegment();
  }

  /** Publishes filler as the clock did. */
  #advance(target: { toFrame?: number; toPart?: number }): void {
    if (this.#current?.kind !== 'filler') return;
    const { filler } = this.#current;
    advanceFiller(this.timeline, filler, {
      ...target,
      partFrames: this.#grid.partFrames,
      keepFrames: Math.ceil(this.#settings.window * this.#settings.profile.fps),
      opening: () => this.#openSegment(),
      note: (frames) => this.#noteRun(frames),
    });
  }

  #openSegment(): void {
    const { timeline } = this;
    const init = this.#current?.kind === 'filler' ? this.#current.filler.init : (this.#current?.init ?? 0);
    const programDateTimeMs = (this.#anchorMs ?? 0) + this.#mediaMs(timeline.endFrame);
    timeline.openSegment({ initId: init, programDateTimeMs });
  }

  #closeSegment(): void {
    const segment = this.timeline.closeSegment();
    if (segment && !segment.derived && segment.parts.every(({ sizes }) => sizes?.length))
      this.#stored.push(savedSegment(segment));
  }

  #noteRun(frames: number): void {
    const { endFrame } = this.timeline;
    const filler = this.#current?.kind === 'filler' ? this.#current.filler : undefined;
    const loopFrames = filler ? framesIn(filler.cut) : 0;
    noteRun(this.#runs, frames, {
      frame: endFrame,
      clip: filler?.clip,
      atLoopStart: filler !== undefined && (endFrame - filler.startFrame) % loopFrames === 0,
      loopFrames,
    });
  }

  #mediaMs(frames: number): number {
    return (frames * 1000) / this.#settings.profile.fps;
  }
}

function store(
  { segment, part }: { segment: Segment; part: { sizes?: readonly number[] } },
  sizes: readonly number[],
): void {
  part.sizes = sizes;
  segment.derived = false;
}

function savedSegment({ msn, startFrame, frames, parts }: Segment): SavedSegment {
  const sizes = parts.map((part) => part.sizes ?? []);
  const mainBytes = sizes.reduce((sum, [main = 0]) => sum + main, 0);
  return [msn, startFrame, frames, mainBytes, sizes.flat().reduce((sum, size) => sum + size, 0)];
}
