/** Pieces that come faster than this are told together: a reader's eyes are no quicker. */
const TOGETHER_MS = 50;

/** What a model writes, gathered for events. */
export class Deltas {
  readonly #tell: (text: string) => void;
  #held = '';
  #toldMs = Number.NEGATIVE_INFINITY;
  #all = '';

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Everything so far. */
  get text(): string {
    return this.#all;
  }

  add(piece: string, nowMs: number): void {
    this.#all += piece;
    this.#held += piece;
    if (nowMs - this.#toldMs < TOGETHER_MS) return;
    this.#toldMs = nowMs;
    this.flush();
  }

  flush(): void {
    if (this.#held !== '') this.#tell(this.#held);
    this.#held = '';
  }
}
