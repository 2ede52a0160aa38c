/** A moment known on both axes: the session's timeline and the wall clock of presentation. */
export type Anchor = {
  /** Seconds on the session's timeline. */
  readonly start: number;
  /** EXT-X-PROGRAM-DATE-TIME of that moment, in milliseconds since the epoch. */
  readonly dateMs: number;
};

/** Enough for the window any player can seek in; older anchors are forgotten first. */
const MAX_ANCHORS = 500;
/** Keeps a moment in front of an anchor in front of it. */
const BEFORE = 0.001;

/**
 * Maps the date a player shows to the session's timeline.
 *
 * A media element's currentTime has its own origin, so both sides meet at program date time (RFC 8216bis 4.4.4.6). The
 * server moves the date on when the stream fell behind; each chunk anchors the mapping anew.
 */
export class MediaClock {
  /** Ascending. */
  readonly #anchors: Anchor[] = [];

  add(anchor: Anchor): void {
    const after = this.#anchors.findIndex((known) => known.start >= anchor.start);
    if (after === -1) {
      this.#anchors.push(anchor);
    } else {
      this.#anchors.splice(after, this.#anchors[after]?.start === anchor.start ? 1 : 0, anchor);
    }
    if (this.#anchors.length > MAX_ANCHORS) {
      this.#anchors.shift();
    }
  }

  /** Seconds on the session's timeline; undefined while nothing is published. */
  mediaTimeAt(dateMs: number): number | undefined {
    const index = this.#anchors.findLastIndex((anchor) => anchor.dateMs <= dateMs);
    const anchor = this.#anchors[Math.max(0, index)];
    if (anchor === undefined) {
      return undefined;
    }
    const mediaTime = anchor.start + (dateMs - anchor.dateMs) / 1000;
    const next = this.#anchors[Math.max(0, index) + 1];
    return next === undefined ? mediaTime : Math.min(mediaTime, next.start - BEFORE);
  }

  /** Program date time of a moment on the session's timeline; undefined while nothing is published. */
  dateMsAt(mediaTime: number): number | undefined {
    const anchor = this.#anchors.findLast(({ start }) => start <= mediaTime) ?? this.#anchors[0];
    return anchor && anchor.dateMs + (mediaTime - anchor.start) * 1000;
  }
}
