import type { PreferenceChanges, Preferences } from './types.ts';

/** Those fields that are there. */
export function given(
  preferences: { readonly [name in keyof Preferences]?: Preferences[name] | undefined },
): Preferences {
  return Object.fromEntries(Object.entries(preferences).filter(([, value]) => value !== undefined));
}

/** Preferences after a change: what is absent stays, what is null is forgotten. */
export function changed(preferences: Preferences, changes: PreferenceChanges): Preferences {
  const all = { ...preferences, ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
}
