/** How exact deadlines are, in milliseconds: nobody is called early, and nobody later than that. */
export const DEADLINE_STEP_MS = 100;

/**
 * Deadlines that are mostly not reached, of very many at once: one timer for all of them, and none while there are none. A timer
 * of Node's own for each costs as much as the request that it guards.
 */
export class Deadlines<Item> {
  /** By the number of the step that ends after them. */
  readonly #steps = new Map<number, Set<Item>>();
  readonly #expire: (item: Item) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(expire: (item: Item) => void) {
    this.#expire = expire;
  }

  /** @returns what `remove` wants to know. */
  add(item: Item, afterMs: number): number {
    const step = Math.floor((performance.now() + afterMs) / DEADLINE_STEP_MS) + 1;
    const items = this.#steps.get(step);
    if (items === undefined) this.#steps.set(step, new Set([item]));
    else items.add(item);
    this.#timer ??= this.#arm();
    return step;
  }

  /** @param step - What `add` returned. */
  remove(item: Item, step: number): void {
    const items = this.#steps.get(step);
    if (items?.delete(item) !== true || items.size > 0) return;
    this.#steps.delete(step);
    if (this.#steps.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => this.#turn(), DEADLINE_STEP_MS);
  }

  #turn(): void {
    const now = performance.now() / DEADLINE_STEP_MS;
    const over = [...this.#steps].filter(([step]) => step <= now);
    for (const [step] of over) this.#steps.delete(step);
    this.#timer = this.#steps.size > 0 ? this.#arm() : undefined;
    for (const [, items] of over) for (const item of items) this.#expire(item);
  }
}
