import { StreamError } from '../../errors.ts';
import type { Look } from './look.ts';
import { ADA } from './looks/ada.ts';
import { BOLT } from './looks/bolt.ts';
import { INGRID } from './looks/ingrid.ts';
import { NOAH } from './looks/noah.ts';
import { ZURI } from './looks/zuri.ts';

/** Counts changes of how all looks are drawn and move. */
const DRAWING_REVISION = 3;

const ALL: readonly [Look, ...Look[]] = [ADA, NOAH, ZURI, INGRID, BOLT];

/** What people can choose from; the first is the default. */
export const LOOKS: readonly { readonly name: string; readonly title: string }[] = ALL.map(({ name, title }) => ({
  name,
  title,
}));

/**
 * The look of that name; without one, the default.
 * @throws {StreamError} `REQUEST_INVALID` when there is none.
 */
export function lookNamed(name: string = ALL[0].name): Look {
  const look = ALL.find((candidate) => candidate.name === name);
  if (look !== undefined) return look;
  const names = ALL.map((candidate) => candidate.name).join(', ');
  throw new StreamError('REQUEST_INVALID', `look must be one of ${names}, got '${name.slice(0, 40)}'`);
}

/** Changes whenever pictures of this look would differ: part of the key of everything that is made from them. */
export function lookVersion(name?: string): string {
  const look = lookNamed(name);
  return `${look.name}-${DRAWING_REVISION}.${look.revision}`;
}
