import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

const ALGORITHM = 'HS256';
const AUDIENCE = 'play';
const HOUR_SECONDS = 3_600;
/** Valid tokens that are known without asking again; at about 300 bytes each. */
const MAX_KNOWN = 10_000;

export type PlaybackTokensOptions = {
  /** Any length: what signs is its digest. */
  readonly secret: string;
  /** How long a token is valid, in hours; up to one more, so that those of an hour are the same and a cache may share what it holds. */
  readonly hours: number;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
};

type Known = { readonly sessionId: string; readonly expiresMs: number };

/** Signed, expiring permissions to watch one session (JWT, RFC 7519): what a URL can carry where no header can. */
export class PlaybackTokens {
  readonly #key: Uint8Array;
  readonly #options: PlaybackTokensOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: PlaybackTokensOptions) {
    this.#options = options;
    this.#key = createHash('sha256').update(options.secret).digest();
  }

  mint(sessionId: string): Promise<string> {
    const { hours, now } = this.#options;
    const hour = Math.floor(now() / 1000 / HOUR_SECONDS) + 1;
    return new SignJWT({})
      .setProtectedHeader({ alg: ALGORITHM })
      .setSubject(sessionId)
      .setAudience(AUDIENCE)
      .setExpirationTime(Math.ceil((hour + hours) * HOUR_SECONDS))
      .sign(this.#key);
  }

  /** Whether a token lets one watch a session; at once for those seen before, which is what all but the first request of a viewer bring. */
  allows(token: string, sessionId: string): boolean | Promise<boolean> {
    const known = this.#known.get(token);
    if (known === undefined) return this.#verify(token, sessionId);
    if (this.#options.now() < known.expiresMs) return known.sessionId === sessionId;
    this.#known.delete(token);
    return false;
  }

  async #verify(token: string, sessionId: string): Promise<boolean> {
    const currentDate = new Date(this.#options.now());
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        currentDate,
      });
      this.#remember(token, { sessionId: payload.sub ?? '', expiresMs: (payload.exp ?? 0) * 1000 });
      return payload.sub === sessionId;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }

  #remember(token: string, known: Known): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(token, known);
  }
}
