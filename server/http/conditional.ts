/** True when If-None-Match names the entity tag (RFC 9110 13.1.2, weak comparison). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

export type ByteRange = { readonly start: number /** Of the last byte. */; readonly end: number };

/**
 * The part of a body that a Range header asks for (RFC 9110 14). More than one range, or one that is malformed, is answered whole.
 *
 * @param ifRange - If-Range: the range counts only for this entity tag (strong comparison; a date never matches).
 */
export function rangeOf(
  headers: { range?: string | undefined; 'if-range'?: string | string[] | undefined },
  sizeBytes: number,
  etag: string,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = headers.range === undefined ? null : /^bytes=(\d*)-(\d*)$/i.exec(headers.range.trim());
  if (match === null || (headers['if-range'] !== undefined && headers['if-range'] !== etag)) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return 'whole';
    const suffix = Math.min(Number(last), sizeBytes);
    return suffix === 0 ? 'unsatisfiable' : { start: sizeBytes - suffix, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
