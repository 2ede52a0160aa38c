import type { IncomingMessage } from 'node:http';
import { StreamError } from '../../errors.ts';
import { originOf } from '../../lib/origin.ts';
import type { AllowedOrigins } from './allowed-origins.ts';
import type { HostGate } from './host-gate.ts';

/** Methods that change nothing here (RFC 9110 9.2.1). */
const READING: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS'];

export type OriginGuardOptions = {
  readonly hosts: Pick<HostGate, 'originsOf'>;
  readonly publicUrl?: string | undefined;
};

/**
 * Keeps pages of other sites from calling what is not theirs: without CORS they can't read an answer, but a form post needs none. What a
 * browser says of its page is `Origin`, which no page can change; Fetch Metadata only adds to it, since not every browser sends it. What
 * is no browser says nothing of the kind, and passes.
 */
export class OriginGuard {
  readonly #hosts: Pick<HostGate, 'originsOf'>;
  readonly #publicOrigin: string | undefined;

  constructor({ hosts, publicUrl }: OriginGuardOptions) {
    this.#hosts = hosts;
    this.#publicOrigin = publicUrl === undefined || !URL.canParse(publicUrl) ? undefined : new URL(publicUrl).origin;
  }

  /**
   * @param allowed - Pages of other origins that may send this request.
   * @param setting - That names them.
   * @throws {StreamError} `FORBIDDEN` for a page that is neither of those nor ours.
   */
  check(req: IncomingMessage, allowed: AllowedOrigins, setting: string): void {
    const { origin, referer } = req.headers;
    const site = req.headers['sec-fetch-site'];
    const changes = !READING.includes(req.method);
    if (origin !== undefined) {
      if (!this.#isOurs(req, origin) && !allowed.allows(origin)) throw refused(setting);
      return;
    }
    if (req.method === 'OPTIONS' || allowed.any) return;
    const isElsewhere = site === 'cross-site' || site === 'same-site';
    // A link may lead here from anywhere.
    if (isElsewhere && (changes || req.headers['sec-fetch-mode'] !== 'navigate')) throw refused(setting);
    const page = referer === undefined ? undefined : originOfUrl(referer);
    if (changes && page !== undefined && !this.#isOurs(req, page) && !allowed.allows(page)) throw refused(setting);
  }

  #isOurs(req: IncomingMessage, text: string): boolean {
    const origin = originOf(text);
    if (origin === undefined) return false;
    return origin === this.#publicOrigin || this.#hosts.originsOf(req).includes(origin);
  }
}

/** It does not repeat the origin, which the page knows. */
function refused(setting: string): StreamError {
  return new StreamError(
    'FORBIDDEN',
    `pages of other origins may not call this: to let one, start the server with its origin in ${setting}, or with PUBLIC_URL when that is where this server is`,
  );
}

function originOfUrl(text: string): string | undefined {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  return origin === 'null' ? undefined : origin;
}
