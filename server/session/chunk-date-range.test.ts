import { expect, test } from 'vitest';
import { chunkDateRange, encodeText, parseWords } from './chunk-date-range.ts';

const BASE = { id: 'c1', index: 0, startDate: new Date(0), plannedDuration: 1 };

test.each([
  ['Hello there, friend = you; it’s fine.', undefined],
  ['a "quote" and 100 %', 'a %22quote%22 and 100 %25'],
  ['x\n#EXTINF:1,\r\nevil.m4s', 'x%0A#EXTINF:1,%0D%0Aevil.m4s'],
  ['{$secret} {braces}', '%7B$secret} %7Bbraces}'],
  ['nul \0 bell \x07 c1 \x85 ls \u2028 rlo \u202e bom \ufeff', undefined],
  ['e\u0301 decomposed, \u212b sign', 'e%CC%81 decomposed, %E2%84%AB sign'],
  ['\n\u0301', '%0A%CC%81'],
  ['日本語 😀 العربية', '日本語 😀 العربية'],
])('carries %j and gives it back', (text, expected) => {
  const encoded = encodeText(text);
  if (expected !== undefined) expect(encoded).toBe(expected);
  expect(encoded).not.toMatch(/["\p{C}\p{Zl}\p{Zp}{]/u);
  expect(encoded.normalize('NFC')).toBe(encoded);
  expect(decodeURIComponent(encoded)).toBe(text);
});

test('half a surrogate pair becomes a replacement character', () => {
  expect(decodeURIComponent(encodeText('a\ud800b'))).toBe('a\ufffdb');
});

test('says when each word is said, and reads it back', () => {
  const words = [
    { text: 'Hello ', startMs: 0, endMs: 310.4 },
    { text: 'there.', startMs: 310.4, endMs: 640 },
  ];
  const { attributes } = chunkDateRange({ ...BASE, turn: 't "1"', text: 'Hello there.', words });
  expect(attributes).toEqual({
    'X-TURN': 't %221%22',
    'X-INDEX': 0,
    'X-TEXT': 'Hello there.',
    'X-WORDS': '6:0:310 6:310:640',
  });
  expect(parseWords('Hello there.', attributes['X-WORDS'] as string)).toEqual([
    { text: 'Hello ', startMs: 0, endMs: 310 },
    { text: 'there.', startMs: 310, endMs: 640 },
  ]);
  expect(parseWords('Hello there.', undefined)).toEqual([]);
});

test.each([
  ['plain', 'word '.repeat(5_000)],
  ['astral', '😀 '.repeat(3_000)],
  ['never normalized', 'e\u0301 '.repeat(3_000)],
  ['control characters', '\x07'.repeat(5_000)],
])('keeps a long text of %s below the line that ffmpeg reads', (_case, text) => {
  const words = Array.from(text.match(/\S+ ?/g) ?? [], (word, index) => ({
    text: word,
    startMs: 1e7 + index,
    endMs: 1e7 + index + 1,
  }));
  const { attributes } = chunkDateRange({ ...BASE, turn: '\x07'.repeat(128), text, words });
  const bytes = Buffer.byteLength(Object.values(attributes).join(''));
  expect(bytes).toBeLessThan(3_600);
  const kept = decodeURIComponent(String(attributes['X-TEXT']));
  expect(text.startsWith(kept)).toBe(true);
  expect(kept.length).toBeLessThanOrEqual(1_000);
  const parsed = parseWords(kept, attributes['X-WORDS'] as string | undefined);
  expect(kept.startsWith(parsed.map((word) => word.text).join(''))).toBe(true);
});

test('has no text and no turn when there is none', () => {
  expect(chunkDateRange({ ...BASE, text: '' }).attributes).toEqual({ 'X-INDEX': 0 });
});
