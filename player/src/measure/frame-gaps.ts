/** What requestVideoFrameCallback tells of one frame. */
export type PresentedFrame = {
  /** When it was handed to the compositor, monotonic clock. */
  readonly presentationTime: number;
  /** Frames handed over so far: the callback may skip some. */
  readonly presentedFrames: number;
};

/** A viewer sees a picture that holds for longer than this; at 25 frames a second it is more than two frames. */
const GAP_MS = 100;

/** Wall-clock gaps between frames on screen. Reads no clock. */
export class FrameGaps {
  #previous: PresentedFrame | undefined;
  #count = 0;
  #longestMs = 0;

  /** Gaps over 100 ms. */
  get count(): number {
    return this.#count;
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  present(frame: PresentedFrame): void {
    const previous = this.#previous;
    this.#previous = frame;
    if (previous === undefined) {
      return;
    }
    const frames = Math.max(1, frame.presentedFrames - previous.presentedFrames);
    const gapMs = (frame.presentationTime - previous.presentationTime) / frames;
    this.#longestMs = Math.max(this.#longestMs, gapMs);
    if (gapMs > GAP_MS) {
      this.#count++;
    }
  }

  /** The next frame does not follow the last one: pause, seek, hidden page. */
  interrupt(): void {
    this.#previous = undefined;
  }
}
