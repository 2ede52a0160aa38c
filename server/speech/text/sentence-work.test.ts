import { describe, expect, it } from 'vitest';
import { countWork, growthOf } from '../../lib/testing/count-work.ts';
import { MARKDOWN_CASES } from './markdown-cases.ts';
import { SENTENCE_CASES } from './sentence-cases.ts';
import { SentenceStream } from './sentence-stream.ts';

function streamed(pieces: readonly string[]): string[] {
  const stream = new SentenceStream();
  return [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
}

const ALL = [...SENTENCE_CASES, ...MARKDOWN_CASES].map(([, text]) => text).join('\n\n');

it('splits text in pieces of three characters with hardly more work than in one', async () => {
  const pieces = ALL.match(/[\s\S]{1,3}/g) ?? [];
  streamed([ALL]);
  const whole = await countWork(() => streamed([ALL]));
  expect(await countWork(() => streamed(pieces))).toBeLessThan(1.2 * whole);
});

/** Text of a size, the same part over and over. */
const over = (part: string) => (size: number) => part.repeat(Math.ceil(size / part.length));

const HOSTILE: readonly (readonly [title: string, make: (size: number) => string])[] = [
  ['sentences', over('Mr. A. B. said so. ')],
  ['no space', over('x')],
  ['line ends', over('a\n')],
  ['empty lines', over('\n')],
  ['lone surrogates', (size) => '\ud83d'.repeat(size / 2) + '\ude00'.repeat(size / 2)],
  ...[
    '[',
    '](',
    '[a](',
    '![',
    '<',
    '<a ',
    '<!--',
    '<a href="',
    '*',
    '*a',
    '_ ',
    '`',
    '` ',
    '``a`',
    '~~',
    '|',
    '|-',
    '| a |\n|--|\n',
  ].map((part) => [JSON.stringify(part), over(part)] as const),
  ...[
    '.',
    '. ',
    '.a',
    '!',
    '! ',
    '\u2026',
    '3.1',
    'a@',
    'www.',
    'a.b/',
    'U.S. ',
    '"',
    '." ',
    '\u00bb. ',
    '- ',
    '> ',
    '#',
    '# ',
    '1. ',
    '```\n',
    '<think>',
    '</think',
    '\\',
    'e\u0301',
    '\u200d',
    '\u{1f600}',
    ')',
    'a.)',
    ',',
    'h\u3002',
    '\t',
  ].map((part) => [JSON.stringify(part), over(part)] as const),
  ['a link text without an end', (size) => `[${over('a ')(size)}`],
  ['an address without an end', (size) => `[a](${over('a "')(size)}`],
  ['a row without an end', (size) => `|${over('a|')(size)}`],
  ['a fence without an end', (size) => `\`\`\`${over('a ')(size)}`],
  ['a tag without an end', (size) => `<a${over(' a="b"')(size)}`],
];

describe('hostile text', () => {
  it.each(HOSTILE)('makes work that grows with its length, piece by piece: %s', async (_title, make) => {
    const split = (size: number) => {
      const pieces = make(size).match(/[\s\S]{1,1000}/g) ?? [];
      return () => streamed(pieces);
    };
    expect(await growthOf(split, 4_000)).toBeLessThan(2.1);
    for (const piece of split(10_000)()) expect(piece.length).toBeLessThanOrEqual(220);
  });
});
