import { StreamError } from '../errors.ts';
import { uri } from './attributes.ts';
import type { SubtitleRendition, VariantStream } from './types.ts';

/** GROUP-ID of the one group of subtitles there may be. */
const SUBTITLES_GROUP = 'subs';

/**
 * Text of a Multivariant Playlist (RFC 8216bis 4.4.6). It needs no EXT-X-VERSION: nothing in it is newer than version 1.
 *
 * @throws {StreamError} `PLAYLIST_INVALID` without a variant, or when one, or the subtitles, are not what the specification allows.
 */
export function renderMultivariantPlaylist(variants: readonly VariantStream[], subtitles?: SubtitleRendition): string {
  // RFC 8216bis 4.4.6.2: a Multivariant Playlist names at least one Variant Stream.
  if (variants.length === 0)
    throw new StreamError('PLAYLIST_INVALID', 'a multivariant playlist needs at least 1 variant, got 0');
  // RFC 8216bis 4.4.2.1: every segment of every rendition starts with an IDR, so this holds for all of them.
  const head = '#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n';
  const media = subtitles === undefined ? '' : subtitlesLine(subtitles);
  return head + media + variants.map((variant) => variantLines(variant, subtitles !== undefined)).join('');
}

/** RFC 8216bis 4.4.6.1. DEFAULT=YES: what is said is shown unless the viewer wants it otherwise. */
function subtitlesLine({ name, language, uri: playlistUri }: SubtitleRendition): string {
  // BCP 47 tags are letters and digits, a name is a quoted-string without variable references (RFC 8216bis 4.2, 4.3).
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(language) || !/^[^"\p{Cc}{]+$/u.test(name)) {
    const given = `${JSON.stringify(name)} in ${JSON.stringify(language)}`;
    throw new StreamError('PLAYLIST_INVALID', `a rendition of subtitles needs a name and a language tag, got ${given}`);
  }
  const attributes = [
    'TYPE=SUBTITLES',
    `GROUP-ID="${SUBTITLES_GROUP}"`,
    `NAME="${name.normalize('NFC')}"`,
    `LANGUAGE="${language}"`,
    'DEFAULT=YES',
    'AUTOSELECT=YES',
    'FORCED=NO',
    `URI="${uri(playlistUri)}"`,
  ];
  return `#EXT-X-MEDIA:${attributes.join(',')}\n`;
}

function variantLines(variant: VariantStream, hasSubtitles: boolean): string {
  const bandwidth = bitRate(variant.bandwidth, variant.uri);
  const averageBandwidth = bitRate(variant.averageBandwidth, variant.uri);
  if (!/^[\w.,+-]+$/.test(variant.codecs)) {
    throw new StreamError(
      'PLAYLIST_INVALID',
      `variant ${variant.uri}: ${JSON.stringify(variant.codecs)} names no codecs`,
    );
  }
  // Apple 9.1, 9.2, 9.14, 9.15: CODECS, RESOLUTION, AVERAGE-BANDWIDTH and FRAME-RATE on every variant.
  const attributes = [
    `BANDWIDTH=${bandwidth}`,
    `AVERAGE-BANDWIDTH=${averageBandwidth}`,
    `CODECS="${variant.codecs}"`,
    `RESOLUTION=${variant.width}x${variant.height}`,
    `FRAME-RATE=${variant.frameRate.toFixed(3)}`,
    'CLOSED-CAPTIONS=NONE',
    ...(hasSubtitles ? [`SUBTITLES="${SUBTITLES_GROUP}"`] : []),
  ];
  return `#EXT-X-STREAM-INF:${attributes.join(',')}\n${uri(variant.uri)}\n`;
}

/** Bits per second as a decimal-integer (RFC 8216bis 4.2), rounded up: a peak is never understated. */
function bitRate(bitsPerSecond: number, name: string): number {
  if (!(bitsPerSecond > 0 && bitsPerSecond < 1e12)) {
    throw new StreamError(
      'PLAYLIST_INVALID',
      `variant ${name}: bandwidth must lie between 0 and 1e12 bit/s, got ${bitsPerSecond}`,
    );
  }
  return Math.ceil(bitsPerSecond);
}
