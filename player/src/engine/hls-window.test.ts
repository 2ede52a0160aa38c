import type { LevelDetails } from 'hls.js';
import { describe, expect, test } from 'vitest';
import { SpeechMap } from '../session/speech-map.ts';
import { placeAfterLoss } from './hls-window.ts';

/** Date of position 0. */
const ZERO_MS = 1_000_000;

/** A window of segments of one second. */
function windowOf(from: number, to: number, more: Partial<LevelDetails> = {}): LevelDetails {
  const fragments = Array.from({ length: to - from }, (_, index) => ({
    start: from + index,
    programDateTime: ZERO_MS + (from + index) * 1000,
  }));
  return { live: true, type: null, fragmentStart: from, edge: to, fragments, ...more } as unknown as LevelDetails;
}

function place(
  details: LevelDetails,
  wanted: number,
  speeches: [number, number][] = [],
  livePosition: number | null = 99,
) {
  const speech = new SpeechMap();
  for (const [start, end] of speeches) {
    speech.add({ id: `${start}`, startMs: ZERO_MS + start * 1000, endMs: ZERO_MS + end * 1000 });
  }
  return placeAfterLoss(details, ZERO_MS + wanted * 1000, { speech, livePosition });
}

describe('playback goes on', () => {
  test('where it stopped, as long as that is listed', () => {
    expect(place(windowOf(40, 100), 70)).toEqual({ position: 70, missed: 0 });
    expect(place(windowOf(40, 100), 39.8)).toEqual({ position: 40, missed: 0 });
  });

  test('with the first words that are listed, when that is not', () => {
    expect(place(windowOf(40, 100), 10, [[60, 64]])).toEqual({ position: 60, missed: 50 });
  });

  test('in the middle of a sentence whose begin is lost', () => {
    expect(place(windowOf(40, 100), 10, [[30, 64]])).toEqual({ position: 41, missed: 31 });
  });

  test('at the live edge, where nobody has spoken since', () => {
    expect(place(windowOf(40, 100), 10, [[5, 20]])).toEqual({ position: 99, missed: 89 });
  });

  test('from the first segment that is left, while the live edge is not known', () => {
    expect(place(windowOf(40, 100), 10, [], null)).toEqual({ position: 41, missed: 31 });
  });

  test('not anywhere before the playlist has dates', () => {
    expect(place({ ...windowOf(40, 100), fragments: [] } as unknown as LevelDetails, 10)).toBeUndefined();
  });
});
