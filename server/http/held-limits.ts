import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Deadlines } from '../lib/deadlines.ts';
import { clientAddress, isLoopback, networkOf, Tally } from './client-address.ts';
import type { HttpLimits } from './limits.ts';

type Limits = Pick<HttpLimits, 'heldRequests' | 'heldPerAddress' | 'exemptLoopback' | 'trusts'>;

/** Somebody whose answer is not there yet. */
export type Waiting = {
  /** The longest time to wait is over. */
  expire(): void;
  /** The client has left. */
  abandon(): void;
};

/** What is to be known to leave. */
export type Entry = { readonly onConnection: Set<Waiting>; readonly who: string; readonly deadline: number };

export type Stay = {
  readonly req: IncomingMessage;
  readonly sessionId: string;
  /** Longest time to wait, in milliseconds. */
  readonly holdMs: number;
};

/** Those who wait: how many in all, on a connection, and of an address in a session; until when, and whether they are still there. */
export class HeldLimits {
  readonly #limits: Limits;
  /** One listener for all that a connection ever asks. */
  readonly #byConnection = new WeakMap<Socket, Set<Waiting>>();
  readonly #byAddress = new Tally();
  readonly #deadlines = new Deadlines<Waiting>((waiting) => waiting.expire());
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** @returns `undefined` when one more would be too many. */
  enter(waiting: Waiting, { req, sessionId, holdMs }: Stay): Entry | undefined {
    // Its client left while its token was checked.
    if (req.socket.destroyed || this.#held >= this.#limits.heldRequests) return undefined;
    const address = clientAddress(req, this.#limits.trusts);
    const exempt = this.#limits.exemptLoopback && isLoopback(address);
    // A closed connection no longer knows its address.
    const who = `${networkOf(address)} ${sessionId}`;
    if (!exempt && this.#byAddress.of(who) >= this.#limits.heldPerAddress) return undefined;
    const onConnection = this.#byConnection.get(req.socket) ?? this.#watch(req.socket);
    this.#held += 1;
    onConnection.add(waiting);
    this.#byAddress.add(who);
    return { onConnection, who, deadline: this.#deadlines.add(waiting, holdMs) };
  }

  leave(waiting: Waiting, { onConnection, who, deadline }: Entry): void {
    this.#held -= 1;
    onConnection.delete(waiting);
    this.#byAddress.remove(who);
    this.#deadlines.remove(waiting, deadline);
  }

  #watch(socket: Socket): Set<Waiting> {
    const waiting = new Set<Waiting>();
    this.#byConnection.set(socket, waiting);
    socket.once('close', () => {
      for (const each of [...waiting]) each.abandon();
    });
    return waiting;
  }
}
