import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';
import type { SavedTurn } from './journal/saved-turns.ts';
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

  /** Goes on with what an earlier server had: turns that are open, and names that take nothing more. */
  restore(saved: readonly SavedTurn[], barred: readonly string[]): void {
    for (const turn of saved) this.#open.set(turn.turn, new Turn(turn.turn, turn.startedMs, this.#turnHost, turn));
    for (const name of barred) this.#interrupted.add(name);
  }

  /** Completes turns that have nothing more to be said. */
  settleAll(): void {
    for (const turn of [...this.#open.values()]) this.#settle(turn);
  }

  get(id: string): Turn | undefined {
    return this.#open.get(id);
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
      turn = new Turn(id, nowMs, this.#turnHost);
      this.#open.set(id, turn);
      turn.join();
      turn.emit('turn.started', fields);
    } else turn.join();
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

  /** Whether any is open beside these. */
  anyBeside(kept: ReadonlySet<string>): boolean {
    return [...this.#open.keys()].some((id) => !kept.has(id));
  }

  /** Interrupts all that are open but the kept ones, and bars `names` beside. @returns the names of those that it interrupted. */
  interrupt(names: Iterable<string>, kept: ReadonlySet<string> = new Set()): string[] {
    const open = [...this.#open.values()].filter(({ id }) => !kept.has(id));
    const barred = [...names, ...open.map((turn) => turn.id)].filter((id) => !kept.has(id));
    for (const name of barred) {
      this.#interrupted.delete(name);
      this.#interrupted.add(name);
    }
    for (const name of this.#interrupted) {
      if (this.#interrupted.size <= REMEMBERED) break;
      this.#interrupted.delete(name);
    }
    if (barred.length > 0) this.#host.record({ t: 'barred', turns: barred });
    for (const turn of open) turn.interrupt(new StreamError('ABORTED', `turn ${turn.id} was interrupted`));
    return open.map((turn) => turn.id);
  }

  get #turnHost(): TurnHost {
    return { ...this.#host, left: (left) => this.#left(left) };
  }

  #left(turn: Turn): void {
    this.#settle(turn);
    this.#host.left(turn);
  }

  #settle(turn: Turn): void {
    if (!turn.settled || this.#open.get(turn.id) !== turn) return;
    this.#open.delete(turn.id);
    turn.emit('turn.completed', { outcome: turn.interrupted ? 'interrupted' : 'completed' });
    this.#host.record({ t: 'over', turn: turn.id });
  }
}
