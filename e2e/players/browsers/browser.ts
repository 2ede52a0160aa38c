import type { Run } from '../player.ts';
import type { SoundProbe } from './page-report.ts';

/** A browser with one page open. */
export type BrowserPage = {
  /** Name and version. */
  readonly browser: string;
  /** Clicks the page's button: players may make sound only after somebody did something. */
  clickPlay(): Promise<void>;
  /** The value of a JavaScript expression that JSON can hold. */
  evaluate(expression: string): Promise<unknown>;
  /** Ends the browser and all it started. Idempotent. */
  close(): Promise<void>;
};

export type Browser = {
  /** For the player's id and title. */
  readonly id: string;
  readonly title: string;
  readonly sound: SoundProbe;
  /** What this machine lacks to run it. */
  missing(): string | undefined;
  /** Starts the browser, without a window anybody sees, and opens a page; ends when `run.signal` aborts. */
  open(url: string, run: Run): Promise<BrowserPage>;
  /** Peaks of what came out of its loudspeaker, after it was closed, for browsers whose pages can not listen. */
  heard?(run: Run): Promise<number[] | undefined>;
  /** Its number of frames is that of the ones it did not drop. */
  readonly countsDroppedApart?: boolean;
  /** It can not count the last few frames. */
  readonly uncountedFrames?: { readonly frames: number; readonly because: string };
};
