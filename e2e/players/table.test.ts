import { expect, test } from 'vitest';
import type { Outcome, Row } from './play-all.ts';
import type { Playback, Stream } from './player.ts';
import { formatMarkdown, formatTable, notesOf, toJson } from './table.ts';
import { faultsOf } from './verdict.ts';

const LIVE: Stream = { url: 'l', mediaUrl: 'l', kind: 'live', frameRate: 25, audioRate: 48_000 };
const ENDED: Stream = {
  ...LIVE,
  kind: 'ended',
  whole: { duration: 16, frames: 407, audioPackets: 764, audioBytes: 84_242, samples: 782_336, peaks: [0.5, 0.25] },
};

function outcome(player: string, stream: Stream, change: Partial<Playback>): Outcome {
  const clean = { version: player, startedMs: 234, seconds: 10, stalls: [], errors: [], warnings: [] };
  const playback: Playback = { ...clean, ...change };
  return { player, stream, playback, faults: faultsOf(playback, stream) };
}

const decoded = (samples: number) => ({ measured: 'decoded', samples }) as const;
const whole = { frames: 407, sound: decoded(782_336) };

const ROWS: Row[] = [
  {
    player: { id: 'good', title: 'Good', note: 'in its best mode' },
    outcomes: [
      outcome('good 1.2', LIVE, { frames: 250, sound: { measured: 'heard', share: 0.987 } }),
      outcome('good 1.2', ENDED, { ...whole, warnings: ['one retry\n  after a timeout'] }),
    ],
  },
  {
    player: { id: 'bad', title: 'Bad' },
    outcomes: [
      outcome('bad 3', LIVE, { frames: 200, sound: decoded(240_000), stalls: [{ ms: 1500 }, { ms: 300 }] }),
      outcome('bad 3', ENDED, { ...whole, frames: 400, stalls: [] }),
    ],
  },
  {
    player: { id: 'native-webkitgtk', title: 'native in WebKitGTK' },
    outcomes: [
      outcome('native-webkitgtk', LIVE, { frames: 0 }),
      { ...outcome('native-webkitgtk', ENDED, { errors: ['404'] }), ...failed() },
    ],
  },
  { player: { id: 'gone', title: 'Gone' }, missing: 'not on PATH: gone', outcomes: [] },
];

function failed(): Pick<Outcome, 'playback' | 'faults'> {
  const playback: Playback = { version: 'native in WebKitGTK 2', seconds: 0, errors: ['404'], warnings: [] };
  return { playback, faults: faultsOf(playback, ENDED) };
}

const NOTES = `+ good 1.2, ended: one retry after a timeout
! bad 3, live: 80 % of the frames; 50 % of the audio samples; stalled for 1500 ms, 300 ms
! bad 3, ended: 400 of 407 frames
* native in WebKitGTK 2, live: 0 % of the frames
  known: GStreamer's old hlsdemux`;

test('prints five columns for each kind of stream, and what can not be said in a cell below', () => {
  const text = formatTable(ROWS);
  expect(text.split('\n').slice(0, 7)).toEqual([
    '                       live                                       ended',
    '                         start  frames  audio     stalls  errors    start   frames    audio  stalls  errors',
    'good 1.2                0.23 s   100 %  ~99 %          0       0   0.23 s      407  782,336       0     0+1',
    'bad 3                   0.23 s    80 %   50 %  2 (1.8 s)      0!   0.23 s  400/407  782,336       0      0!',
    'native in WebKitGTK 2   0.23 s     0 %    n/a          0      0*       no        -        -       -      1!',
    'Gone                   missing                                    missing',
    '',
  ]);
  const notes = notesOf(ROWS).join('\n');
  expect(text.endsWith(notes)).toBe(true);
  expect(notes.startsWith(NOTES)).toBe(true);
  expect(
    notes.endsWith(`! native in WebKitGTK 2, ended: did not start; 404
  Good: in its best mode
- Gone: not on PATH: gone
  \`node scripts/setup.mjs --players\` installs what is missing, or says what to type`),
  ).toBe(true);
});

test('prints a table for a README, one cell for each kind of stream', () => {
  expect(
    formatMarkdown(ROWS),
  ).toBe(`|  | live: start · frames · audio · stalls · errors | ended: start · frames · audio · stalls · errors |
| --- | --- | --- |
| good 1.2 | 0.23 s · 100 % · ~99 % · 0 · 0 | 0.23 s · 407 · 782,336 · 0 · 0+1 |
| bad 3 | 0.23 s · 80 % · 50 % · 2 (1.8 s) · 0! | 0.23 s · 400/407 · 782,336 · 0 · 0! |
| native in WebKitGTK 2 | 0.23 s · 0 % · n/a · 0 · 0\\* | no · - · - · - · 1! |
| Gone | missing | missing |`);
});

test('gives everything as JSON, but for the thousands of peaks', () => {
  const data = JSON.parse(toJson(ROWS, { seconds: 10 }));
  expect(data.seconds).toBe(10);
  expect(data.rows).toHaveLength(4);
  expect(data.rows[0]).toMatchObject({ player: 'good', title: 'good 1.2', outcomes: [{ faults: [] }, { faults: [] }] });
  expect(data.rows[0].outcomes[1].stream.whole).toEqual({
    duration: 16,
    frames: 407,
    audioPackets: 764,
    audioBytes: 84_242,
    samples: 782_336,
  });
});
