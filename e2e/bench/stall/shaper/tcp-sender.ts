import { CongestionWindow, RetransmissionTimer } from './congestion.ts';
import type { ScheduledEvent, Simulation } from './simulation.ts';

/** Payload of a full segment, in bytes. */
export const MSS = 1_460;
/** So many segments that came after it tell that a segment is lost (RFC 6675). */
const DUPLICATE_THRESHOLD = 3;

/** One segment from the moment it is first sent until it is acknowledged. */
export type Segment = {
  /** Counted in segments: each is sent again as it is. */
  readonly number: number;
  readonly data: Buffer;
  sentMs: number;
  isRetransmission: boolean;
  isSelected: boolean;
  isLost: boolean;
};

/** What a receiver tells: all below `next` is here, and those segments above it. */
export type Acknowledgement = {
  readonly next: number;
  readonly selected: readonly number[];
  /** The segment it answers. */
  readonly cause: Segment;
};

export type SenderStats = { sent: number; retransmitted: number; timeouts: number };

type Options = {
  /** Puts a segment on the wire. */
  readonly transmit: (segment: Segment) => void;
  /** Room at the receiver, in bytes, beyond what is on its way. */
  readonly room: () => number;
  /** Called when more data would be sent soon. */
  readonly onDrain: () => void;
  readonly onTrouble: (kind: 'fast-retransmit' | 'timeout') => void;
};

/**
 * The sending end of a TCP connection with selective acknowledgements: Reno's window (RFC 5681), loss recovery after RFC 6675,
 * retransmission timer after RFC 6298. A lost tail, which nothing follows, waits for the timer.
 */
export class TcpSender {
  readonly stats: SenderStats = { sent: 0, retransmitted: 0, timeouts: 0 };
  readonly #simulation: Simulation;
  readonly #options: Options;
  readonly #congestion = new CongestionWindow();
  readonly #timer = new RetransmissionTimer();
  #unsent: Buffer[] = [];
  #unsentBytes = 0;
  #flight: Segment[] = [];
  /** Of those in flight. */
  #selected = 0;
  #lost = 0;
  #nextNumber = 0;
  /** Segments below it were on their way at the last loss: more loss among them is the same event. */
  #recoveryEnd = 0;
  #isFastRecovery = false;
  /** Most segments that were on their way at once in this round trip and the last one; it ends with this segment. */
  #peakInPipe = 0;
  #roundEnd = 0;
  #lastSentMs = 0;
  #timeout: ScheduledEvent | undefined;
  #isClosed = false;

  constructor(simulation: Simulation, options: Options) {
    this.#simulation = simulation;
    this.#options = options;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Number of the segment after the last one that was sent. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  /** The handshake is the first measurement of the round trip. */
  sampleRoundTrip(ms: number): void {
    this.#timer.onSample(ms);
  }

  write(data: Buffer): void {
    if (data.length === 0 || this.#isClosed) return;
    this.#unsent.push(data);
    this.#unsentBytes += data.length;
    this.pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#timeout?.cancel();
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#flight = [];
  }

  /** Sends what may be sent now. */
  pump(): void {
    if (this.#isClosed) return;
    const now = this.#simulation.nowMs;
    if (this.#flight.length === 0 && now - this.#lastSentMs > this.#timer.timeoutMs) this.#congestion.onIdle();
    while (this.#inPipe() < Math.floor(this.#congestion.segments)) {
      const lost = this.#lost === 0 ? undefined : this.#flight.find(({ isLost }) => isLost);
      if (lost !== undefined) this.#retransmit(lost);
      else if (!this.#sendNew()) break;
    }
  }

  acknowledge({ next, selected, cause }: Acknowledgement): void {
    if (this.#isClosed) return;
    if (!cause.isRetransmission) this.#timer.onSample(this.#simulation.nowMs - cause.sentMs);
    const acked = this.#flight.findIndex((segment) => segment.number >= next);
    const count = acked === -1 ? this.#flight.length : acked;
    for (const segment of this.#flight.splice(0, count)) this.#forget(segment);
    if (selected.length > 0) this.#select(new Set(selected));
    if (next >= this.#recoveryEnd) this.#isFastRecovery = false;
    if (count > 0 && !this.#isFastRecovery) this.#congestion.onAcked(count, this.#peakInPipe);
    if (next > this.#roundEnd) this.#startRound();
    this.#findLosses();
    if (count > 0) this.#startTimer();
    this.pump();
    if (count > 0) this.#options.onDrain();
  }

  /** Segments that are on their way, as far as the sender knows. */
  #inPipe(): number {
    return this.#flight.length - this.#selected - this.#lost;
  }

  #forget({ isSelected, isLost }: Segment): void {
    if (isSelected) this.#selected -= 1;
    if (isLost) this.#lost -= 1;
  }

  #select(numbers: ReadonlySet<number>): void {
    for (const segment of this.#flight) {
      if (segment.isSelected || !numbers.has(segment.number)) continue;
      if (segment.isLost) this.#lost -= 1;
      segment.isLost = false;
      segment.isSelected = true;
      this.#selected += 1;
    }
  }

  #lose(segment: Segment): void {
    if (segment.isLost || segment.isSelected) return;
    segment.isLost = true;
    this.#lost += 1;
  }

  #sendNew(): boolean {
    const size = Math.min(MSS, this.#unsentBytes);
    if (size === 0 || this.#options.room() < size) return false;
    const segment: Segment = {
      ...{ number: this.#nextNumber++, data: this.#take(size), sentMs: 0 },
      ...{ isRetransmission: false, isSelected: false, isLost: false },
    };
    this.#flight.push(segment);
    this.#transmit(segment);
    return true;
  }

  #take(size: number): Buffer {
    const pieces: Buffer[] = [];
    for (let missing = size; missing > 0; ) {
      const first = this.#unsent[0] as Buffer;
      pieces.push(first.subarray(0, missing));
      if (first.length <= missing) this.#unsent.shift();
      else this.#unsent[0] = first.subarray(missing);
      missing -= Math.min(first.length, missing);
    }
    this.#unsentBytes -= size;
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  #startRound(): void {
    this.#roundEnd = this.#nextNumber;
    this.#peakInPipe = this.#inPipe();
  }

  #retransmit(segment: Segment): void {
    if (segment.isLost) this.#lost -= 1;
    segment.isLost = false;
    segment.isRetransmission = true;
    this.stats.retransmitted += 1;
    this.#transmit(segment);
  }

  #transmit(segment: Segment): void {
    this.stats.sent += 1;
    segment.sentMs = this.#simulation.nowMs;
    this.#lastSentMs = segment.sentMs;
    this.#options.transmit(segment);
    this.#peakInPipe = Math.max(this.#peakInPipe, this.#inPipe());
    if (this.#timeout === undefined) this.#startTimer();
  }

  #findLosses(): void {
    if (this.#selected < DUPLICATE_THRESHOLD) return;
    let later = 0;
    let hasNews = false;
    for (const segment of this.#flight.toReversed()) {
      if (segment.isSelected) later += 1;
      // A retransmission that is lost as well is left to the timer.
      else if (later >= DUPLICATE_THRESHOLD && !segment.isLost && !segment.isRetransmission) {
        this.#lose(segment);
        hasNews = true;
      }
    }
    const first = this.#flight[0];
    if (!hasNews || first === undefined || first.number < this.#recoveryEnd) return;
    this.#options.onTrouble('fast-retransmit');
    this.#congestion.onFastRetransmit(this.#flight.length);
    this.#recoveryEnd = this.#nextNumber;
    this.#isFastRecovery = true;
    const lost = this.#flight.find((segment) => segment.isLost);
    if (lost !== undefined) this.#retransmit(lost);
  }

  #startTimer(): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
    if (this.#flight.length > 0) this.#timeout = this.#simulation.after(this.#timer.timeoutMs, () => this.#onTimeout());
  }

  #onTimeout(): void {
    this.stats.timeouts += 1;
    this.#options.onTrouble('timeout');
    this.#congestion.onTimeout(this.#flight.length);
    this.#timer.onTimeout();
    this.#recoveryEnd = this.#nextNumber;
    this.#isFastRecovery = false;
    for (const segment of this.#flight) this.#lose(segment);
    this.#timeout = undefined;
    this.pump();
  }
}
