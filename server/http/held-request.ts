import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry, HeldLimits, Stay, Waiting } from './held-limits.ts';
import type { Answer } from './live-answers.ts';

export type HoldOptions = Stay & {
  readonly res: ServerResponse;
  /** Makes the answer when that time is over. */
  readonly expire: () => Answer;
  /** Sends the answer. */
  readonly send: (answer: Answer, req: IncomingMessage, res: ServerResponse) => void;
};

/** One request whose answer is not there yet. It ends in exactly one way: answered, expired, or left by its client. */
export class HeldRequest implements Waiting {
  readonly #options: HoldOptions;
  readonly #limits: HeldLimits;
  readonly #onLeave: (held: HeldRequest) => unknown;
  /** While it waits. */
  #entry: Entry | undefined;

  private constructor(options: HoldOptions, limits: HeldLimits, onLeave: (held: HeldRequest) => unknown) {
    this.#options = options;
    this.#limits = limits;
    this.#onLeave = onLeave;
    this.#entry = limits.enter(this, options);
  }

  /** @param onLeave - Called once, however it ends. @returns `undefined` when too many are held already. */
  static hold(
    options: HoldOptions,
    limits: HeldLimits,
    onLeave: (held: HeldRequest) => unknown,
  ): HeldRequest | undefined {
    const held = new HeldRequest(options, limits, onLeave);
    return held.#entry === undefined ? undefined : held;
  }

  /** Does nothing when the request has ended in another way. */
  answer(answer: Answer): void {
    const { req, res, send } = this.#options;
    if (this.#settle()) send(answer, req, res);
  }

  expire(): void {
    this.answer(this.#options.expire());
  }

  abandon(): void {
    this.#settle();
  }

  #settle(): boolean {
    if (this.#entry === undefined) return false;
    this.#limits.leave(this, this.#entry);
    this.#entry = undefined;
    this.#onLeave(this);
    return true;
  }
}
