/** Pictures that decoded, on the axis of their chunk. Times in seconds. */
export type PicturesCame = {
  readonly count: number;
  readonly first: number;
  /** When the last one begins. */
  readonly last: number;
  /** Longest time that one picture in the middle stands still. */
  readonly gap?: { readonly at: number; readonly seconds: number };
};

/** Longest line that is waited for: ffmpeg's have 60 characters. */
const MAX_LINE = 1_000;
const TIME = /^frame:\d+\s+pts:-?\d+\s+pts_time:(-?[\d.e+-]+)/;

/** Reads what ffmpeg's `metadata=print` writes: a line with its time for each picture that decoded. Keeps figures only. */
export class PictureTimes {
  #rest = '';
  #came: { count: number; first: number; last: number; gap?: { at: number; seconds: number } } | undefined;

  get came(): PicturesCame | undefined {
    return this.#came;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) {
      const time = Number(TIME.exec(line)?.[1] ?? Number.NaN);
      if (Number.isFinite(time)) this.#note(time);
    }
  }

  #note(time: number): void {
    const came = this.#came;
    if (!came) {
      this.#came = { count: 1, first: time, last: time };
      return;
    }
    const seconds = time - came.last;
    if (seconds > (came.gap?.seconds ?? 0)) came.gap = { at: came.last, seconds };
    came.count += 1;
    came.last = Math.max(came.last, time);
  }
}
