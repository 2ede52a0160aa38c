import { decimal, uri } from './attributes.ts';
import { dateRangeLines } from './date-range-lines.ts';
import { checkMediaPlaylist } from './media-playlist-rules.ts';
import { openSegmentLines, partLines, segmentHead, segmentTail } from './segment-lines.ts';
import type { MediaPlaylist } from './types.ts';

/** RFC 8216bis 6.2.2: PART tags leave once they are more than this many target durations from the end. */
const PART_TARGET_DURATIONS = 3;
/** Sums of seconds carry floating point noise; no media is this short. */
const EPSILON_SECONDS = 1e-9;

/**
 * Text of a Media Playlist (RFC 8216bis 4.4.3 to 4.4.5). A segment gives the same lines in every version of the playlist, but for
 * its PART tags, which leave with age.
 *
 * @param options.skip - A Playlist Delta Update (6.2.5.1): segments beyond the Skip Boundary become one EXT-X-SKIP, and nothing else
 *   differs from the full text but EXT-X-VERSION. Ignored where delta updates are not offered, and once the playlist has ended.
 * @throws {StreamError} `SEGMENT_TOO_LONG`, `PLAYLIST_INVALID` for what breaks a rule of the format.
 */
export function renderMediaPlaylist(playlist: MediaPlaylist, options?: { skip?: boolean }): string {
  const firstWithParts = firstSegmentWithParts(playlist);
  checkMediaPlaylist(playlist, firstWithParts);
  const skipped = options?.skip === true ? skippableSegments(playlist) : 0;
  return (
    headerLines(playlist, skipped) +
    segmentsLines(playlist, skipped, firstWithParts) +
    (playlist.open === undefined ? '' : openSegmentLines(playlist.open, playlist.segments.at(-1)?.mapUri)) +
    footerLines(playlist)
  );
}

/**
 * How many segments a Playlist Delta Update replaces: all that end further from the end of the last segment than CAN-SKIP-UNTIL.
 * The open segment is left out of the sum, so the boundary is never cut into.
 */
export function skippableSegments(playlist: MediaPlaylist): number {
  // RFC 8216bis 6.2.5.1: no delta update of a playlist that has ended, or without CAN-SKIP-UNTIL.
  if (playlist.canSkipUntil === undefined || playlist.ended) return 0;
  let seconds = 0;
  for (let index = playlist.segments.length - 1; index >= 0; index -= 1) {
    if (seconds >= playlist.canSkipUntil) return index + 1;
    seconds += playlist.segments[index]?.duration ?? 0;
  }
  return 0;
}

/** Index of the oldest segment whose parts are listed: it ends no more than three target durations before the end. */
function firstSegmentWithParts(playlist: MediaPlaylist): number {
  if (playlist.partTarget === undefined) return playlist.segments.length;
  const limit = PART_TARGET_DURATIONS * playlist.targetDuration + EPSILON_SECONDS;
  let seconds = playlist.open?.parts.reduce((sum, part) => sum + part.duration, 0) ?? 0;
  let index = playlist.segments.length;
  while (index > 0 && seconds <= limit) {
    index -= 1;
    seconds += playlist.segments[index]?.duration ?? 0;
  }
  return index;
}

function headerLines(playlist: MediaPlaylist, skipped: number): string {
  // RFC 8216bis 4.4.4.5: EXT-X-MAP applies until the next one, so the oldest listed segment needs it stated once. A discontinuity brings its own.
  const listed = playlist.segments[skipped];
  const mapUri = listed?.discontinuity === true ? undefined : listed?.mapUri;
  return [
    '#EXTM3U\n',
    `#EXT-X-VERSION:${version(playlist, skipped)}\n`,
    `#EXT-X-TARGETDURATION:${playlist.targetDuration}\n`,
    serverControl(playlist),
    playlist.partTarget === undefined ? '' : `#EXT-X-PART-INF:PART-TARGET=${decimal(playlist.partTarget)}\n`,
    `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}\n`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}\n`,
    playlist.type === undefined ? '' : `#EXT-X-PLAYLIST-TYPE:${playlist.type}\n`,
    playlist.startTimeOffset === undefined ? '' : `#EXT-X-START:TIME-OFFSET=${decimal(playlist.startTimeOffset)}\n`,
    // RFC 8216bis 4.4.2.1: segments are cut at IDRs (checkMediaPlaylist refuses a first part that is not independent).
    '#EXT-X-INDEPENDENT-SEGMENTS\n',
    mapUri === undefined ? '' : `#EXT-X-MAP:URI="${uri(mapUri)}"\n`,
    skipped === 0 ? '' : `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}\n`,
  ].join('');
}

/** RFC 8216bis 8: EXT-X-SKIP needs 9, EXT-X-MAP 6, a decimal EXTINF 3. PART and SERVER-CONTROL need none. */
function version(playlist: MediaPlaylist, skipped: number): number {
  if (skipped > 0) return 9;
  const opened = (playlist.open?.parts.length ?? 0) > 0 && playlist.open?.mapUri !== undefined;
  return opened || playlist.segments.some((segment) => segment.mapUri !== undefined) ? 6 : 3;
}

function serverControl(playlist: MediaPlaylist): string {
  const attributes = ['CAN-BLOCK-RELOAD=YES'];
  if (playlist.canSkipUntil !== undefined) attributes.push(`CAN-SKIP-UNTIL=${decimal(playlist.canSkipUntil)}`);
  attributes.push(`HOLD-BACK=${decimal(playlist.holdBack)}`);
  if (playlist.partHoldBack !== undefined) attributes.push(`PART-HOLD-BACK=${decimal(playlist.partHoldBack)}`);
  return `#EXT-X-SERVER-CONTROL:${attributes.join(',')}\n`;
}

function segmentsLines(playlist: MediaPlaylist, skipped: number, firstWithParts: number): string {
  let text = '';
  for (let index = skipped; index < playlist.segments.length; index += 1) {
    const segment = playlist.segments[index];
    if (segment === undefined) break;
    const previousMapUri = index === skipped ? segment.mapUri : playlist.segments[index - 1]?.mapUri;
    text += segmentHead(segment, previousMapUri);
    if (index >= firstWithParts) text += partLines(segment.parts);
    text += segmentTail(segment);
  }
  return text;
}

function footerLines(playlist: MediaPlaylist): string {
  // RFC 8216bis 6.2.5.1: without CAN-SKIP-DATERANGES a delta update carries all of them.
  let text = dateRangeLines(playlist.dateRanges ?? []);
  // RFC 8216bis 4.4.5.3: a playlist that has ended has no hint.
  if (playlist.preloadHintUri !== undefined && !playlist.ended) {
    text += mapHint(playlist);
    text += `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${uri(playlist.preloadHintUri)}"\n`;
  }
  for (const report of playlist.renditionReports) {
    const lastPart = report.lastPart === undefined ? '' : `,LAST-PART=${report.lastPart}`;
    text += `#EXT-X-RENDITION-REPORT:URI="${uri(report.uri)}",LAST-MSN=${report.lastMsn}${lastPart}\n`;
  }
  return playlist.ended ? `${text}#EXT-X-ENDLIST\n` : text;
}

/** RFC 8216bis B.1: a hint for the init segment too, when the hinted part is the first that needs it. */
function mapHint({ open, segments }: MediaPlaylist): string {
  if (open?.mapUri === undefined || open.parts.length > 0 || open.mapUri === segments.at(-1)?.mapUri) return '';
  return `#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="${uri(open.mapUri)}"\n`;
}
