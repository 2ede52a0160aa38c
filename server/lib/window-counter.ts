export type WindowCounterOptions = {
  readonly windowMs: number;
  /** Names counted at once, at about 200 bytes each: beyond it the one that was counted first is forgotten. */
  readonly maxNames: number;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
};

export type WindowCount = {
  readonly count: number /** When counting begins anew, in milliseconds. */;
  readonly endsMs: number;
};

/** Counts by name, each for a window of time that begins with the first. No timer: what is over is dropped when others come. */
export class WindowCounter {
  readonly #options: WindowCounterOptions;
  /** In the order in which their windows end. */
  readonly #counts = new Map<string, { count: number; readonly endsMs: number }>();

  constructor(options: WindowCounterOptions) {
    this.#options = options;
  }

  /** Names that are remembered. */
  get names(): number {
    return this.#counts.size;
  }

  of(name: string): WindowCount {
    const known = this.#counts.get(name);
    const nowMs = this.#options.now();
    return known !== undefined && known.endsMs > nowMs ? known : { count: 0, endsMs: nowMs + this.#options.windowMs };
  }

  /** @returns with this one. */
  add(name: string): WindowCount {
    const { count, endsMs } = this.of(name);
    const known = this.#counts.get(name);
    if (known !== undefined && count > 0) {
      known.count += 1;
      return known;
    }
    this.#counts.delete(name);
    this.#makeRoom();
    const fresh = { count: 1, endsMs };
    this.#counts.set(name, fresh);
    return fresh;
  }

  remove(name: string): void {
    const known = this.#counts.get(name);
    if (known !== undefined && known.count > 0) known.count -= 1;
  }

  #makeRoom(): void {
    const nowMs = this.#options.now();
    for (const [name, { endsMs }] of this.#counts) {
      if (endsMs > nowMs && this.#counts.size < this.#options.maxNames) return;
      this.#counts.delete(name);
    }
  }
}
