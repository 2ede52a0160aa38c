import type { Direction, Lane } from './direction.ts';
import type { ScheduledEvent, Simulation } from './simulation.ts';
import { type Acknowledgement, type Segment, TcpSender } from './tcp-sender.ts';

/** IPv4 and TCP headers, without and with time stamps and selective acknowledgements. */
const HEADER_BYTES = 40;
const ACK_BYTES = 52;
/** A FIN of its own is small and rare: it is sent again after the first timeout of RFC 6298. */
const FIN_RETRY_MS = 1_000;

/** One way through the link and the way back, each with the connection's own order. */
export type Path = {
  readonly there: Direction;
  readonly thereLane: Lane;
  readonly back: Direction;
  readonly backLane: Lane;
};

type Options = {
  readonly onData: (data: Buffer) => void;
  readonly onEnd: () => void;
  readonly onDrain: () => void;
  /** Bytes that the receiving application may still be given. */
  readonly room: () => number;
  readonly onTrouble: (kind: 'fast-retransmit' | 'timeout') => void;
};

/** One direction of a connection: bytes in at one end, out at the other, in order, when TCP would give them. */
export class TcpStream {
  readonly sender: TcpSender;
  readonly #simulation: Simulation;
  readonly #path: Path;
  readonly #options: Options;
  readonly #waiting = new Map<number, Segment>();
  #next = 0;
  #waitingBytes = 0;
  #flightBytes = 0;
  #isEnding = false;
  #hasEnded = false;
  #isClosed = false;
  #finRetry: ScheduledEvent | undefined;

  constructor(simulation: Simulation, path: Path, options: Options) {
    this.#simulation = simulation;
    this.#path = path;
    this.#options = options;
    this.sender = new TcpSender(simulation, {
      transmit: (segment) => this.#transmit(segment),
      room: () => options.room() - this.#waitingBytes - this.#flightBytes,
      onDrain: options.onDrain,
      onTrouble: options.onTrouble,
    });
  }

  write(data: Buffer): void {
    this.sender.write(data);
  }

  /** Ends the stream behind what was written. */
  end(): void {
    if (this.#isEnding || this.#isClosed) return;
    this.#isEnding = true;
    // Behind data, FIN rides on the last segment.
    if (this.#isAllHere()) this.#sendFin();
  }

  /** Nothing more is sent or given. */
  close(): void {
    this.#isClosed = true;
    this.sender.close();
    this.#finRetry?.cancel();
    this.#waiting.clear();
  }

  #transmit(segment: Segment): void {
    const { there, thereLane } = this.#path;
    if (!segment.isRetransmission) this.#flightBytes += segment.data.length;
    there.send(segment.data.length + HEADER_BYTES, thereLane, () => this.#arrive(segment));
  }

  #arrive(segment: Segment): void {
    if (this.#isClosed) return;
    if (segment.number >= this.#next && !this.#waiting.has(segment.number)) {
      this.#waiting.set(segment.number, segment);
      this.#waitingBytes += segment.data.length;
      this.#flightBytes -= segment.data.length;
    }
    for (let next = this.#waiting.get(this.#next); next !== undefined; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#waitingBytes -= next.data.length;
      this.#next += 1;
      this.#options.onData(next.data);
    }
    const acknowledgement: Acknowledgement = { next: this.#next, selected: [...this.#waiting.keys()], cause: segment };
    this.#path.back.send(ACK_BYTES, this.#path.backLane, () => this.sender.acknowledge(acknowledgement));
    if (this.#isEnding && this.#isAllHere()) this.#tellEnd();
  }

  #isAllHere(): boolean {
    return this.sender.unsentBytes === 0 && this.#next === this.sender.nextNumber;
  }

  #sendFin(): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.#path.there.send(HEADER_BYTES, this.#path.thereLane, () => this.#tellEnd());
    this.#finRetry = this.#simulation.after(FIN_RETRY_MS, () => this.#sendFin());
  }

  #tellEnd(): void {
    this.#finRetry?.cancel();
    if (this.#hasEnded || this.#isClosed) return;
    this.#hasEnded = true;
    this.#options.onEnd();
  }
}
