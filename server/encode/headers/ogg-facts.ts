import { assertStreams, type Facts } from './facts.ts';
import type { FileWindow } from './file-window.ts';

const HEADER_BYTES = 27;
const BEGINS_STREAM = 0x02;
/** Pages of ten minutes of music are some thousands. */
const MAX_PAGES = 500_000;

/**
 * Reads the pages of an Ogg file (RFC 3533 6): streams that begin behind others are links of a chain, whose times begin anew.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for too many streams.
 */
export function readOggFacts(file: FileWindow): Facts | undefined {
  let streams = 0;
  let isChained = false;
  let hasData = false;
  let at = 0;
  for (let page = 0; page < MAX_PAGES && at + HEADER_BYTES <= file.sizeBytes; page++) {
    const head = file.bytes(at, HEADER_BYTES + 255);
    if (String.fromCharCode(...head.subarray(0, 4)) !== 'OggS') return undefined;
    if (((head[5] ?? 0) & BEGINS_STREAM) !== 0) {
      streams += 1;
      isChained ||= hasData;
    } else hasData = true;
    const segments = head.subarray(HEADER_BYTES, HEADER_BYTES + (head[26] ?? 0));
    at += HEADER_BYTES + segments.length + segments.reduce((sum, length) => sum + length, 0);
  }
  if (streams === 0) return undefined;
  assertStreams(streams, streams);
  return { streams, tracks: new Map(), isIntricate: isChained };
}
