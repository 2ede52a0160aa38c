/** RFC 6928. */
export const INITIAL_WINDOW = 10;
const MIN_THRESHOLD = 2;
/** Linux's floor (RFC 6298 says 1 s, which no current system keeps), and RFC 6298's start and ceiling. */
const MIN_RTO_MS = 200;
const FIRST_RTO_MS = 1_000;
const MAX_RTO_MS = 60_000;

/** How many segments may be on their way: slow start, congestion avoidance and recovery of Reno (RFC 5681), in segments. */
export class CongestionWindow {
  #window = INITIAL_WINDOW;
  #threshold = Number.POSITIVE_INFINITY;

  get segments(): number {
    return this.#window;
  }

  /** @param peakInFlight - In the round trip at hand: a sender that has little to send proves nothing (RFC 7661; Linux's rule). */
  onAcked(segments: number, peakInFlight: number): void {
    const isSlowStart = this.#window < this.#threshold;
    const isUsed = peakInFlight >= (isSlowStart ? this.#window / 2 : Math.floor(this.#window));
    if (!isUsed) return;
    this.#window += isSlowStart ? segments : segments / this.#window;
  }

  /** Loss that later segments told of. */
  onFastRetransmit(inFlight: number): void {
    this.#threshold = Math.max(inFlight / 2, MIN_THRESHOLD);
    this.#window = this.#threshold;
  }

  onTimeout(inFlight: number): void {
    this.#threshold = Math.max(inFlight / 2, MIN_THRESHOLD);
    this.#window = 1;
  }

  /** After a pause longer than the retransmission timeout (RFC 5681 4.1). */
  onIdle(): void {
    this.#window = Math.min(this.#window, INITIAL_WINDOW);
  }
}

/** Retransmission timeout (RFC 6298). */
export class RetransmissionTimer {
  #smoothedMs: number | undefined;
  #variationMs = 0;
  #backoff = 1;

  get timeoutMs(): number {
    const base = this.#smoothedMs === undefined ? FIRST_RTO_MS : this.#smoothedMs + 4 * this.#variationMs;
    return Math.min(MAX_RTO_MS, Math.max(MIN_RTO_MS, base) * this.#backoff);
  }

  /** @param roundTripMs - Of a segment that was sent once (Karn's rule). */
  onSample(roundTripMs: number): void {
    this.#backoff = 1;
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = roundTripMs;
      this.#variationMs = roundTripMs / 2;
      return;
    }
    this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#smoothedMs - roundTripMs);
    this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * roundTripMs;
  }

  onTimeout(): void {
    this.#backoff *= 2;
  }
}
