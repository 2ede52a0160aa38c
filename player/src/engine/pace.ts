import { playbackRate } from './catch-up.ts';
import { Rebuffer } from './rebuffer.ts';

/** What the pace is set by; times in seconds. */
export type PaceHost = {
  /** Behind the live edge; undefined while it is not known, or the stream is not live. */
  latency(): number | undefined;
  target(): number;
  /** Until somebody speaks, as far as it is known; 0: somebody does, or nothing is known. */
  silence(): number;
  bufferAhead(): number;
  /** Nothing more comes than what is in the buffer. */
  isAll(): boolean;
  /** Playback goes on after it ran out of media. @param latency - Behind the live edge by now. */
  stalled(lastedMs: number, latency: number): void;
};

/** Half a part: a rate that comes back later than this is heard. */
const LOOK_MS = 100;
/** With more in hand, standing still is not for want of media: a seek, a browser that wakes up. */
const IS_EMPTY = 0.25;

/**
 * The one who sets `playbackRate`: 0 while media is gathered after it ran out, a little more than 1 while it catches up in a pause, 1
 * otherwise. A rate that somebody else set is left alone until it is one of those again.
 */
export class Pace {
  readonly #video: HTMLVideoElement;
  readonly #host: PaceHost;
  readonly #rebuffer = new Rebuffer();
  readonly #abort = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #hasPlayed = false;
  /** The rate we set last. */
  #set = 1;

  constructor(video: HTMLVideoElement, host: PaceHost) {
    this.#video = video;
    this.#host = host;
    const { signal } = this.#abort;
    video.addEventListener('playing', () => this.#playing(), { signal });
    video.addEventListener('waiting', () => this.#ranOut(), { signal });
    video.addEventListener('seeking', () => this.#restart(), { signal });
    video.addEventListener('emptied', () => this.#restart(), { signal });
    // Media that arrives ends a hold, also in a page that is not seen and whose timers are slow.
    video.addEventListener('progress', () => this.look(), { signal });
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** Playback is held until there is enough to go on with. */
  get holding(): boolean {
    return this.#rebuffer.holding;
  }

  look(): void {
    const { heldSinceMs } = this.#rebuffer;
    const nowMs = performance.now();
    const bufferAhead = this.#host.bufferAhead();
    if (!this.#rebuffer.release({ nowMs, bufferAhead, isAll: this.#host.isAll() })) {
      return;
    }
    if (heldSinceMs !== undefined) {
      this.#host.stalled(nowMs - heldSinceMs, this.#host.latency() ?? 0);
    }
    const { latency, target, silence } = this.#host;
    const state = { latency: latency(), target: target(), bufferAhead, silence: silence() };
    this.#apply(playbackRate(state, this.#set > 1));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#abort.abort();
    this.#apply(1);
  }

  #playing(): void {
    this.#hasPlayed = true;
  }

  #ranOut(): void {
    const { seeking, ended, paused } = this.#video;
    if (
      this.#hasPlayed &&
      !seeking &&
      !ended &&
      !paused &&
      this.#host.bufferAhead() < IS_EMPTY &&
      !this.#host.isAll()
    ) {
      this.#rebuffer.begin(performance.now());
      this.#apply(0);
    }
  }

  #restart(): void {
    this.#rebuffer.cancel();
    this.#hasPlayed = false;
    this.#apply(1);
  }

  #apply(rate: number): void {
    const isOurs = this.#video.playbackRate === this.#set;
    if (isOurs && rate !== this.#set) {
      this.#set = rate;
      this.#video.playbackRate = rate;
    } else if (!isOurs && rate === 0) {
      // Held all the same; whoever chose another rate gets normal speed back.
      this.#set = rate;
      this.#video.playbackRate = rate;
    }
  }
}
