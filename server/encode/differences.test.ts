import { expect, test } from 'vitest';
import { type Comparison, differencesOf } from './differences.ts';

/** A file of 10 s that came as it was promised. */
const WELL: Comparison = {
  fps: 25,
  announced: 10,
  planned: 10,
  length: 10,
  promised: { pictures: { start: 0, end: 10 }, sound: { start: 0, end: 10 } },
  pictures: { count: 250, first: 0, last: 9.96, gap: { at: 0, seconds: 0.04 } },
  sound: { start: 0, end: 10, droppedSeconds: 0 },
  resized: false,
  damages: 0,
};
const pictures = (came: Partial<NonNullable<Comparison['pictures']>>) => ({
  pictures: { count: 250, first: 0, last: 9.96, ...came },
});
const sound = (came: Partial<NonNullable<Comparison['sound']>>) => ({
  sound: { start: 0, end: 10, droppedSeconds: 0, ...came },
});

test.each<[string, Partial<Comparison>]>([
  ['what came as promised', {}],
  ['rounding of a container', { length: 9.92, ...pictures({ first: 0.08, last: 9.88 }), ...sound({ end: 9.9 }) }],
  ['blocks that MP3 of 8 kHz fills up', { planned: 10.28, promised: { sound: { start: 0, end: 10.28 } } }],
  ['a header that says nothing of the length', { announced: undefined }],
  ['a header that says less than there is', { announced: 1 }],
  [
    'slides, the last of which stands as long as the others',
    pictures({ count: 5, last: 8, gap: { at: 2, seconds: 2 } }),
  ],
  ['pictures alone', { promised: { pictures: { start: 0, end: 10 } }, sound: undefined }],
  [
    'sound that ends before the pictures, as it says',
    { promised: { ...WELL.promised, sound: { start: 0, end: 4 } }, ...sound({ end: 4 }) },
  ],
])('tells nothing of %s', (_, change) => expect(differencesOf({ ...WELL, ...change })).toEqual([]));

test.each<[string, Partial<Comparison>, object[]]>([
  [
    'a file that was cut off',
    { planned: 4, length: 2.4, ...pictures({ last: 2.36 }), ...sound({ end: 2.3 }), announced: undefined },
    [
      {
        code: 'SHORTER',
        promised: 4,
        came: 2.4,
        detail: '4.00 s were announced, 2.40 s can be played: the chunk ends there',
      },
    ],
  ],
  ['a header that says ten minutes', { announced: 600 }, [{ code: 'SHORTER', promised: 600, came: 10 }]],
  ['a file that goes on', sound({ end: 10.5 }), [{ code: 'LONGER', promised: 10 }]],
  ['pictures that none decodes of', { pictures: undefined }, [{ code: 'PICTURES_MISSING' }]],
  ['a first picture that is lost', pictures({ first: 2 }), [{ code: 'PICTURES_START_LATE', promised: 0, came: 2 }]],
  [
    'pictures that end in the middle',
    pictures({ last: 4.96 }),
    [{ code: 'PICTURES_END_EARLY', promised: 10, came: 5 }],
  ],
  [
    'a picture that stands still',
    pictures({ gap: { at: 3, seconds: 4 } }),
    [
      {
        code: 'PICTURES_STAND_STILL',
        at: 3,
        seconds: 4,
        detail: 'no picture comes for 4.00 s behind that of 3.00 s: it is held',
      },
    ],
  ],
  ['pictures of several sizes', { resized: true }, [{ code: 'PICTURES_RESIZED' }]],
  ['sound that none decodes of', { sound: undefined }, [{ code: 'SOUND_MISSING' }]],
  ['sound that comes late', sound({ start: 1 }), [{ code: 'SOUND_STARTS_LATE', promised: 0, came: 1 }]],
  ['sound that ends early', sound({ end: 6 }), [{ code: 'SOUND_ENDS_EARLY', promised: 10, came: 6 }]],
  ['a hole in the sound', sound({ gap: { at: 2, seconds: 1.5 } }), [{ code: 'SOUND_GAP', at: 2, seconds: 1.5 }]],
  ['sound that comes twice', sound({ droppedSeconds: 3 }), [{ code: 'SOUND_REPEATS', seconds: 3 }]],
  ['complaints of decoders', { damages: 12 }, [{ code: 'DAMAGED', count: 12 }]],
])('tells of %s', (_, change, expected) => {
  expect(differencesOf({ ...WELL, ...change })).toEqual(
    expected.map((difference) => expect.objectContaining(difference)),
  );
});
