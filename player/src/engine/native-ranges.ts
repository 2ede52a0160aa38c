import { type ChunkRange, parseChunkRange } from '../session/chunk-range.ts';

/** WebKit's cue of one attribute of an EXT-X-DATERANGE. */
type AttributeCue = TextTrackCue & { readonly value?: { readonly key?: unknown; readonly data?: unknown } };

/**
 * Reads date ranges as WebKit hands them out: in a metadata track, one cue for each attribute, all of a range with the same times.
 *
 * @param dateAt - Program date time at a position of the media element, in milliseconds since the epoch.
 */
export function watchNativeRanges(
  video: HTMLVideoElement,
  dateAt: (position: number) => number | undefined,
  onRange: (range: ChunkRange) => void,
  signal: AbortSignal,
): void {
  const read = (track: TextTrack): void => {
    for (const [start, attributes] of groupByStart(track.activeCues ?? [])) {
      const range = parseChunkRange(attributes, dateAt(start) ?? Number.NaN);
      if (range !== undefined) {
        onRange(range);
      }
    }
  };
  const watch = (track: TextTrack): void => {
    if (track.kind === 'metadata') {
      track.mode = 'hidden';
      track.addEventListener('cuechange', () => read(track), { signal });
    }
  };
  video.textTracks.addEventListener('addtrack', ({ track }) => track && watch(track), { signal });
  for (const track of video.textTracks) {
    watch(track);
  }
}

/** Identity and length stand in no cue of their own: the class is implied by our attributes, the length is the cue's. */
function groupByStart(cues: Iterable<AttributeCue>): Map<number, Record<string, unknown>> {
  const groups = new Map<number, Record<string, unknown>>();
  for (const cue of cues) {
    const key = cue.value?.key;
    if (typeof key === 'string') {
      const length = Number.isFinite(cue.endTime) ? cue.endTime - cue.startTime : undefined;
      const known = groups.get(cue.startTime) ?? { DURATION: length };
      groups.set(cue.startTime, { ...known, [key]: cue.value?.data });
    }
  }
  for (const [start, attributes] of groups) {
    if ('X-INDEX' in attributes) {
      groups.set(start, {
        CLASS: 'throughline.chunk',
        ID: `${attributes['X-TURN']}/${attributes['X-INDEX']}@${start}`,
        ...attributes,
      });
    }
  }
  return groups;
}
