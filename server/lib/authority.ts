import { BlockList, isIP } from 'node:net';

/** Names and numbers, as browsers send them: no user, no path, no percent-encoding, no zone of an IPv6 address. */
const AUTHORITY = /^(?:[a-z0-9_.-]{1,254}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Host and port of a URL, each in the one spelling that it has. */
export type Authority = {
  /** In lower case; IPv4 addresses as four numbers, IPv6 addresses without brackets; no dot at the end. */
  readonly name: string;
  /** As it is in an origin (RFC 6454): with its port, unless that is the scheme's own. */
  readonly originFor: (scheme: 'http' | 'https') => string;
};

/** @returns `undefined` for what is no host with or without a port (RFC 9110 7.2). */
export function parseAuthority(text: string): Authority | undefined {
  if (!AUTHORITY.test(text) || !URL.canParse(`http://${text}`)) return undefined;
  const { hostname } = new URL(`http://${text}`);
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (name === '' || name.endsWith('.')) return undefined;
  return { name, originFor: (scheme) => new URL(`${scheme}://${text}`).origin };
}

/** Names that lead to this machine wherever they are asked for (RFC 6761 6.3, RFC 1122 3.2.1.3). @param name - As in `Authority`. */
export function isLoopbackName(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const family = isIP(name);
  return family !== 0 && LOOPBACK.check(name, family === 6 ? 'ipv6' : 'ipv4');
}
