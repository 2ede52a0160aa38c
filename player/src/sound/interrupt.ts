import type { Hush } from './hush.ts';

/** Where the server cut speech off. */
export type Cut = {
  /** Media time on the session's timeline, in seconds: what comes after is filler. */
  readonly at: number;
  /** Wall clock of that moment, ISO 8601: for a player that knows nothing of the session's timeline. */
  readonly programDateTime?: string;
};

/** What an interruption needs of a player; positions of the media element in seconds. */
export type InterruptHost = {
  readonly hush: Pick<Hush, 'begin' | 'end'>;
  position(): number;
  seeking(): boolean;
  seek(position: number): void;
  /** Where a cut lies; undefined while that is not known. */
  positionOf(cut: Cut): number | undefined;
  /** Where the published media ends; undefined while that is not known. */
  liveEdge(): number | undefined;
  /** End of the buffered range that holds a position; undefined when none does. */
  bufferedUntil(position: number): number | undefined;
};

/** Past the cut, where its fade is over. */
const AFTER_CUT = 0.1;
/**
 * An element's position runs ahead of what is heard of it, in seconds: who played into the cut hears its fade a little later. After a
 * seek nothing of it is left.
 */
const HEARD_BEHIND = 0.1;
/** Media that must lie past the place one seeks to, in seconds: two parts and a breath. With less, speech soon stands still. */
const MARGIN = 0.45;
const LOOK_MS = 20;
/** Nobody stays silent for longer, whatever happened to the stream. */
const PATIENCE_MS = 5_000;

/** Silence now; the stream's own silence as soon as it is here; and the sound back. */
export class Interruptions {
  readonly #host: InterruptHost;
  #stop: (() => void) | undefined;
  #count = 0;
  #sought = false;

  constructor(host: InterruptHost) {
    this.#host = host;
  }

  /**
   * Silences the listener, and skips what is still published of the speech that is cut off.
   *
   * @param ask - Interrupts on the server; undefined when there was nothing to cut.
   * @throws what `ask` throws, with the sound back.
   */
  async run(ask: () => Promise<Cut | undefined>): Promise<Cut | undefined> {
    const turn = ++this.#count;
    this.#stop?.();
    this.#host.hush.begin();
    try {
      const cut = await ask();
      // Who interrupts again while this one is under way waits for the later cut alone.
      if (turn === this.#count) {
        this.#leave(cut);
      }
      return cut;
    } catch (error) {
      if (turn === this.#count) {
        this.#host.hush.end();
      }
      throw error;
    }
  }

  close(): void {
    this.#count++;
    this.#stop?.();
    this.#host.hush.end();
  }

  #leave(cut: Cut | undefined): void {
    const { hush } = this.#host;
    if (cut === undefined) {
      hush.end();
      return;
    }
    // Where the cut is on no clock of ours, all that is published now may still be the old speech.
    const edge = this.#host.liveEdge();
    const target = (): number | undefined => {
      const position = this.#host.positionOf(cut) ?? edge;
      return position === undefined ? undefined : position + AFTER_CUT;
    };
    if (target() === undefined) {
      hush.end();
      return;
    }
    const startedMs = performance.now();
    this.#sought = false;
    const timer = setInterval(() => {
      if (this.#skip(target()) || performance.now() - startedMs >= PATIENCE_MS) {
        this.#stop?.();
        hush.end();
      }
    }, LOOK_MS);
    this.#stop = () => {
      clearInterval(timer);
      this.#stop = undefined;
    };
  }

  /** True once the playhead is past the cut. */
  #skip(target: number | undefined): boolean {
    const host = this.#host;
    if (target === undefined || host.seeking()) {
      return false;
    }
    // A seek lands up to a rounding error in front of where it was sent.
    const past = host.position() - (target - AFTER_CUT / 2);
    if (past >= 0) {
      return this.#sought || past >= HEARD_BEHIND;
    }
    const until = host.bufferedUntil(target);
    if (until !== undefined && until >= target + MARGIN) {
      this.#sought = true;
      host.seek(target);
    }
    return false;
  }
}
