import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';
import { Turn, type TurnHost } from './turn.ts';

/** Names of interrupted turns that are remembered, to refuse what still comes for them. */
const REMEMBERED = 200;

/** A session's turns: those that are being made or played, and the names of those that were interrupted. */
export class Turns {
  readonly #host: TurnHost;
  readonly #open = new Map<string, Turn>();
  readonly #interrupted = new Set<string>();

  constructor(host: TurnHost) {
    this.#host = host;
  }

  /** Something is still being made. */
  get making(): boolean {
    return [...this.#open.values()].some((turn) => turn.beingMade);
  }

  get any(): boolean {
    return this.#open.size > 0;
  }

  of(chunk: Chunk): Turn | undefined {
    return chunk.turn === undefined ? undefined : this.#open.get(chunk.turn);
  }

  /**
   * Joins the turn of this name, or begins it.
   *
   * @throws {StreamError} `TURN_INTERRUPTED`.
   */
  join(id: string, nowMs: number, fields: Readonly<Record<string, unknown>>): Turn {
    this.assertNotInterrupted(id);
    let turn = this.#open.get(id);
    if (!turn) {
      turn = new Turn(id, nowMs, { ...this.#host, left: (left) => this.#left(left) });
      this.#open.set(id, turn);
      turn.emit('turn.started', fields);
    }
    turn.join();
    return turn;
  }

  /** @throws {StreamError} `TURN_INTERRUPTED`. */
  assertNotInterrupted(id: string | undefined): void {
    if (id !== undefined && this.#interrupted.has(id))
      throw new StreamError('TURN_INTERRUPTED', `turn ${id} was interrupted: nothing more is taken for it`);
  }

  /** What became of a chunk. */
  settle(chunk: Chunk, fate: 'said' | 'cut' | 'lost', said?: string): void {
    const turn = this.of(chunk);
    if (!turn) return;
    turn.settle(chunk.id, fate, said);
    this.#settle(turn);
  }

  /** Interrupts all that are open, and bars `names` beside. @returns the names of those that were open. */
  interrupt(names: Iterable<string>): string[] {
    const open = [...this.#open.values()];
    for (const name of [...names, ...open.map((turn) => turn.id)]) {
      this.#interrupted.delete(name);
      this.#interrupted.add(name);
    }
    for (const name of this.#interrupted) {
      if (this.#interrupted.size <= REMEMBERED) break;
      this.#interrupted.delete(name);
    }
    for (const turn of open) turn.interrupt(new StreamError('ABORTED', `turn ${turn.id} was interrupted`));
    return open.map((turn) => turn.id);
  }

  #left(turn: Turn): void {
    this.#settle(turn);
    this.#host.left(turn);
  }

  #settle(turn: Turn): void {
    if (!turn.settled || this.#open.get(turn.id) !== turn) return;
    this.#open.delete(turn.id);
    turn.emit('turn.completed', { outcome: turn.signal.aborted ? 'interrupted' : 'completed' });
  }
}
