import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import { commaList } from '../lib/comma-list.ts';

/** Says whether the machine of an address may tell for whom it asks. */
export type TrustedProxy = (address: string, hop: number) => boolean;

/**
 * The proxies whose `X-Forwarded-For` is believed.
 *
 * @param setting - Addresses and networks between commas, also `loopback`, `linklocal` and `uniquelocal`; empty: none.
 * @throws {TypeError} for what is no address.
 */
export function trustedProxies(setting: string | undefined): TrustedProxy | undefined {
  const given = commaList(setting);
  return given.length === 0 ? undefined : proxyAddr.compile(given);
}

/** Address of the client: of the connection, unless a proxy that is trusted names another. Anyone else could write what he likes. */
export function clientAddress(req: IncomingMessage, trusts: TrustedProxy | undefined): string {
  const address = req.socket.remoteAddress ?? '';
  return trusts === undefined || address === '' ? address : proxyAddr(req, trusts);
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** Counts per name, forgetting names at zero: bounded by what is counted, never by who came by. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  remove(name: string): void {
    const count = this.of(name) - 1;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}
