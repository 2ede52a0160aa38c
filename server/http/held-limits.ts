import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { clientAddress, isLoopback, Tally } from './client-address.ts';
import type { HttpLimits } from './limits.ts';

type Limits = Pick<HttpLimits, 'heldRequests' | 'heldPerConnection' | 'heldPerAddress' | 'exemptLoopback' | 'trusts'>;

/** Counts the requests that are held: in all, per connection, and per address and session. */
export class HeldLimits {
  readonly #limits: Limits;
  readonly #byConnection = new WeakMap<Socket, number>();
  readonly #byAddress = new Tally();
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** @returns the client's address; `undefined` when one more would be too many. */
  enter(req: IncomingMessage, sessionId: string): string | undefined {
    const onConnection = this.#byConnection.get(req.socket) ?? 0;
    const address = clientAddress(req, this.#limits.trusts);
    const exempt = this.#limits.exemptLoopback && isLoopback(address);
    if (this.#held >= this.#limits.heldRequests || onConnection >= this.#limits.heldPerConnection) return undefined;
    if (!exempt && this.#byAddress.of(`${address} ${sessionId}`) >= this.#limits.heldPerAddress) return undefined;
    this.#held += 1;
    this.#byConnection.set(req.socket, onConnection + 1);
    this.#byAddress.add(`${address} ${sessionId}`);
    return address;
  }

  /** @param address - As it was on entry: a closed socket no longer knows it. */
  leave(req: IncomingMessage, address: string, sessionId: string): void {
    this.#held -= 1;
    this.#byConnection.set(req.socket, (this.#byConnection.get(req.socket) ?? 1) - 1);
    this.#byAddress.remove(`${address} ${sessionId}`);
  }
}
