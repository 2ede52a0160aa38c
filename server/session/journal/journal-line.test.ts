import { expect, test } from 'vitest';
import { type Batch, decodeJournal, encodeBatch } from './journal-line.ts';
import type { JournalRecord } from './records.ts';

const asked = (user: string): JournalRecord => ({ t: 'asked', turn: 't', user });
const BATCHES: Batch[] = [
  { number: 0, records: [asked('one\ntwo\u2028three')] },
  { number: 1, records: [asked('ü€😀'), asked('')] },
  { number: 2, records: [{ t: 'lost', msn: 7 }] },
];
const LINES = BATCHES.map(encodeBatch);
const WHOLE = Buffer.concat(LINES);

const numbersOf = (bytes: Uint8Array): number[] => decodeJournal(bytes).batches.map(({ number }) => number);

test('gives back what was written, a batch a line', () => {
  const { batches, goodBytes, fault } = decodeJournal(WHOLE);
  expect(batches.map(({ number, records }) => ({ number, records }))).toEqual(BATCHES);
  expect(batches.map(({ at }) => at)).toEqual([0, LINES[0]!.length, LINES[0]!.length + LINES[1]!.length]);
  expect([goodBytes, fault]).toEqual([WHOLE.length, undefined]);
  expect(WHOLE.toString().split('\n')).toHaveLength(4);
  expect(LINES[2]!.toString()).toBe('96df9323 {"b":2,"r":[{"t":"lost","msn":7}]}\n');
});

test('cut off at any byte, it is read up to the last whole line', () => {
  for (let length = 0; length <= WHOLE.length; length++) {
    const whole = LINES.filter((_, at) => Buffer.concat(LINES.slice(0, at + 1)).length <= length).length;
    const { batches, goodBytes, fault } = decodeJournal(WHOLE.subarray(0, length));
    expect(batches.map(({ number }) => number)).toEqual([0, 1, 2].slice(0, whole));
    expect(goodBytes).toBe(Buffer.concat(LINES.slice(0, whole)).length);
    expect(fault).toBe(length === goodBytes ? undefined : 'torn');
  }
});

test('with any bit turned, it is read up to the line with that bit', () => {
  for (let at = 0; at < WHOLE.length * 8; at++) {
    const bytes = Buffer.from(WHOLE);
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
    const line = LINES.findIndex((_, index) => at >> 3 < Buffer.concat(LINES.slice(0, index + 1)).length);
    const { fault } = decodeJournal(bytes);
    expect(numbersOf(bytes)).toEqual([0, 1, 2].slice(0, line));
    // Only what has no end was being written.
    expect(fault).toBe(bytes.indexOf(10, bytes.length - LINES[2]!.length) < 0 && line === 2 ? 'torn' : 'damaged');
  }
});

test.each([
  ['nothing', ''],
  ['a line that is too short', 'x\n'],
  ['JSON without a sum', '{"b":0,"r":[]}\n'],
  ['a sum of something else', `00000000 {"b":0,"r":[]}\n`],
  ['what is no batch', encodeBatch({ number: 0, records: null as never })],
  ['zeros, as a file system may leave them', Buffer.alloc(4096)],
])('reads no batch from %s', (_, bytes) => {
  expect(numbersOf(Buffer.from(bytes))).toEqual([]);
});
