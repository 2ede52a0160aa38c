import { expect, test } from 'vitest';
import type { SessionEvent } from '../../server/session/types.ts';
import { checkEvents, checkTranscript } from './check-talk.ts';
import { randomFrom } from './random.ts';
import { type PlannedTurn, plannedTurn } from './random-talk.ts';

const APOLOGY = 'Sorry.';
const TURNS: readonly PlannedTurn[] = [
  { name: 'a', sentences: ['A0.', 'A1.'], model: [], voice: [], reaction: 'hear', afterMs: 0 },
  { name: 'b', sentences: ['B0.'], model: [], voice: [], reaction: 'interrupt', afterMs: 0 },
];

type Fields = Readonly<Record<string, unknown>>;

/** The events of a session in which `a` is heard whole, and `b` is cut off at 4.5 s. */
function story(): Fields[] {
  const chunkOf = (turn: string, index: number) => ({ chunk: { id: `${turn}${index}`, turn, index } });
  const published = (turn: string, index: number, start: number): Fields => ({
    ...{ type: 'chunk.published', ...chunkOf(turn, index), start, duration: 1, text: `${turn.toUpperCase()}${index}.` },
    programDateTime: new Date(start * 1000).toISOString(),
  });
  const accepted = (turn: string, index: number): Fields[] => [
    { type: 'sentence', turn, text: `${turn.toUpperCase()}${index}.` },
    { type: 'chunk.accepted', ...chunkOf(turn, index) },
  ];
  return [
    { type: 'turn.started', turn: 'a' },
    ...accepted('a', 0),
    ...accepted('a', 1),
    published('a', 0, 1),
    published('a', 1, 2),
    { type: 'turn.completed', turn: 'a', outcome: 'completed' },
    { type: 'turn.started', turn: 'b' },
    ...accepted('b', 0),
    published('b', 0, 4),
    { type: 'interrupted', turns: ['b'], cutAt: 4.5, ...chunkOf('b', 0) },
    { type: 'turn.completed', turn: 'b', outcome: 'interrupted' },
  ];
}

const numbered = (events: readonly Fields[]): SessionEvent[] =>
  events.map((fields, index) => ({ ...fields, seq: index + 1, at: '' }) as unknown as SessionEvent);

const PLAYLIST = [
  ['a0', 1, 1, 'A0.'],
  ['a1', 2, 1, 'A1.'],
  ['b0', 4, 0.5, 'B0.'],
].map(
  ([id, start, duration, text]) =>
    `#EXT-X-DATERANGE:ID="${id}",START-DATE="${new Date(Number(start) * 1000).toISOString()}",DURATION=${duration},PLANNED-DURATION=1,X-TEXT="${text}"`,
);

test('finds nothing wrong with a session in which nothing is', () => {
  expect(checkEvents(numbered(story()), TURNS, APOLOGY)).toEqual([]);
  expect(checkTranscript(PLAYLIST.join('\n'), numbered(story()))).toEqual([]);
});

/** Index of the event of this type about this sentence or turn. */
const at = (events: readonly Fields[], type: string, name: string): number =>
  events.findIndex((event) => event.type === type && JSON.stringify(event).includes(name));

test.each<readonly [string, (events: Fields[]) => Fields[], RegExp]>([
  ['a chunk that is lost', (all) => all.toSpliced(at(all, 'chunk.published', 'a1'), 1), /chunk a1: accepted/],
  [
    'a chunk that comes twice',
    (all) => all.toSpliced(6, 0, all[at(all, 'chunk.published', 'a1')] ?? {}),
    /accepted published published/,
  ],
  ['chunks that change places', (all) => all.toSpliced(5, 2, all[6] ?? {}, all[5] ?? {}), /a 0 follows a 1/],
  ['chunks that overlap', (all) => all.with(6, { ...all[6], start: 1.5 }), /starts at 1.5, before 2/],
  ['a sentence that is lost', (all) => all.toSpliced(3, 2).toSpliced(4, 1), /says only \["A0."\]/],
  ['a turn that never ends', (all) => all.toSpliced(7, 1), /a ends with chunk.published/],
  [
    'a chunk after its interruption',
    (all) => [...all.slice(0, 11), ...all.slice(12, 13), ...all.slice(11, 12), ...all.slice(13)],
    /published after its interruption/,
  ],
])('finds %s', (_, change, expected) => {
  expect(checkEvents(numbered(change(story())), TURNS, APOLOGY).join('\n')).toMatch(expected);
});

test('finds a chunk that is missing in the playlist, and one that runs into the next', () => {
  const events = numbered(story());
  expect(checkTranscript(PLAYLIST.toSpliced(1, 1).join('\n'), events).join()).toContain('told were a0 a1 b0');
  const longer = PLAYLIST.map((line) => line.replace('DURATION=1,', 'DURATION=1.5,'));
  expect(checkTranscript(longer.join('\n'), events)).toEqual(["'A0.' overlaps 'A1.'"]);
});

test('plans the same turns for the same seed, and others for another', () => {
  const turn = (seed: number) => plannedTurn(randomFrom(seed), 't');
  expect(turn(7)).toEqual(turn(7));
  expect([turn(8), turn(9), turn(10)]).not.toContainEqual(turn(7));
});
