import { StreamError } from '../errors.ts';
import type { MediaPlaylist, MediaSegment, PartialSegment } from './types.ts';

/** RFC 8216bis 4.4.4.9: the least a part may last, as a share of the part target. */
const LEAST_PART_SHARE = 0.85;
/** Durations are sums of frame durations: noise of floating point, no media is this short. */
const EPSILON_SECONDS = 1e-9;
/** RFC 8216bis 3.2: parts carry the same samples as their segment. A frame lasts 16 ms or more. */
const SUM_TOLERANCE_SECONDS = 0.001;

/**
 * Refuses a Media Playlist that breaks the format.
 *
 * @param firstWithParts - Index of the oldest segment whose parts are listed.
 * @throws {StreamError} `SEGMENT_TOO_LONG`, `PLAYLIST_INVALID`.
 */
export function checkMediaPlaylist(playlist: MediaPlaylist, firstWithParts: number): void {
  checkHeader(playlist);
  for (const segment of playlist.segments) checkDuration(segment, playlist.targetDuration);
  const { partTarget, open } = playlist;
  if (partTarget === undefined) {
    // RFC 8216bis 4.4.3.7: EXT-X-PART-INF is REQUIRED where there is an EXT-X-PART.
    demand((open?.parts.length ?? 0) === 0, 'parts are listed, but the playlist has no part target');
    return;
  }
  for (const segment of playlist.segments.slice(firstWithParts)) {
    checkParts(segment.parts, partTarget, `segment ${segment.uri}`);
    checkPartSum(segment);
  }
  if (open !== undefined) checkParts(open.parts, partTarget, 'the open segment');
}

function checkHeader(playlist: MediaPlaylist): void {
  const { targetDuration, partTarget, holdBack, partHoldBack, canSkipUntil, startTimeOffset } = playlist;
  // RFC 8216bis 4.4.3.1: a decimal-integer.
  demand(
    Number.isInteger(targetDuration) && targetDuration >= 1,
    `target duration must be an integer of at least 1 s, got ${targetDuration}`,
  );
  demand(
    isCount(playlist.mediaSequence),
    `media sequence number must be an integer from 0, got ${playlist.mediaSequence}`,
  );
  demand(
    isCount(playlist.discontinuitySequence),
    `discontinuity sequence number must be an integer from 0, got ${playlist.discontinuitySequence}`,
  );
  // RFC 8216bis 4.4.3.8: HOLD-BACK >= 3 target durations, CAN-SKIP-UNTIL >= 6; PART-HOLD-BACK is REQUIRED with parts, >= 3 part targets (Apple 14.3).
  atLeast('HOLD-BACK', holdBack, 3 * targetDuration);
  if (canSkipUntil !== undefined) atLeast('CAN-SKIP-UNTIL', canSkipUntil, 6 * targetDuration);
  if (partTarget !== undefined) atLeast('PART-HOLD-BACK', partHoldBack ?? 0, 3 * partTarget);
  // RFC 8216bis 4.4.2.2: TIME-OFFSET SHOULD NOT be within three target durations of the end.
  if (startTimeOffset !== undefined && startTimeOffset < 0 && !playlist.ended)
    atLeast('distance of TIME-OFFSET from the end', -startTimeOffset, 3 * targetDuration);
  // RFC 8216bis 6.2.1: nothing follows the end, so a segment in the making can't be open.
  demand(!playlist.ended || playlist.open === undefined, 'an ended playlist has no open segment');
}

function checkDuration(segment: MediaSegment, targetDuration: number): void {
  if (!(segment.duration > 0)) {
    throw new StreamError(
      'PLAYLIST_INVALID',
      `segment ${segment.uri} must last longer than 0 s, got ${segment.duration}`,
    );
  }
  // RFC 8216bis 4.4.3.1: EXTINF, rounded to the nearest integer, MUST NOT exceed the target duration.
  if (Math.round(segment.duration) > targetDuration) {
    throw new StreamError(
      'SEGMENT_TOO_LONG',
      `segment ${segment.uri} lasts ${segment.duration} s, target duration is ${targetDuration} s`,
    );
  }
}

function checkParts(parts: readonly PartialSegment[], partTarget: number, parent: string): void {
  // RFC 8216bis 4.4.2.1, B.1: with INDEPENDENT-SEGMENTS every segment starts with a sync sample, and so does its first part.
  demand(parts[0]?.independent !== false, `the first part of ${parent} does not start with a sync sample`);
  for (const [index, part] of parts.entries()) {
    demand(part.duration > 0, `part ${part.uri} must last longer than 0 s, got ${part.duration}`);
    // RFC 8216bis 4.4.4.9: a part's duration MUST be at most the part target (Apple's player refuses the whole playlist otherwise).
    demand(
      part.duration <= partTarget + EPSILON_SECONDS,
      `part ${part.uri} lasts ${part.duration} s, part target is ${partTarget} s`,
    );
    // RFC 8216bis 4.4.4.9: at least 85 % of it, unless independent or the last of its segment (of an open one, it may be).
    demand(
      part.independent ||
        index === parts.length - 1 ||
        part.duration >= LEAST_PART_SHARE * partTarget - EPSILON_SECONDS,
      `part ${part.uri} lasts ${part.duration} s, less than 85 % of the part target of ${partTarget} s`,
    );
  }
}

function checkPartSum(segment: MediaSegment): void {
  if (segment.parts.length === 0) return;
  const seconds = segment.parts.reduce((sum, part) => sum + part.duration, 0);
  demand(
    Math.abs(seconds - segment.duration) <= SUM_TOLERANCE_SECONDS,
    `parts of segment ${segment.uri} last ${seconds} s together, the segment ${segment.duration} s`,
  );
}

function atLeast(name: string, value: number, least: number): void {
  demand(
    value >= least - EPSILON_SECONDS && Number.isFinite(value),
    `${name} must be at least ${least} s, got ${value}`,
  );
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new StreamError('PLAYLIST_INVALID', message);
}
