/** Half a frame at 25 frames a second: a chunk's end and the next one's start this close are one join. */
const SAME_BOUNDARY = 0.02;
/** A longer step between two samples is a seek: what lies between was not seen. Hidden pages are sampled once a second. */
const MAX_STEP = 1.5;
/** Bounds the memory of a session that runs for days; the oldest are forgotten first. */
const MAX_BOUNDARIES = 2_000;

type Boundary = { readonly at: number; crossed: boolean };

/** Counts the joins that were on screen: boundaries between two chunks, or between filler and a chunk. Media times in seconds. */
export class JoinCounter {
  readonly #boundaries: Boundary[] = [];
  #count = 0;
  /** What was seen without a jump. */
  #seen: { from: number; to: number } | undefined;

  get count(): number {
    return this.#count;
  }

  addChunk(start: number, duration: number): void {
    this.#add(start);
    this.#add(start + duration);
  }

  /** @param position - On the session's timeline. */
  sample(position: number): void {
    const seen = this.#seen;
    if (seen === undefined || position < seen.to || position - seen.to > MAX_STEP) {
      this.#seen = { from: position, to: position };
      return;
    }
    seen.to = position;
    for (const boundary of this.#boundaries) {
      this.#check(boundary);
    }
  }

  #add(at: number): void {
    if (this.#boundaries.some((known) => Math.abs(known.at - at) < SAME_BOUNDARY)) {
      return;
    }
    const boundary = { at, crossed: false };
    this.#boundaries.push(boundary);
    this.#check(boundary);
    if (this.#boundaries.length > MAX_BOUNDARIES) {
      this.#boundaries.shift();
    }
  }

  #check(boundary: Boundary): void {
    const seen = this.#seen;
    if (!boundary.crossed && seen !== undefined && seen.from < boundary.at && boundary.at < seen.to) {
      boundary.crossed = true;
      this.#count++;
    }
  }
}
