import { seededRandom } from '../../../../server/speech/face/random.ts';
import type { DirectionProfile } from './profiles.ts';
import type { Simulation } from './simulation.ts';

/** The delay takes a new value this often, and slides from one to the next. */
const JITTER_STEP_MS = 20;

/** Keeps the packets of one connection in order, as a radio link does: a packet never overtakes an earlier one. */
export type Lane = { lastArrivalMs: number };

export type DirectionStats = {
  packets: number;
  bytes: number;
  /** Lost on the way. */
  lost: number;
  /** Dropped, because the queue was full. */
  dropped: number;
};

/** A bottleneck that all connections share, then a wire with a delay. */
export class Direction {
  readonly stats: DirectionStats = { packets: 0, bytes: 0, lost: 0, dropped: 0 };
  readonly #simulation: Simulation;
  readonly #profile: DirectionProfile;
  readonly #lossDraw: () => number;
  readonly #jitterSeed: number;
  #busyUntilMs = 0;

  constructor(simulation: Simulation, profile: DirectionProfile, seed: number) {
    this.#simulation = simulation;
    this.#profile = profile;
    this.#lossDraw = seededRandom(seed);
    this.#jitterSeed = seed;
  }

  /** Bytes that wait or are being sent. */
  get queuedBytes(): number {
    const waitMs = Math.max(0, this.#busyUntilMs - this.#simulation.nowMs);
    return (waitMs * this.#profile.bitsPerSecond) / 8000;
  }

  /** Sends one packet; `arrive` is called when it is there, or never. */
  send(sizeBytes: number, lane: Lane, arrive: () => void): void {
    const { bitsPerSecond, queueBytes, lossRate } = this.#profile;
    this.stats.packets += 1;
    if (this.queuedBytes + sizeBytes > queueBytes) {
      this.stats.dropped += 1;
      return;
    }
    this.stats.bytes += sizeBytes;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#simulation.nowMs) + (sizeBytes * 8000) / bitsPerSecond;
    if (this.#lossDraw() < lossRate) {
      this.stats.lost += 1;
      return;
    }
    lane.lastArrivalMs = Math.max(lane.lastArrivalMs, this.#busyUntilMs + this.delayAt(this.#busyUntilMs));
    this.#simulation.at(lane.lastArrivalMs, arrive);
  }

  /** The one-way delay of what leaves the bottleneck at a time: the same for everybody and in every run of a seed. */
  delayAt(timeMs: number): number {
    const { delayMs, jitterMs } = this.#profile;
    const step = Math.floor(timeMs / JITTER_STEP_MS);
    const share = timeMs / JITTER_STEP_MS - step;
    return delayMs + jitterMs * (this.#wander(step) * (1 - share) + this.#wander(step + 1) * share);
  }

  /** From -1 to 1, by the number of the step alone. */
  #wander(step: number): number {
    return seededRandom(Math.imul(this.#jitterSeed, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b))() * 2 - 1;
  }
}
