import { StreamError } from '../errors.ts';

/** Delivery Directives (RFC 8216bis 6.2.5). Without `msn` nothing is asked to be waited for. */
export type DeliveryDirectives = { readonly msn?: number; readonly part?: number; readonly skip: boolean };

const NONE: DeliveryDirectives = { skip: false };

/**
 * Reads the Delivery Directives of a playlist request; other parameters are none of ours.
 *
 * @param query - Without its question mark.
 * @throws {StreamError} `REQUEST_INVALID` for a directive that is malformed, given twice, or `_HLS_part` alone.
 */
export function parseDirectives(query: string): DeliveryDirectives {
  if (!query.includes('_HLS_')) return NONE;
  const found = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (name !== '_HLS_msn' && name !== '_HLS_part' && name !== '_HLS_skip') continue;
    if (found.has(name)) throw new StreamError('REQUEST_INVALID', `${name} must be given once`);
    found.set(name, equals < 0 ? '' : pair.slice(equals + 1));
  }
  const msn = count('_HLS_msn', found.get('_HLS_msn'));
  const part = count('_HLS_part', found.get('_HLS_part'));
  // RFC 8216bis 6.2.5.2: _HLS_part without _HLS_msn is a bad request.
  if (part !== undefined && msn === undefined) throw new StreamError('REQUEST_INVALID', '_HLS_part needs _HLS_msn');
  const skip = skips(found.get('_HLS_skip'));
  return { skip, ...(msn === undefined ? {} : { msn }), ...(part === undefined ? {} : { part }) };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new StreamError('REQUEST_INVALID', `${name} must be a decimal integer of at most 15 digits`);
  return Number(text);
}

/** `v2` may skip date ranges as well, where CAN-SKIP-DATERANGES says so: it does not, so both are answered alike. */
function skips(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (text !== 'YES' && text !== 'v2') throw new StreamError('REQUEST_INVALID', '_HLS_skip must be YES or v2');
  return true;
}
