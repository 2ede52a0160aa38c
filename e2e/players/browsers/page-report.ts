import type { PlayheadSample } from '../standstills.ts';

/** How a page gets at the sound of its player: see sound-meter.ts. */
export type SoundProbe = 'web-audio' | 'recorder' | 'none';

/** Where a playback stands, asked for several times a second. */
export type PageState = {
  /** Since the first picture, in ms; 0: there is none yet. */
  readonly playedMs: number;
  readonly ended: boolean;
  readonly failed: boolean;
};

/** What a page saw of a playback. */
export type PageReport = {
  /** Of the JavaScript player; `''` for the browser's own. */
  readonly version: string;
  /** From the click to the first picture, in ms. */
  readonly startedMs: number | null;
  readonly playedMs: number;
  readonly frames: number;
  readonly droppedFrames: number;
  /** Of AAC given to the decoder; 0 where the browser does not count them. */
  readonly decodedAudioBytes: number;
  readonly trace: readonly PlayheadSample[];
  /** Of each 10 ms of sound, from the first picture to the last; `null`: it could not be measured. */
  readonly peaks: readonly number[] | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
};

/** What a player in the page tells its watcher. */
export type PageWatch = {
  version: string;
  /** What ended the playback. */
  fail(text: string): void;
  /** What the player went on from. */
  warn(text: string): void;
};

/** Measures what comes out of a video element; everything before `begin` is forgotten. */
export type SoundMeter = {
  /** Before the player has the element. */
  connect(video: HTMLVideoElement): Promise<void>;
  /** With the first picture. */
  begin(video: HTMLVideoElement): void;
  /** Peaks of 10 ms each, until now. */
  finish(): Promise<number[] | null>;
};

/** What the page offers to whoever drives the browser, as globals. */
export type PlayerPage = Window & {
  playerState(): PageState;
  /** Ends the measuring; `playerReport` is there some time later. */
  finishPlayer(): void;
  playerReport?: PageReport;
};
