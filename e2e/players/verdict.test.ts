import { expect, test } from 'vitest';
import type { Playback, Stream } from './player.ts';
import { faultsOf } from './verdict.ts';

const LIVE: Stream = { url: 'x', mediaUrl: 'x', kind: 'live', frameRate: 25, audioRate: 48_000 };
const ENDED: Stream = {
  ...LIVE,
  kind: 'ended',
  whole: { duration: 16, frames: 400, audioPackets: 750, audioBytes: 80_000, samples: 768_000, peaks: [] },
};
const GOOD: Playback = {
  version: 'x 1',
  startedMs: 200,
  seconds: 10,
  frames: 250,
  sound: { measured: 'decoded', samples: 480_000 },
  stalls: [],
  errors: [],
  warnings: [],
};
const WHOLE: Playback = { ...GOOD, seconds: 16, frames: 400, sound: { measured: 'decoded', samples: 768_000 } };

test('finds nothing wrong with what was played well, with warnings or without a playhead', () => {
  expect(faultsOf(GOOD, LIVE)).toEqual([]);
  expect(faultsOf(WHOLE, ENDED)).toEqual([]);
  const { stalls, frames, sound, ...untold } = GOOD;
  expect(faultsOf({ ...untold, warnings: ['a retry'] }, LIVE)).toEqual([]);
});

test.each<[string, Partial<Playback>, string[]]>([
  ['a player that did not start', { errors: ['404'] }, ['did not start', '404']],
  [
    'a picture that stands',
    { stalls: [{ ms: 300 }, { ms: 1200, ahead: 7.25 }] },
    ['stalled for 300 ms, 1200 ms (with 7.3 s in hand)'],
  ],
  ['frames that are missing', { frames: 200 }, ['80 % of the frames']],
  ['samples that are missing', { sound: { measured: 'decoded', samples: 240_000 } }, ['50 % of the audio samples']],
  ['sound that is missing', { sound: { measured: 'heard', share: 0.6 } }, ['60 % of the sound']],
  ['errors', { errors: ['a', 'b'] }, ['a', 'b']],
])('names %s', (what, change, faults) => {
  const { startedMs, ...rest } = GOOD;
  const playback = what.includes('not start') ? rest : { ...rest, startedMs: 200 };
  expect(faultsOf({ ...playback, ...change }, LIVE)).toEqual(faults);
});

test('wants a stream that has ended to the frame and to the sample', () => {
  expect(faultsOf({ ...WHOLE, frames: 399 }, ENDED)).toEqual(['399 of 400 frames']);
  expect(faultsOf({ ...WHOLE, frames: 401 }, ENDED)).toEqual(['401 of 400 frames']);
  const sound = { measured: 'decoded', samples: 766_976 } as const;
  expect(faultsOf({ ...WHOLE, sound }, ENDED)).toEqual(['766976 of 768000 audio samples']);
});

test('allows for frames that a player can not count, but for no more', () => {
  const allowance = { frames: 5, because: 'its counter stops early' };
  expect(faultsOf({ ...WHOLE, frames: 395, allowance }, ENDED)).toEqual([]);
  expect(faultsOf({ ...WHOLE, frames: 394, allowance }, ENDED)).toEqual(['394 of 400 frames']);
});
