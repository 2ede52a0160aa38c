import type { LevelDetails } from 'hls.js';
import type { SpeechMap } from '../session/speech-map.ts';
import { dateAt, positionAt } from './hls-dates.ts';

/** What is oldest in a playlist leaves it next: loading starts so much later, in seconds. */
const MARGIN = 1;
/** Program date times are rounded, and media lies within an AAC block of its place, in seconds. */
const ROUNDING = 0.5;

export type Place = {
  /** In the media element, in seconds. */
  readonly position: number;
  /** Seconds of the stream that are passed over; 0 when it goes on where it stopped. */
  readonly missed: number;
};

export type PlaceOptions = {
  readonly speech: Pick<SpeechMap, 'next'>;
  /** Where a new viewer would start; null while it is not known. */
  readonly livePosition: number | null;
};

/**
 * Where playback goes on that should go on at a date: there, as long as the playlist still lists it; else with the first speech that
 * it lists, and where nobody has spoken since, at the live edge.
 *
 * @returns undefined while the playlist has no dates.
 */
export function placeAfterLoss(details: LevelDetails, wantedMs: number, options: PlaceOptions): Place | undefined {
  const { speech, livePosition } = options;
  const start = details.fragmentStart;
  const wanted = positionAt(details, wantedMs);
  if (wanted === undefined) {
    return undefined;
  }
  const firstMs = dateAt(details, start) ?? wantedMs;
  if (wantedMs >= firstMs - ROUNDING * 1000 && wanted >= start - ROUNDING) {
    return { position: Math.max(wanted, start), missed: 0 };
  }
  const oldest = start + (details.live && details.type !== 'EVENT' ? MARGIN : 0);
  const oldestMs = dateAt(details, oldest) ?? firstMs;
  const nextMs = speech.next(oldestMs);
  const next = nextMs === undefined ? undefined : positionAt(details, nextMs);
  const position = Math.max(oldest, next ?? livePosition ?? oldest);
  const missedMs = (dateAt(details, position) ?? oldestMs) - wantedMs;
  return { position, missed: Math.max(0, missedMs / 1000) };
}
