import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';

export type PatienceOptions = {
  readonly limitMs: number;
  /** Notes that nothing is waited for any longer; that is not waited for longer than the limit either. */
  note(): Promise<void>;
  /** It was noted, or has become needless after all. */
  onOver(): void;
  onNeedless(): void;
};

/** How long something is waited for that begins and ends again and again. */
export class Patience {
  readonly #options: PatienceOptions;
  #timer: NodeJS.Timeout | undefined;
  /** Counts what is waited for: what is over is not what began after it. */
  #turn = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#turn += 1;
    const turn = this.#turn;
    this.#timer = setTimeout(() => void this.#over(turn), this.#options.limitMs);
  }

  end(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async #over(turn: number): Promise<void> {
    const { limitMs, note, onOver, onNeedless } = this.#options;
    // The loop may have been held up, and nothing else: what is done is taken note of first.
    await immediate();
    await immediate();
    if (this.#turn !== turn) return;
    await Promise.race([note(), delay(limitMs, undefined, { ref: false })]);
    if (this.#turn === turn) onOver();
    else onNeedless();
  }
}
