import type { IncomingMessage } from 'node:http';
import { type Authority, parseAuthority } from '../../lib/authority.ts';
import { commaList } from '../../lib/comma-list.ts';
import type { TrustedProxy } from '../client-address.ts';
import type { HttpLogger } from '../logger.ts';
import { type Problem, problem } from '../problem.ts';
import type { KnownHosts } from './known-hosts.ts';

/** Spellings of hosts that were parsed already; browsers and players send few different ones. Bounded, for those who send many. */
const MAX_PARSED = 256;
/** Names that are told in the log, each once: a stranger may send any number of them. */
const MAX_NOTED = 10;
const ABSOLUTE_FORM = /^(https?):\/\/([^/?#]*)(.*)$/i;

/** It does not repeat the name: what a request says of the host comes back in nothing. */
const UNKNOWN = problem(
  'HOST_UNKNOWN',
  'the Host header names another server: if this one should have that name, start it with ALLOWED_HOSTS (names between commas) or PUBLIC_URL',
);
const MALFORMED = problem(
  'REQUEST_INVALID',
  'a request wants one Host header, with the name or address of this server',
);

export type HostGateOptions = {
  readonly known: KnownHosts;
  /** False: any host will do, since whoever asks must bring a key. */
  readonly isStrict: boolean;
  /** Proxies whose `X-Forwarded-Host` counts. */
  readonly trusts: TrustedProxy | undefined;
  readonly logger: Pick<HttpLogger, 'warn'>;
};

/** Answers only to requests that are meant for this server (RFC 9110 7.4), whatever they ask for. */
export class HostGate {
  readonly #options: HostGateOptions;
  readonly #parsed = new Map<string, Authority | undefined>();
  /** Spellings that may be asked for. */
  readonly #admitted = new Set<string>();
  readonly #noted = new Set<string>();

  constructor(options: HostGateOptions) {
    this.#options = options;
  }

  /**
   * Why a request is refused; `undefined` when it is not. A target in absolute form (RFC 9112 3.2.2) becomes a path: what follows knows
   * no other.
   */
  refusal(req: IncomingMessage): Problem | undefined {
    const { host, 'x-forwarded-host': forwarded } = req.headers;
    if (countHosts(req) > 1) return MALFORMED;
    // As nearly all are that come, thousands in a second.
    const isPlain = forwarded === undefined && req.url?.startsWith('/') === true;
    if (isPlain && host !== undefined && this.#admitted.has(host)) return undefined;
    const refusal = this.#judge(req);
    if (refusal === undefined && isPlain && host !== undefined && this.#admitted.size < MAX_PARSED)
      this.#admitted.add(host);
    return refusal;
  }

  #judge(req: IncomingMessage): Problem | undefined {
    const target = targetAuthority(req);
    // HTTP/1.0 knows no Host, and no browser speaks it.
    if (req.headers.host === undefined && !isHttp10(req)) return MALFORMED;
    for (const host of [...this.hostsOf(req), ...(target === undefined ? [] : [target])]) {
      const authority = this.#parse(host);
      if (authority === undefined) return MALFORMED;
      if (!this.#options.isStrict || this.#options.known.knows(authority)) continue;
      this.#note(authority.name);
      return UNKNOWN;
    }
    return undefined;
  }

  /** Whether a page could not have sent a request by making a name of its own lead here. */
  isNamedRight(req: IncomingMessage): boolean {
    return this.hostsOf(req).every((host) => {
      const authority = this.#parse(host);
      return authority !== undefined && this.#options.known.knows(authority);
    });
  }

  /** The host a request names, and those under which trusted proxies were asked. Who else sends `X-Forwarded-Host` may write anything. */
  hostsOf(req: IncomingMessage): string[] {
    const { host } = req.headers;
    const own = host === undefined ? [] : [host];
    const forwarded = req.headers['x-forwarded-host'];
    if (forwarded === undefined || !this.#options.trusts?.(req.socket.remoteAddress ?? '', 0)) return own;
    return [...own, ...commaList(String(forwarded))];
  }

  /** Origins that pages of this server have to a browser which sends this request. */
  originsOf(req: IncomingMessage): string[] {
    const proto = req.headers['x-forwarded-proto'];
    const isTrusted = this.#options.trusts?.(req.socket.remoteAddress ?? '', 0) === true;
    const scheme = isTrusted && commaList(String(proto ?? ''))[0]?.toLowerCase() === 'https' ? 'https' : 'http';
    return this.hostsOf(req).flatMap((host) => this.#parse(host)?.originFor(scheme) ?? []);
  }

  /** Whoever set up a proxy, or a name, finds here what to allow. */
  #note(name: string): void {
    if (this.#noted.size >= MAX_NOTED || this.#noted.has(name)) return;
    this.#noted.add(name);
    this.#options.logger.warn(
      { host: name },
      'requests for a host of another name are refused: ALLOWED_HOSTS would let them in',
    );
  }

  #parse(host: string): Authority | undefined {
    if (this.#parsed.has(host)) return this.#parsed.get(host);
    const authority = parseAuthority(host);
    if (this.#parsed.size < MAX_PARSED) this.#parsed.set(host, authority);
    return authority;
  }
}

function isHttp10({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMajor === 1 && httpVersionMinor === 0;
}

/** Node gives the first of several. */
function countHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

/** The host in a target of absolute form, which is cut down to its path. */
function targetAuthority(req: IncomingMessage): string | undefined {
  if (req.url === undefined || req.url.startsWith('/')) return undefined;
  const [, , authority, rest = ''] = ABSOLUTE_FORM.exec(req.url) ?? [];
  if (authority === undefined) return undefined;
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
  return authority;
}
