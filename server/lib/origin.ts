/** The origin that a text is, as browsers write it; undefined for what is none, or more than one (RFC 6454, 6.2). */
export function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && url.origin !== 'null' && url.pathname === '/' && url.search === '';
  return isOrigin ? url.origin : undefined;
}
