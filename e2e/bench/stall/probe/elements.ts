import { wallMsAt } from './clock.ts';
import type { ElementSample, SeenEvent } from './types.ts';

const SAMPLE_MS = 100;
const MAX_SAMPLES = 60_000;
const EVENTS = [
  'waiting',
  'stalled',
  'playing',
  'pause',
  'ended',
  'seeking',
  'seeked',
  'emptied',
  'error',
  'ratechange',
];

/** What the elements do: their events, their buffers, and which one is in front. */
export class ElementWatch {
  readonly videos: HTMLVideoElement[] = [];
  readonly events: SeenEvent[] = [];
  readonly samples: ElementSample[] = [];
  readonly fronts: { atMs: number; element: number }[] = [];

  constructor() {
    setInterval(() => this.#sample(), SAMPLE_MS);
    const look = (nowMs: number): void => {
      this.#lookForFront(nowMs);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  /** @returns the element's number. */
  add(video: HTMLVideoElement): number {
    const element = this.videos.push(video) - 1;
    for (const type of EVENTS) {
      video.addEventListener(type, ({ timeStamp }) => this.events.push({ element, atMs: wallMsAt(timeStamp), type }));
    }
    return element;
  }

  get droppedFrames(): number {
    return this.videos.reduce((sum, video) => sum + video.getVideoPlaybackQuality().droppedVideoFrames, 0);
  }

  #sample(): void {
    if (this.samples.length >= MAX_SAMPLES) return;
    for (const [element, video] of this.videos.entries()) {
      const { currentTime: position, readyState, paused: isPaused } = video;
      const atMs = wallMsAt(performance.now());
      this.samples.push({ element, atMs, position, aheadSeconds: bufferedAhead(video), readyState, isPaused });
    }
  }

  #lookForFront(nowMs: number): void {
    const element = this.videos.length > 1 ? this.#elementInFront() : 0;
    if (element === -1 || element === this.fronts.at(-1)?.element) return;
    this.fronts.push({ atMs: wallMsAt(nowMs), element });
  }

  /** -1: none of them is. */
  #elementInFront(): number {
    const box = this.videos[0]?.getBoundingClientRect();
    if (box === undefined) return -1;
    const hits = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const front = hits.find((hit) => this.videos.includes(hit as HTMLVideoElement));
    return front === undefined ? -1 : this.videos.indexOf(front as HTMLVideoElement);
  }
}

function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let range = 0; range < buffered.length; range++) {
    // The playhead may stand a rounding error in front of a range.
    if (buffered.start(range) - 0.1 <= currentTime && currentTime <= buffered.end(range))
      return buffered.end(range) - currentTime;
  }
  return 0;
}
