import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { clientAddress, networkOf, type TrustedProxy } from '../client-address.ts';
import type { ApiKeys } from './api-keys.ts';

/** Enough to tell clients apart. */
const NAME_BYTES = 9;

/** A name for who calls: by the key, or by the network where none is wanted. It is kept with what was made, and says nothing of either. */
export function ownerOf(req: IncomingMessage, keys: ApiKeys, trusts: TrustedProxy | undefined): string {
  const who = keys.nameOf(req) ?? `network ${networkOf(clientAddress(req, trusts))}`;
  return createHash('sha256').update(who).digest().subarray(0, NAME_BYTES).toString('base64url');
}
