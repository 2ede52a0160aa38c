import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeldLimits } from './held-limits.ts';
import type { Answer } from './live-answers.ts';

export type HoldOptions = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly sessionId: string;
  /** Longest time to wait. */
  readonly holdMs: number;
  /** Makes the answer when that time is over. */
  readonly expire: () => Answer;
  /** Sends the answer. */
  readonly send: (answer: Answer, req: IncomingMessage, res: ServerResponse) => void;
};

/** One request whose answer is not there yet. It ends in exactly one way: answered, expired, or left by its client. */
export class HeldRequest {
  readonly #options: HoldOptions;
  readonly #limits: HeldLimits;
  readonly #address: string;
  readonly #timer: NodeJS.Timeout;
  readonly #onLeave: (held: HeldRequest) => unknown;
  readonly #onClose = (): void => {
    this.#settle();
  };
  #settled = false;

  private constructor(
    options: HoldOptions,
    limits: HeldLimits,
    address: string,
    onLeave: (held: HeldRequest) => unknown,
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#address = address;
    this.#onLeave = onLeave;
    this.#timer = setTimeout(() => this.answer(options.expire()), options.holdMs);
    // The socket and not the response: one that waits behind another on its connection never hears that the client left.
    options.req.socket.once('close', this.#onClose);
  }

  /** @param onLeave - Called once, however it ends. @returns `undefined` when too many are held already. */
  static hold(
    options: HoldOptions,
    limits: HeldLimits,
    onLeave: (held: HeldRequest) => unknown,
  ): HeldRequest | undefined {
    const address = limits.enter(options.req, options.sessionId);
    return address === undefined ? undefined : new HeldRequest(options, limits, address, onLeave);
  }

  /** Does nothing when the request has ended in another way. */
  answer(answer: Answer): void {
    const { req, res, send } = this.#options;
    if (this.#settle()) send(answer, req, res);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.req.socket.off('close', this.#onClose);
    this.#limits.leave(this.#options.req, this.#address, this.#options.sessionId);
    this.#onLeave(this);
    return true;
  }
}
