import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { DirectionStats } from './direction.ts';
import { makeLink } from './link.ts';
import type { LinkProfile } from './profiles.ts';
import { RelayedConnection } from './relayed-connection.ts';
import { Simulation } from './simulation.ts';
import type { Trouble, Ways } from './tcp-connection.ts';
import { WallClock } from './wall-clock.ts';

/** Newest troubles that are kept. */
const MAX_TROUBLES = 20_000;

export type RelayReport = {
  readonly down: DirectionStats;
  readonly up: DirectionStats;
  readonly connections: number;
  /** With wall clock, in ms since 1970. */
  readonly troubles: readonly (Trouble & { readonly connection: number })[];
  /** How late an event ran at worst, in ms: the relay's own error. */
  readonly latestMs: number;
};

/** A link between everybody who connects here and one origin. */
export class Relay {
  readonly #simulation = new Simulation();
  readonly #clock = new WallClock(this.#simulation);
  readonly #ways: Ways;
  readonly #server: Server;
  readonly #open = new Set<RelayedConnection>();
  readonly #troubles: (Trouble & { readonly connection: number })[] = [];
  readonly #originMs = performance.timeOrigin + performance.now();
  #connections = 0;

  constructor(profile: LinkProfile, seed: number, targetPort: number) {
    this.#ways = makeLink(this.#simulation, profile, seed);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const number = ++this.#connections;
      const connection = new RelayedConnection(this.#simulation, this.#clock, this.#ways, {
        client,
        targetPort,
        onTrouble: (trouble) => this.#note({ ...trouble, connection: number }),
        onClose: () => this.#open.delete(connection),
      });
      this.#open.add(connection);
    });
  }

  /** @returns the port, on 127.0.0.1. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  report(): RelayReport {
    return {
      down: this.#ways.down.stats,
      up: this.#ways.up.stats,
      connections: this.#connections,
      troubles: this.#troubles,
      latestMs: this.#clock.takeLatestMs(),
    };
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const connection of this.#open) connection.destroy();
    this.#clock.close();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #note(trouble: Trouble & { readonly connection: number }): void {
    if (this.#troubles.length < MAX_TROUBLES) this.#troubles.push({ ...trouble, atMs: this.#originMs + trouble.atMs });
  }
}
