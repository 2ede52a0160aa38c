import { describe, expect, it, test } from 'vitest';
import { growthOf } from '../lib/testing/count-work.ts';
import type { TimedWord } from './chunk-date-range.ts';
import type { WordTime } from './types.ts';
import { alignWords, phrases, spokenLength } from './words.ts';

/** A tenth of a second for each character. */
function timed(text: string): WordTime[] {
  let at = 0;
  return Array.from(text.match(/\S+\s*/g) ?? [], (word) => {
    const start = at;
    at += word.length / 10;
    return { text: word, start, end: at };
  });
}
const joined = (words: readonly TimedWord[] | undefined) => words?.map((word) => word.text);

describe('alignWords', () => {
  it('takes words whose texts are the text', () => {
    expect(alignWords('Hello you.', timed('Hello you.'))).toEqual([
      { text: 'Hello ', startMs: 0, endMs: 600 },
      { text: 'you.', startMs: 600, endMs: 1000 },
    ]);
  });

  it('finds words that come without what lies between them', () => {
    const words = ['Hello', 'dear', 'you'].map((text, at) => ({ text, start: at, end: at + 1 }));
    expect(joined(alignWords(' "Hello,  dear" you!', words))).toEqual([' "Hello,  ', 'dear" ', 'you!']);
  });

  it.each<[string, WordTime[] | undefined]>([
    ['no words', undefined],
    ['an empty list', []],
    ['blanks', [{ text: ' ', start: 0, end: 1 }]],
    ['words of another text', timed('Good bye')],
    ['times that are none', [{ text: 'Hello', start: Number.NaN, end: 1 }]],
  ])('has nothing of %s', (_case, words) => {
    expect(alignWords('Hello you.', words)).toBeUndefined();
  });

  it('never goes back in time', () => {
    const words = [
      { text: 'a ', start: 1, end: 0.5 },
      { text: 'b ', start: 0.2, end: 2 },
      { text: 'c', start: 1.5, end: 1.7 },
    ];
    expect(alignWords('a b c', words)?.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1000, 1000],
      [1000, 2000],
      [1500, 2000],
    ]);
  });
});

test.each([
  [0, ''],
  [300, ''],
  [599.5, 'Hello '],
  [700, 'Hello '],
  [1000, 'Hello you.'],
])('by %d ms of its words, %j is said', (ms, said) => {
  const text = 'Hello you.';
  expect(text.slice(0, spokenLength(text, alignWords(text, timed(text)), ms, 1000))).toBe(said);
});

test.each([
  ['Hello, you there.', 0, ''],
  ['Hello, you there.', 25, ''],
  ['Hello, you there.', 30, 'Hello, '],
  ['Hello, you there.', 60, 'Hello, you '],
  ['Hello, you there.', 95, 'Hello, you there.'],
  ['Hello, you there.', 100, 'Hello, you there.'],
  ['你好世界再见', 50, '你好'],
])('without times, of %j %d %% is %j', (text, percent, said) => {
  expect(text.slice(0, spokenLength(text, undefined, percent, 100)).startsWith(said)).toBe(true);
  expect(spokenLength(text, undefined, percent, 100)).toBeGreaterThanOrEqual(said.length);
});

describe('phrases', () => {
  const split = (text: string) =>
    phrases(alignWords(text, timed(text)) ?? []).map((words) => words.map((word) => word.text).join(''));

  it('end with a clause where they can', () => {
    expect(
      split(
        'When the first chunk is on air, the second one is already being encoded by the pool; nobody has to wait for it, and nothing stalls.',
      ),
    ).toEqual([
      'When the first chunk is on air, the second one is already being encoded by the pool; ',
      'nobody has to wait for it, and nothing stalls.',
    ]);
  });

  it('fit into two lines, whatever the text; a longer word stands alone', () => {
    for (const text of ['word '.repeat(200), 'a'.repeat(200), `b ${'a'.repeat(100)} c`, 'x']) {
      const found = split(text.trim());
      expect(found.join('')).toBe(text.trim());
      for (const phrase of found) expect(phrase.trim().length <= 84 || !phrase.trim().includes(' ')).toBe(true);
    }
  });

  it('make work that grows with the text, up to pages of it', async () => {
    const text = (times: number) => 'lorem ipsum, dolor sit amet '.repeat(times).trim();
    expect(split(text(400)).join('')).toBe(text(400));
    expect(await growthOf((times) => () => split(text(times)), 100)).toBeLessThan(2.1);
  });
});
