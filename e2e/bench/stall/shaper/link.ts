import { Direction } from './direction.ts';
import type { LinkProfile } from './profiles.ts';
import type { Simulation } from './simulation.ts';
import type { Ways } from './tcp-connection.ts';

/** The two directions of a link, each with its own luck. */
export function makeLink(simulation: Simulation, { up, down }: LinkProfile, seed: number): Ways {
  return {
    up: new Direction(simulation, up, seed * 2 + 1),
    down: new Direction(simulation, down, seed * 2 + 2),
  };
}
