import { StreamError } from '../../errors.ts';
import { type Authority, isLoopbackName, parseAuthority } from '../../lib/authority.ts';
import { commaList } from '../../lib/comma-list.ts';
import { HOST_PATTERN_RULE, isHostPattern } from '../../lib/host-pattern.ts';

/** Addresses that stand for all of a machine's own: nobody asks for them. */
const ANY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

export type KnownHostsOptions = {
  /** ALLOWED_HOSTS: names and addresses between commas; `*.example.com` for all below a name, `*` for any. */
  readonly allowed?: string | undefined;
  readonly publicUrl?: string | undefined;
  /** Where the server listens. */
  readonly address?: string | undefined;
};

/**
 * Names by which this server may be asked. A page of any site can have its own name resolve to 127.0.0.1 (DNS rebinding): to the browser
 * it then is of our origin, and all that gives it away is the name it asks for.
 */
export class KnownHosts {
  readonly #names = new Set<string>();
  /** With the dot before them. */
  readonly #suffixes: string[] = [];
  readonly #any: boolean;

  /** @throws {StreamError} `CONFIG_INVALID`. */
  constructor({ allowed, publicUrl, address }: KnownHostsOptions) {
    const patterns = commaList(allowed);
    this.#any = patterns.includes('*');
    for (const pattern of patterns) this.#add(pattern);
    if (publicUrl !== undefined && URL.canParse(publicUrl)) this.#addName(parseAuthority(new URL(publicUrl).host));
    const own = address === undefined || ANY_ADDRESS.includes(address) ? undefined : address;
    if (own !== undefined) this.#addName(parseAuthority(own.includes(':') ? `[${own}]` : own));
  }

  knows({ name }: Authority): boolean {
    if (this.#any || isLoopbackName(name) || this.#names.has(name)) return true;
    return this.#suffixes.some((suffix) => name.endsWith(suffix) && name.length > suffix.length);
  }

  #add(pattern: string): void {
    if (pattern === '*') return;
    if (!isHostPattern(pattern)) throw new StreamError('CONFIG_INVALID', `${HOST_PATTERN_RULE}, got '${pattern}'`);
    if (pattern.startsWith('*.')) this.#suffixes.push(nameOf(pattern.slice(2), '.'));
    else this.#addName(parseAuthority(pattern));
  }

  #addName(authority: Authority | undefined): void {
    if (authority !== undefined) this.#names.add(authority.name);
  }
}

function nameOf(text: string, before: string): string {
  return before + (parseAuthority(text)?.name ?? text);
}
