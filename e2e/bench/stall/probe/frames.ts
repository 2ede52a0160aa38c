import type { FrameMark } from '../../../support/pattern.ts';
import { markOfStrip, STRIP } from '../script/mark-strip.ts';
import { wallMsAt } from './clock.ts';
import type { SeenFrame } from './types.ts';

/** Pixels each way that a cell of the mark is read in. */
const CELL_PIXELS = 4;
/** 25 minutes at 25 frames per second: a forgotten page must not fill the memory. */
const MAX_FRAMES = 40_000;

/** Reads the mark of each picture that an element shows. */
export class FrameReader {
  readonly frames: SeenFrame[] = [];
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor() {
    const canvas = new OffscreenCanvas(STRIP.columns * CELL_PIXELS, STRIP.rows * CELL_PIXELS);
    const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
    if (context === null) throw new Error('no 2d canvas');
    this.#context = context;
  }

  follow(video: HTMLVideoElement, element: number): void {
    const onFrame: VideoFrameRequestCallback = (_nowMs, metadata) => {
      // First of all ask for the next one: reading takes a while.
      video.requestVideoFrameCallback(onFrame);
      if (this.frames.length >= MAX_FRAMES) return;
      const { mediaTime, presentedFrames, expectedDisplayTime } = metadata;
      const atMs = wallMsAt(expectedDisplayTime);
      this.frames.push({ element, mark: this.#read(video), mediaTime, atMs, presented: presentedFrames });
    };
    video.requestVideoFrameCallback(onFrame);
  }

  #read(video: HTMLVideoElement): FrameMark | null {
    const { canvas } = this.#context;
    const height = (video.videoWidth * STRIP.rows) / STRIP.columns;
    this.#context.drawImage(video, 0, 0, video.videoWidth, height, 0, 0, canvas.width, canvas.height);
    const { data } = this.#context.getImageData(0, 0, canvas.width, canvas.height);
    let lumas = '';
    for (let cell = 0; cell < STRIP.columns * STRIP.rows; cell++) {
      const x = (cell % STRIP.columns) * CELL_PIXELS + CELL_PIXELS / 2;
      const y = Math.floor(cell / STRIP.columns) * CELL_PIXELS + CELL_PIXELS / 2;
      // The four pixels around the middle; black and white have equal red, green and blue.
      const at = (dx: number, dy: number): number => data[((y + dy) * canvas.width + x + dx) * 4] ?? 0;
      lumas += String.fromCharCode(Math.round((at(-1, -1) + at(0, -1) + at(-1, 0) + at(0, 0)) / 4));
    }
    return markOfStrip(lumas);
  }
}
