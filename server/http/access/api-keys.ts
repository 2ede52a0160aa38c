import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { commaList } from '../../lib/comma-list.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** The credential of an `Authorization: Bearer` header (RFC 6750 2.1). */
export function bearerOf(req: Pick<IncomingMessage, 'headers'>): string | undefined {
  return BEARER.exec(req.headers.authorization ?? '')?.[1];
}

/** Who may call the API. Keys are kept and compared as digests: the time it takes tells nothing of them, nor of their length. */
export class ApiKeys {
  readonly #digests: readonly Buffer[];

  /** @param setting - One key, or several between commas: a new one is added before the old one goes. */
  constructor(setting: string | undefined) {
    this.#digests = commaList(setting).map(digestOf);
  }

  /** False: none is wanted. */
  get required(): boolean {
    return this.#digests.length > 0;
  }

  /** A name for the key that a request brings, which tells nothing of it; `undefined` when it brings none that is right. */
  nameOf(req: Pick<IncomingMessage, 'headers'>): string | undefined {
    const given = bearerOf(req);
    if (given === undefined) return undefined;
    const digest = digestOf(given);
    let name: string | undefined;
    // All of them, always: which one it was is nobody's business.
    for (const [index, own] of this.#digests.entries()) if (timingSafeEqual(own, digest)) name = `key ${index + 1}`;
    return name;
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
