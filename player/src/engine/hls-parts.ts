import Hls from 'hls.js';

/** hls.js places parts by what the playlist says, media lies within an AAC block of that: so much of a part, in seconds, is no chance. */
const AT_LEAST = 0.03;

/** As much of hls.js's Part as this needs; times in seconds. */
export type LoadedPart = {
  readonly start: number;
  readonly end: number;
  /** True when one of the elementary streams is there. */
  readonly loaded: boolean;
  readonly elementaryStreams: {
    audiovideo: { startPTS: number; endPTS: number; startDTS: number; endDTS: number; partial?: boolean } | null;
  };
};

/**
 * Keeps hls.js from forgetting parts that are in the buffer.
 *
 * When hls.js 1.7.4 has trimmed the back buffer it drops what it knows of the segment that is just being appended (`FragmentTracker.
 * detectEvictedFragments`, `removeAppending`), if several of its parts are on their way. The segment counts as loaded later, those
 * parts do not, and nothing more is loaded until they leave the playlist: a stall of three seconds, about once a minute.
 */
export function keepParts(hls: Hls, video: HTMLVideoElement): void {
  hls.on(Hls.Events.LEVEL_UPDATED, (_name, { details }) => markBuffered(details.partList ?? [], video.buffered));
}

/** Marks those parts as loaded that are in the buffer. */
export function markBuffered(
  parts: readonly LoadedPart[],
  buffered: Pick<TimeRanges, 'length' | 'start' | 'end'>,
): void {
  for (const { start, end, loaded, elementaryStreams } of parts) {
    if (!loaded && isBuffered(start, end, buffered)) {
      elementaryStreams.audiovideo = { startPTS: start, endPTS: end, startDTS: start, endDTS: end };
    }
  }
}

function isBuffered(start: number, end: number, buffered: Pick<TimeRanges, 'length' | 'start' | 'end'>): boolean {
  for (let range = 0; range < buffered.length; range++) {
    const needed = Math.max((end - start) / 2, AT_LEAST);
    if (start + needed > buffered.start(range) && start + needed < buffered.end(range)) {
      return true;
    }
  }
  return false;
}
