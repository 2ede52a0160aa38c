/** `low`: as near to the live edge as the playlist allows; `safe`: as far as players without low latency; `balanced`: as the network asks. */
export type LatencyMode = 'low' | 'balanced' | 'safe';

/** What a media playlist asks of its players (RFC 8216bis 4.4.3.8), in seconds. */
export type HoldBacks = {
  readonly holdBack: number;
  /** Undefined where there are no partial segments. */
  readonly partHoldBack: number | undefined;
  readonly partTarget: number | undefined;
};

/** A part that takes longer than this share of its own length to ask for is in danger of coming too late: whole segments are fewer requests. */
const PART_SHARE = 0.75;
/** Round trips a part may need to come back, once lost: what is asked for, sent again, and waited for. */
const ROUND_TRIPS = { parts: 6, segments: 4 };
/** A lost packet costs a timeout where nothing follows it (RFC 6298 2.4: at least one second; Linux: 0.2 s); near networks lose none. */
const LOSS = { from: 0.03, seconds: 0.2 };
/** After a stall at least so much more is kept in hand, in seconds; all stalls together no more than that. */
const AFTER_STALL = { step: 0.3, most: 8 };
/** Longer than any jitter: the network was away, which says nothing about what it is like when it is there. */
const OUTAGE_MS = 4_000;
/** Without a stall, half of what they added is given up after this time. */
const HALF_LIFE_MS = 60_000;
/** A second stall so soon means that parts do not come in time; whole segments are asked for instead, for a while. */
const PARTS = { soonMs: 60_000, restMs: 180_000 };

/** How far behind the live edge to play, from what the playlist asks, what the network is like, and how it went. Reads no clock. */
export class LatencyTarget {
  readonly #mode: LatencyMode;
  #holdBacks: HoldBacks | undefined;
  /** Seconds; undefined while nothing was measured. */
  #roundTrip: number | undefined;
  #added = 0;
  #stalledAtMs = Number.NEGATIVE_INFINITY;
  #partsRestUntilMs = Number.NEGATIVE_INFINITY;

  constructor(mode: LatencyMode) {
    this.#mode = mode;
  }

  set holdBacks(holdBacks: HoldBacks) {
    this.#holdBacks = holdBacks;
  }

  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /** A request on a warm connection was answered after so many seconds; the shortest is the network's own. */
  measured(seconds: number): void {
    this.#roundTrip = Math.min(this.#roundTrip ?? Number.POSITIVE_INFINITY, seconds);
  }

  /** Whether partial segments are worth asking for, one round trip each. */
  usesParts(nowMs: number): boolean {
    const { partTarget, partHoldBack } = this.#holdBacks ?? {};
    if (partTarget === undefined || partHoldBack === undefined || this.#mode === 'safe') {
      return false;
    }
    const isFast = (this.#roundTrip ?? 0) < partTarget * PART_SHARE && nowMs >= this.#partsRestUntilMs;
    return this.#mode === 'low' || isFast;
  }

  /**
   * Playback stood still, and goes on.
   *
   * @param lastedMs - How long.
   * @param latency - Behind the live edge by now, in seconds.
   */
  stalled(lastedMs: number, latency: number, nowMs: number): void {
    const kept = this.#addedAt(nowMs);
    if (nowMs - this.#stalledAtMs < PARTS.soonMs) {
      this.#partsRestUntilMs = nowMs + PARTS.restMs;
    }
    const asItIs = lastedMs > OUTAGE_MS ? 0 : latency - this.#base(nowMs);
    this.#added = Math.min(AFTER_STALL.most, Math.max(kept + AFTER_STALL.step, asItIs));
    this.#stalledAtMs = nowMs;
  }

  /** Seconds behind the live edge. */
  at(nowMs: number): number {
    return this.#base(nowMs) + this.#addedAt(nowMs);
  }

  #base(nowMs: number): number {
    const { holdBack = 3, partHoldBack } = this.#holdBacks ?? {};
    const isLow = this.usesParts(nowMs) && partHoldBack !== undefined;
    const asked = isLow ? partHoldBack : holdBack;
    if (this.#mode !== 'balanced') {
      return asked;
    }
    const roundTrip = this.#roundTrip ?? 0;
    const loss = roundTrip > LOSS.from ? LOSS.seconds : 0;
    return asked + loss + roundTrip * (isLow ? ROUND_TRIPS.parts : ROUND_TRIPS.segments);
  }

  #addedAt(nowMs: number): number {
    return this.#added === 0 ? 0 : this.#added * 0.5 ** ((nowMs - this.#stalledAtMs) / HALF_LIFE_MS);
  }
}
