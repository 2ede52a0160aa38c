import type { FrameMark } from '../../../support/pattern.ts';

/** What the probe saw in the page. All times are wall clock, in ms since 1970. */
export type ProbeRecord = {
  /** When the navigation began. */
  readonly navigationMs: number;
  readonly frames: readonly SeenFrame[];
  /** Which element was in front from when on; an index into the elements in the order they were found. */
  readonly fronts: readonly { readonly atMs: number; readonly element: number }[];
  readonly events: readonly SeenEvent[];
  readonly samples: readonly ElementSample[];
  readonly requests: readonly SeenRequest[];
  /** Pictures that the browser decoded but did not show, of all elements. */
  readonly droppedFrames: number;
  readonly sound: SoundRecord | undefined;
};

/** A picture that an element gave to the compositor. */
export type SeenFrame = {
  readonly element: number;
  readonly mark: FrameMark | null;
  readonly mediaTime: number;
  readonly atMs: number;
  /** How many pictures the element has shown by then. */
  readonly presented: number;
};

export type SeenEvent = { readonly element: number; readonly atMs: number; readonly type: string };

/** One look at an element. */
export type ElementSample = {
  readonly element: number;
  readonly atMs: number;
  readonly position: number;
  /** Seconds buffered ahead of the position. */
  readonly aheadSeconds: number;
  readonly readyState: number;
  readonly isPaused: boolean;
};

export type SeenRequest = {
  readonly url: string;
  readonly startMs: number;
  /** When it was sent; later than `startMs` when it had to wait for a connection. */
  readonly sentMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
  readonly bytes: number;
};

/** What all elements together gave to the loudspeaker: mono, 16 bit signed. */
export type SoundRecord = {
  readonly rate: number;
  /** When the first sample was heard. */
  readonly startMs: number;
  readonly base64: string;
};
