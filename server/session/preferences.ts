import type { Preferences } from './types.ts';

/** Those fields that are there. */
export function given(
  preferences: { readonly [name in keyof Preferences]?: Preferences[name] | undefined },
): Preferences {
  return Object.fromEntries(Object.entries(preferences).filter(([, value]) => value !== undefined));
}
