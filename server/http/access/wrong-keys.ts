import type { IncomingMessage } from 'node:http';
import { StreamError } from '../../errors.ts';
import { WindowCounter } from '../../lib/window-counter.ts';
import { clientAddress, isLoopback, networkOf } from '../client-address.ts';
import type { HttpLimits } from '../limits.ts';

const WINDOW_MS = 60_000;
const MAX_NAMES = 20_000;

export type WrongKeysOptions = {
  readonly limits: Pick<HttpLimits, 'wrongKeysPerMinute' | 'exemptLoopback' | 'trusts'>;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
};

/**
 * Counts wrong keys by the network they come from. Only what was found wrong is counted, and only who brings a wrong one is told to wait:
 * a right key is let in whatever its neighbours guess.
 */
export class WrongKeys {
  readonly #options: WrongKeysOptions;
  readonly #counter: WindowCounter;

  constructor(options: WrongKeysOptions) {
    this.#options = options;
    this.#counter = new WindowCounter({ windowMs: WINDOW_MS, maxNames: MAX_NAMES, now: options.now });
  }

  /** @throws {StreamError} `RATE_LIMITED` when there were too many. */
  note(req: IncomingMessage): void {
    const { wrongKeysPerMinute, exemptLoopback, trusts } = this.#options.limits;
    const address = clientAddress(req, trusts);
    if (exemptLoopback && isLoopback(address)) return;
    if (this.#counter.add(networkOf(address)).count > wrongKeysPerMinute)
      throw new StreamError('RATE_LIMITED', `too many wrong API keys: ${wrongKeysPerMinute} a minute are answered`);
  }
}
