import type { LevelDetails } from 'hls.js';
import { type ChunkRange, parseChunkRange } from '../session/chunk-range.ts';

type Dated = { readonly start: number; readonly programDateTime: number };

/** Program date time at a position of the media element, in milliseconds since the epoch; undefined while it is not known. */
export function dateAt(details: LevelDetails | null, position: number): number | undefined {
  const dated = datedFragments(details);
  const fragment = dated.findLast(({ start }) => start <= position) ?? dated[0];
  return fragment && fragment.programDateTime + (position - fragment.start) * 1000;
}

/** The inverse; where the date jumps, what lies in the jump is at its end. */
export function positionAt(details: LevelDetails | null, dateMs: number): number | undefined {
  const dated = datedFragments(details);
  const index = Math.max(
    0,
    dated.findLastIndex(({ programDateTime }) => programDateTime <= dateMs),
  );
  const fragment = dated[index];
  const next = dated[index + 1];
  const position = fragment && fragment.start + (dateMs - fragment.programDateTime) / 1000;
  return position === undefined || next === undefined ? position : Math.min(position, next.start);
}

/** Media segments that are complete, and the one that is growing. */
function datedFragments(details: LevelDetails | null): Dated[] {
  const fragments = [...(details?.fragments ?? []), details?.fragmentHint];
  // hls.js leaves holes where a delta update skipped what it did not know.
  return fragments.flatMap((fragment) =>
    fragment?.programDateTime == null ? [] : [{ start: fragment.start, programDateTime: fragment.programDateTime }],
  );
}

/** Hands out what the playlist says of its chunks, each time it says something new. */
export function watchChunkRanges(onRange: (range: ChunkRange) => void): (details: LevelDetails) => void {
  let known = new Map<string, string | undefined>();
  return ({ dateRanges }) => {
    const listed = new Map<string, string | undefined>();
    for (const [id, range] of Object.entries(dateRanges)) {
      const lasted = range?.attr.DURATION;
      if (range === undefined) {
        continue;
      }
      listed.set(id, lasted);
      if (!known.has(id) || known.get(id) !== lasted) {
        const chunk = parseChunkRange(range.attr, range.startDate.getTime());
        if (chunk !== undefined) {
          onRange(chunk);
        }
      }
    }
    known = listed;
  };
}
