import type { Direction, Lane } from './direction.ts';
import type { Simulation } from './simulation.ts';
import { TcpStream } from './tcp-stream.ts';

const SYN_BYTES = 60;
/** RFC 6298; doubled each time. */
const SYN_TIMEOUT_MS = 1_000;
/**
 * TLS 1.3, one round trip: ClientHello (1.8 kB with the post-quantum key share that browsers send), the server's flight with a chain
 * of two ECDSA certificates, the client's Finished.
 */
const CLIENT_HELLO_BYTES = 1_800;
const SERVER_FLIGHT_BYTES = 3_500;
const FINISHED_BYTES = 80;

export type Ways = { readonly up: Direction; readonly down: Direction };

type Side = {
  readonly onData: (data: Buffer) => void;
  readonly onEnd: () => void;
  /** The sender towards this side has sent what it had: more may be written. */
  readonly onDrain: () => void;
  readonly room: () => number;
};

export type Trouble = {
  readonly atMs: number;
  readonly direction: 'up' | 'down';
  readonly kind: 'fast-retransmit' | 'timeout' | 'syn-timeout';
};

/** One HTTPS connection through the link: TCP's handshake, TLS's, then two streams. */
export class TcpConnection {
  readonly up: TcpStream;
  readonly down: TcpStream;
  readonly #simulation: Simulation;
  readonly #ways: Ways;
  readonly #onTrouble: (trouble: Trouble) => void;
  readonly #upLane: Lane = { lastArrivalMs: 0 };
  readonly #downLane: Lane = { lastArrivalMs: 0 };
  readonly #early: (() => void)[] = [];
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #hasSynArrived = false;

  /** @param server - Where `up` comes out; @param client - Where `down` does. */
  constructor(
    simulation: Simulation,
    ways: Ways,
    { server, client, onTrouble }: { server: Side; client: Side; onTrouble: (trouble: Trouble) => void },
  ) {
    this.#simulation = simulation;
    this.#ways = ways;
    this.#onTrouble = onTrouble;
    const [there, back, thereLane, backLane] = [ways.up, ways.down, this.#upLane, this.#downLane];
    const trouble =
      (direction: 'up' | 'down') =>
      (kind: Trouble['kind']): void =>
        onTrouble({ atMs: simulation.nowMs, direction, kind });
    this.up = new TcpStream(
      simulation,
      { there, back, thereLane, backLane },
      {
        ...server,
        onData: afterBytes(
          [
            [CLIENT_HELLO_BYTES, () => this.down.write(Buffer.alloc(SERVER_FLIGHT_BYTES))],
            [FINISHED_BYTES, () => undefined],
          ],
          server.onData,
        ),
        onTrouble: trouble('up'),
      },
    );
    this.down = new TcpStream(
      simulation,
      { there: back, back: there, thereLane: backLane, backLane: thereLane },
      {
        ...client,
        onData: afterBytes([[SERVER_FLIGHT_BYTES, () => this.#established()]], client.onData),
        onTrouble: trouble('down'),
      },
    );
  }

  /** Begins the handshake; what is written meanwhile waits. */
  open(): void {
    this.#sendSyn(SYN_TIMEOUT_MS);
  }

  /** From the client. */
  send(data: Buffer): void {
    this.#whenOpen(() => this.up.write(data));
  }

  end(): void {
    this.#whenOpen(() => this.up.end());
  }

  close(): void {
    this.#state = 'closed';
    this.up.close();
    this.down.close();
  }

  #whenOpen(run: () => void): void {
    if (this.#state === 'open') run();
    else this.#early.push(run);
  }

  #sendSyn(timeoutMs: number): void {
    const sentMs = this.#simulation.nowMs;
    let isAnswered = false;
    this.#ways.up.send(SYN_BYTES, this.#upLane, () => {
      this.#ways.down.send(SYN_BYTES, this.#downLane, () => {
        isAnswered = true;
        this.#onSynAck(this.#simulation.nowMs - sentMs);
      });
    });
    this.#simulation.after(timeoutMs, () => {
      if (isAnswered || this.#hasSynArrived || this.#state !== 'opening') return;
      this.#onTrouble({ atMs: this.#simulation.nowMs, direction: 'up', kind: 'syn-timeout' });
      this.#sendSyn(timeoutMs * 2);
    });
  }

  #onSynAck(roundTripMs: number): void {
    if (this.#hasSynArrived || this.#state !== 'opening') return;
    this.#hasSynArrived = true;
    this.up.sender.sampleRoundTrip(roundTripMs);
    // The server's own measurement ends half a round trip later, with the first ACK, and is the same within the jitter.
    this.down.sender.sampleRoundTrip(roundTripMs);
    this.up.write(Buffer.alloc(CLIENT_HELLO_BYTES));
  }

  #established(): void {
    if (this.#state !== 'opening') return;
    this.up.write(Buffer.alloc(FINISHED_BYTES));
    this.#state = 'open';
    for (const run of this.#early.splice(0)) run();
  }
}

/** Takes messages of known length off the front of a stream, then passes on the rest. */
function afterBytes(
  messages: readonly (readonly [number, () => void])[],
  onData: (data: Buffer) => void,
): (data: Buffer) => void {
  const open = messages.map(([bytes, onWhole]) => ({ missing: bytes, onWhole }));
  return (data) => {
    let rest = data;
    for (let first = open[0]; first !== undefined && rest.length > 0; first = open[0]) {
      const taken = Math.min(first.missing, rest.length);
      first.missing -= taken;
      rest = rest.subarray(taken);
      if (first.missing > 0) return;
      open.shift();
      first.onWhole();
    }
    if (rest.length > 0) onData(rest);
  };
}
