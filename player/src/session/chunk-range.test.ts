import { expect, test } from 'vitest';
import { chunkOf, parseChunkRange } from './chunk-range.ts';

const START = Date.UTC(2026, 10, 20, 12);
const attributes = {
  ID: 'k3v9',
  CLASS: 'throughline.chunk',
  'PLANNED-DURATION': '2.4',
  'X-TURN': 't %221%22',
  'X-INDEX': '0',
  'X-TEXT': 'Hello %22there%22.',
  'X-WORDS': '6:0:310 8:340:900',
};

test('reads what a date range says of a chunk', () => {
  expect(parseChunkRange(attributes, START)).toEqual({
    id: 'k3v9',
    turn: 't "1"',
    index: 0,
    text: 'Hello "there".',
    startMs: START,
    endMs: START + 2_400,
    whole: true,
    words: [
      { atMs: START, until: 6 },
      { atMs: START + 340, until: 14 },
    ],
  });
});

test('ends where it was cut short', () => {
  const range = parseChunkRange({ ...attributes, DURATION: '0.8' }, START);
  expect(range).toMatchObject({ endMs: START + 800, whole: false });
});

test.each([
  ['of another class', { ...attributes, CLASS: 'com.apple.hls.interstitial' }, START],
  ['without id', { ...attributes, ID: '' }, START],
  ['without date', attributes, Number.NaN],
])('leaves out a range %s', (_title, raw, startMs) => {
  expect(parseChunkRange(raw, startMs)).toBeUndefined();
});

test('takes what is malformed for absent, and a stray percent sign for itself', () => {
  const bad = { ...attributes, 'X-TEXT': '100 % sure', 'X-INDEX': 'x', 'X-WORDS': 'a:b:c 4:1 3:0:9' };
  expect(parseChunkRange(bad, START)).toMatchObject({ text: '100 % sure', words: [{ atMs: START, until: 3 }] });
  expect(parseChunkRange(bad, START)).not.toHaveProperty('index');
});

test.each([
  ['k3v9', 'k3v9'],
  ['k3v9.2', 'k3v9'],
  ['k3v9.12', 'k3v9'],
])('%s is of chunk %s', (id, chunk) => {
  expect(chunkOf({ ...parseChunkRange(attributes, START)!, id })).toBe(chunk);
});
