import type { IncomingMessage } from 'node:http';
import { StreamError } from '../../errors.ts';
import type { Audience } from '../public-reason.ts';
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
  /** True: media wants a token. */
  readonly wantsTokens: boolean;
  readonly #tokens: PlaybackTokens | undefined;

  constructor({ apiKey, playbackSecret, playbackHours, now }: AccessOptions) {
    this.keys = new ApiKeys(apiKey);
    this.wantsTokens = playbackSecret !== undefined;
    // Where the API wants a key but media no token, events do: a page that follows them has no way to bring a key.
    const secret = playbackSecret ?? (this.keys.required ? `events ${apiKey}` : undefined);
    this.#tokens = secret === undefined ? undefined : new PlaybackTokens({ secret, hours: playbackHours, now });
  }

  /** A token for one session; `undefined` when there is nothing to lock. */
  async tokenFor(sessionId: string): Promise<string | undefined> {
    return this.#tokens?.mint(sessionId);
  }

  /** A session that does not exist is no different from any other here. */
  mayWatch(token: string | undefined, sessionId: string): boolean | Promise<boolean> {
    return !this.wantsTokens || this.#isOf(sessionId, token);
  }

  /** @throws {StreamError} `UNAUTHORIZED`. */
  requireKey(req: IncomingMessage): void {
    if (this.keys.required && this.keys.nameOf(req) === undefined)
      throw new StreamError('UNAUTHORIZED', 'this wants the header Authorization: Bearer with an API key');
  }

  /** Who brings a right key, or needs none, may know what happens inside; who was let in by a token only watches. */
  audienceOf(req: IncomingMessage): Audience {
    return this.#tokens === undefined || this.keys.nameOf(req) !== undefined ? 'caller' : 'viewer';
  }

  /**
   * The events of a session: for its viewers, and for who may call the API.
   *
   * @throws {StreamError} `UNAUTHORIZED` for who brings nothing where a key would do, `TOKEN_REFUSED`.
   */
  async requireToFollow(req: IncomingMessage, queryToken: string | undefined, sessionId: string): Promise<void> {
    if (this.#tokens === undefined || this.keys.nameOf(req) !== undefined) return;
    const token = queryToken ?? bearerOf(req);
    if (token === undefined) this.requireKey(req);
    if (!(await this.#isOf(sessionId, token))) throw tokenRefused();
  }

  #isOf(sessionId: string, token: string | undefined): boolean | Promise<boolean> {
    if (token === undefined) return false;
    return this.#tokens?.allows(token, sessionId) ?? false;
  }
}

/** The same whether the session exists or not, and whatever is wrong with the token. */
export function tokenRefused(): StreamError {
  return new StreamError('TOKEN_REFUSED', 'this wants a playback token of the session that has not expired');
}
