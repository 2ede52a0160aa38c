import type { Socket } from 'node:net';
import { isLoopback, networkOf, Tally } from './client-address.ts';
import type { HttpLimits } from './limits.ts';

/** Open connections of each network: who opens all there may be locks everyone else out. */
export class ConnectionLimits {
  readonly #limits: Pick<HttpLimits, 'connectionsPerAddress' | 'trusts'>;
  readonly #open = new Tally();

  constructor(limits: Pick<HttpLimits, 'connectionsPerAddress' | 'trusts'>) {
    this.#limits = limits;
  }

  /** Closes a connection that is one too many. A proxy that is trusted stands for many clients. */
  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    if (isLoopback(address) || this.#limits.trusts?.(address, 0)) return;
    const network = networkOf(address);
    if (this.#open.of(network) >= this.#limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    this.#open.add(network);
    socket.once('close', () => this.#open.remove(network));
  }
}
