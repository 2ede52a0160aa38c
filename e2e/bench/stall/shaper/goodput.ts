import { makeLink } from './link.ts';
import type { LinkProfile } from './profiles.ts';
import { Simulation } from './simulation.ts';
import { TcpConnection } from './tcp-connection.ts';

const WARM_UP_MS = 10_000;
const MEASURED_MS = 30_000;
/** More is always to be sent than a round trip carries. */
const AHEAD_BYTES = 500_000;

/** What one connection that never pauses gets through a link, in payload bits per second; in simulated time. */
export function goodput(link: LinkProfile, seed: number): number {
  const simulation = new Simulation();
  let bytes = 0;
  const refill = (): void => {
    if (connection.down.sender.unsentBytes < AHEAD_BYTES) connection.down.write(Buffer.alloc(AHEAD_BYTES));
  };
  const connection = new TcpConnection(simulation, makeLink(simulation, link, seed), {
    server: { onData: refill, onEnd: () => undefined, onDrain: () => undefined, room: () => AHEAD_BYTES },
    client: {
      onData: (data) => {
        if (simulation.nowMs > WARM_UP_MS) bytes += data.length;
      },
      onEnd: () => undefined,
      onDrain: refill,
      room: () => 2 * AHEAD_BYTES,
    },
    onTrouble: () => undefined,
  });
  connection.open();
  connection.send(Buffer.alloc(1));
  simulation.runUntil(WARM_UP_MS + MEASURED_MS);
  connection.close();
  return (bytes * 8000) / MEASURED_MS;
}
