import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
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
  if (address === '::1') return true;
  // A proxy may pass on what is no address at all.
  return (address.startsWith('127.') || address.startsWith('::ffff:127.')) && isIP(address) !== 0;
}

/** What proxies add to a request that they pass on. */
const PASSED_ON = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

/** Whether a program on this machine asks. Where no proxy is trusted, a request that one passed on may come from anywhere. */
export function isFromHere(req: IncomingMessage, trusts: TrustedProxy | undefined): boolean {
  if (!isLoopback(clientAddress(req, trusts))) return false;
  return trusts !== undefined || !PASSED_ON.some((name) => name in req.headers);
}

/** IPv4 address inside an IPv6 one, as a socket that takes both shows it (RFC 4291 2.5.5.2). */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const MAX_NAME_LENGTH = 64;

/** Whom a limit per address counts: who has one IPv6 address has a network of 2^64 of them. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.slice(0, MAX_NAME_LENGTH);
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%', 1);
  if (isIP(plain) !== 6) return address.slice(0, MAX_NAME_LENGTH);
  const [before = '', after] = plain.split('::', 2).map((half) => half.split(':').filter((group) => group !== ''));
  const groups =
    after === undefined ? [...before] : [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(String(group), 16).toString(16))
    .join(':')}::/64`;
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
