import { StreamError } from '../errors.ts';

/**
 * A number of seconds or frames as RFC 8216bis 4.2 wants it: no exponent, at most six decimals, at least one, no further zeros.
 * Six decimals keep the sum of 100,000 segments within 50 ms of the media.
 */
export function decimal(value: number): string {
  const text = value.toFixed(6);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48 && text.charCodeAt(end - 2) !== 46) end -= 1;
  return text.slice(0, end);
}

/**
 * A URI as it may stand in a playlist, quoted or on a line of its own.
 *
 * @throws {StreamError} `PLAYLIST_INVALID`.
 */
export function uri(value: string): string {
  // RFC 8216bis 4.1, 4.2: no white space or control character on a URI line, no quote, CR or LF in a quoted string.
  if (!/^[\w.~:/?#@!$&'()*+,;=%-]+$/.test(value)) {
    throw new StreamError('PLAYLIST_INVALID', `${JSON.stringify(value)} is no URI a playlist can carry`);
  }
  return value;
}
