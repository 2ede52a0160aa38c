import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../../errors.ts';
import { commaList } from '../../lib/comma-list.ts';
import { originOf } from '../../lib/origin.ts';

/** Headers that name who may read. */
const NAMING: readonly string[] = ['Access-Control-Allow-Origin', 'Timing-Allow-Origin'];

/** Pages, by their origins, that may read what other pages may not (Fetch, CORS protocol). */
export class AllowedOrigins {
  readonly #origins: ReadonlySet<string> | 'any';

  /**
   * @param setting - `*`, or origins between commas.
   * @throws {StreamError} `CONFIG_INVALID`.
   */
  constructor(setting: string) {
    const names = commaList(setting);
    this.#origins = names.includes('*') ? 'any' : new Set(names.map(requireOrigin));
  }

  get any(): boolean {
    return this.#origins === 'any';
  }

  /** As a list for `frame-ancestors` (CSP 3, 6.4.2). */
  get sources(): string[] {
    return this.#origins === 'any' ? ['*'] : ["'self'", ...this.#origins];
  }

  allows(origin: string | undefined): boolean {
    return this.#origins === 'any' || (origin !== undefined && this.#origins.has(origin));
  }

  /** What `Access-Control-Allow-Origin` tells a page of that origin; undefined: nothing. */
  granted(origin: string | undefined): string | undefined {
    if (this.any) return '*';
    return this.allows(origin) ? origin : undefined;
  }

  /**
   * Media answers say `*`, from lists that are made once. Where not all pages may read them, the list of this answer is changed on its
   * way: to the origin that asks, if it is one of ours, and to none otherwise.
   */
  narrow({ headers: { origin } }: IncomingMessage, res: ServerResponse): void {
    if (this.any) return;
    const allowed = this.granted(origin);
    const writeHead = res.writeHead.bind(res) as (status: number, headers?: string[]) => ServerResponse;
    const narrowed = (status: number, headers: string[] = []): ServerResponse => {
      for (const name of NAMING) {
        if (res.hasHeader(name) && allowed === undefined) res.removeHeader(name);
        else if (res.hasHeader(name) && allowed !== undefined) res.setHeader(name, allowed);
      }
      return writeHead(status, [...withOrigin(headers, allowed), 'Vary', 'Origin']);
    };
    res.writeHead = narrowed as typeof res.writeHead;
  }
}

function withOrigin(headers: readonly string[], allowed: string | undefined): string[] {
  const narrowed: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]];
    if (!NAMING.includes(name)) narrowed.push(name, value);
    else if (allowed !== undefined) narrowed.push(name, allowed);
  }
  return narrowed;
}

function requireOrigin(text: string): string {
  const origin = originOf(text);
  if (origin === undefined)
    throw new StreamError('CONFIG_INVALID', `an origin is like https://example.com, got '${text}'`);
  return origin;
}
