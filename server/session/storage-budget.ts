import { StreamError } from '../errors.ts';

/** How long what was accepted waits, at most, for others to make room. */
const WAIT_MS = 60_000;
/** Before the next one is refused when nobody will make room: what the last one had is being deleted. */
const PAUSE_MS = 100;
/** Uploads that tell how much is made of one: older ones count less and less. */
const LEARNT_BYTES = 64 * 1024 * 1024;
const GROWTH = { least: 1, most: 100 };

export type StorageBudgetOptions = {
  /** Bound of what all sessions keep on disk, with what is promised to them. */
  readonly maxBytes: number;
  /** There was not enough room for something. */
  onFull(): void;
};

type Waiter = { readonly bytes: number; readonly begin: () => void; readonly refuse: (reason: unknown) => void };

/**
 * What all sessions keep on disk, counted as it is written, under one bound: what does not fit is refused before it is written. What is
 * accepted has a promise of room for what will be made of it, as much as was made of those before it; once its length is known, it holds
 * the most that it can come to.
 */
export class StorageBudget {
  readonly #options: StorageBudgetOptions;
  readonly #waiting = new Set<Waiter>();
  #bytes = 0;
  /** Reservations: each gives something back, sooner or later. */
  #held = 0;
  readonly #learnt = { uploaded: 0, made: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StorageBudgetOptions) {
    this.#options = options;
  }

  /** Kept, or promised. */
  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  /** Bytes that are made of one that is uploaded. */
  get growth(): number {
    const { uploaded, made } = this.#learnt;
    return uploaded === 0 ? GROWTH.least : Math.min(GROWTH.most, Math.max(GROWTH.least, made / uploaded));
  }

  /** @throws {StreamError} `STORAGE_FULL`. */
  assertRoom(bytes = 0): void {
    if (this.#fits(bytes) && this.#bytes < this.maxBytes) return;
    this.#options.onFull();
    throw this.#refusal(bytes);
  }

  /** More, or less, is kept or promised. */
  change(bytes: number): void {
    this.#bytes += bytes;
    if (bytes < 0) this.#admit();
  }

  /**
   * Resolves when there is room, which is taken then; `giveBack` follows.
   *
   * @throws {StreamError} `STORAGE_FULL` when nobody gives anything back, or not for a minute; the signal's reason.
   */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#fits(bytes)) {
      this.#hold(bytes);
      return;
    }
    this.#options.onFull();
    if (bytes > this.maxBytes) throw this.#refusal(bytes);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { bytes, begin: resolve, refuse: reject };
    this.#waiting.add(waiter);
    const onAbort = (): void => this.#refuse(waiter, signal.reason);
    const timer = setTimeout(() => this.#refuse(waiter), WAIT_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#refuseLater();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** @param made - What was written of what was uploaded, in bytes; absent where nothing was uploaded. */
  giveBack(bytes: number, made?: { readonly bytes: number; readonly uploaded: number }): void {
    this.#held -= 1;
    if (made) this.#learn(made.bytes, made.uploaded);
    this.change(-bytes);
    this.#refuseLater();
  }

  #hold(bytes: number): void {
    this.#held += 1;
    this.#bytes += bytes;
  }

  #fits(bytes: number): boolean {
    return this.#bytes + bytes <= this.maxBytes;
  }

  #refusal(bytes: number): StreamError {
    return new StreamError(
      'STORAGE_FULL',
      `sessions keep ${this.#bytes} bytes, ${bytes} more are needed, and MAX_DATA_BYTES is ${this.maxBytes}: ` +
        'delete sessions, or try again later',
    );
  }

  /** Whoever fits: a sentence does not wait behind a film. */
  #admit(): void {
    for (const waiter of this.#waiting) {
      if (!this.#fits(waiter.bytes)) continue;
      this.#waiting.delete(waiter);
      this.#hold(waiter.bytes);
      waiter.begin();
    }
  }

  #refuse(waiter: Waiter, reason: unknown = this.#refusal(waiter.bytes)): void {
    if (this.#waiting.delete(waiter)) waiter.refuse(reason);
  }

  /** Nobody waits for what nobody will give back: one after the other is refused, since each leaves room for the others. */
  #refuseLater(): void {
    if (this.#held > 0 || this.#waiting.size === 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const [first] = this.#waiting;
      if (first && this.#held === 0) this.#refuse(first);
      this.#refuseLater();
    }, PAUSE_MS);
  }

  #learn(made: number, uploaded: number): void {
    this.#learnt.made += made;
    this.#learnt.uploaded += uploaded;
    if (this.#learnt.uploaded < LEARNT_BYTES) return;
    this.#learnt.made /= 2;
    this.#learnt.uploaded /= 2;
  }
}
