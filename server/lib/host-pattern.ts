import { parseAuthority } from './authority.ts';

export const HOST_PATTERN_RULE =
  'a host is like stream.example.com, *.example.com, 10.0.0.5 or [fd00::5], without scheme and port';

/** Whether a text is one entry of ALLOWED_HOSTS. */
export function isHostPattern(pattern: string): boolean {
  const host = pattern.replace(/^\*\./, '');
  return pattern === '*' || (!/:\d+$/.test(host.replace(/^\[.*\]/, '')) && parseAuthority(host) !== undefined);
}
