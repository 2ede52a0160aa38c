import { decimal, uri } from './attributes.ts';
import type { MediaSegment, OpenSegment, PartialSegment } from './types.ts';

/** Lines of segments already made: an EVENT playlist of hours is rendered anew with each part. Data never changes, so neither do they. */
const tails = new WeakMap<MediaSegment, string>();

/**
 * What stands before a segment's first PART (RFC 8216bis 4.4.4.9): DISCONTINUITY, then the MAP of what follows it, then the date.
 *
 * @param previousMapUri - EXT-X-MAP in force before the segment; `undefined` when none is.
 */
export function segmentHead(segment: MediaSegment | OpenSegment, previousMapUri: string | undefined): string {
  let text = segment.discontinuity === true ? '#EXT-X-DISCONTINUITY\n' : '';
  if (segment.mapUri !== undefined && (segment.discontinuity === true || segment.mapUri !== previousMapUri))
    text += `#EXT-X-MAP:URI="${uri(segment.mapUri)}"\n`;
  // RFC 8216bis 4.4.4.6: ISO 8601 with zone and milliseconds.
  return `${text}#EXT-X-PROGRAM-DATE-TIME:${segment.programDateTime.toISOString()}\n`;
}

/** EXTINF and URI of a complete segment. */
export function segmentTail(segment: MediaSegment): string {
  let text = tails.get(segment);
  if (text === undefined) {
    text = `#EXTINF:${decimal(segment.duration)},\n${uri(segment.uri)}\n`;
    tails.set(segment, text);
  }
  return text;
}

/** EXT-X-PART (RFC 8216bis 4.4.4.9). */
export function partLines(parts: readonly PartialSegment[]): string {
  let text = '';
  for (const part of parts) {
    const independent = part.independent ? ',INDEPENDENT=YES' : '';
    text += `#EXT-X-PART:DURATION=${decimal(part.duration)},URI="${uri(part.uri)}"${independent}\n`;
  }
  return text;
}

/** The open segment, from its first part on: before that there is nothing for its tags to apply to. */
export function openSegmentLines(open: OpenSegment, previousMapUri: string | undefined): string {
  return open.parts.length === 0 ? '' : segmentHead(open, previousMapUri) + partLines(open.parts);
}
