/** A binary heap: the smallest item first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #less: (a: T, b: T) => boolean;

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  /** Removes every item that matches; linear. */
  remove(matches: (item: T) => boolean): void {
    const kept = this.#items.filter((item) => !matches(item));
    if (kept.length === this.#items.length) return;
    this.#items.length = 0;
    for (const item of kept) this.push(item);
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfLess(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const a = this.#items[left];
      const b = this.#items[right];
      if (a === undefined) return;
      const child = b !== undefined && this.#less(b, a) ? right : left;
      if (!this.#swapIfLess(child, index)) return;
      index = child;
    }
  }

  /** Swaps the two items when the first is smaller; true when it did. */
  #swapIfLess(index: number, other: number): boolean {
    const a = this.#items[index];
    const b = this.#items[other];
    if (a === undefined || b === undefined || !this.#less(a, b)) return false;
    this.#items[index] = b;
    this.#items[other] = a;
    return true;
  }
}
