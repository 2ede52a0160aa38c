import type { IncomingMessage } from 'node:http';
import { StreamError } from '../../errors.ts';
import { ApiKeys, bearerOf } from './api-keys.ts';
import { PlaybackTokens } from './playback-tokens.ts';

export type AccessOptions = {
  /** API_KEY: without one, whoever reaches the server may call the API. */
  readonly apiKey?: string | undefined;
  /** PLAYBACK_SECRET: without one, whoever knows a session's id may watch it. */
  readonly playbackSecret?: string | undefined;
  /** How long playback tokens are valid, in hours. */
  readonly playbackHours: number;
  readonly now: () => number;
};

export const OPEN_ACCESS: Omit<AccessOptions, 'now'> = { playbackHours: 24 };

/** Who may do what: keys call the API, tokens watch one session. */
export class Access {
  readonly keys: ApiKeys;
  readonly #tokens: PlaybackTokens | undefined;

  constructor({ apiKey, playbackSecret, playbackHours, now }: AccessOptions) {
    this.keys = new ApiKeys(apiKey);
    this.#tokens =
      playbackSecret === undefined
        ? undefined
        : new PlaybackTokens({ secret: playbackSecret, hours: playbackHours, now });
  }

  /** True: watching wants a token. */
  get wantsTokens(): boolean {
    return this.#tokens !== undefined;
  }

  /** A token for one session; `undefined` when none is wanted. */
  async tokenFor(sessionId: string): Promise<string | undefined> {
    return this.#tokens?.mint(sessionId);
  }

  /** True when none is wanted. A session that does not exist is no different from any other here. */
  mayWatch(token: string | undefined, sessionId: string): boolean | Promise<boolean> {
    if (this.#tokens === undefined) return true;
    return token === undefined ? false : this.#tokens.allows(token, sessionId);
  }

  /** @throws {StreamError} `UNAUTHORIZED`. */
  requireKey(req: IncomingMessage): void {
    if (this.keys.required && this.keys.nameOf(req) === undefined)
      throw new StreamError('UNAUTHORIZED', 'this wants the header Authorization: Bearer with an API key');
  }

  /**
   * The events of a session: for its viewers, and for who may call the API.
   *
   * @throws {StreamError} `UNAUTHORIZED`, `TOKEN_REFUSED`.
   */
  async requireToFollow(req: IncomingMessage, token: string | undefined, sessionId: string): Promise<void> {
    if (this.keys.nameOf(req) !== undefined) return;
    if (!this.wantsTokens) this.requireKey(req);
    else if (!(await this.mayWatch(token ?? bearerOf(req), sessionId))) throw tokenRefused();
  }
}

/** The same whether the session exists or not, and whatever is wrong with the token. */
export function tokenRefused(): StreamError {
  return new StreamError('TOKEN_REFUSED', 'this wants a playback token of the session that has not expired');
}
