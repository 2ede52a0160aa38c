import { encodeCmcd } from '@svta/cml-cmcd';
import { describe, expect, test } from 'vitest';
import { readReport } from './report.ts';

const read = (text: string) => readReport({ text, isEncoded: false });

describe('a report', () => {
  test('of event mode is read whole', () => {
    const text =
      'bl=(1400),br=(900),bsa=(2),bsda=(1300),cid="abc",com.throughline-joins=4,dfa=3,e=t,ltc=1200,msd=812,mtp=(25000),pt=61000,sid="s-1",sn=3,sta=p,ts=1795000000000,v=2';
    expect(read(text)).toEqual({
      sid: 's-1',
      event: 't',
      playerMs: 1_795_000_000_000,
      state: 'playing',
      startDelayMs: 812,
      isStarved: false,
      stalls: 2,
      rebufferMs: 1300,
      droppedFrames: 3,
      latencyMs: 1200,
      bufferMs: 1400,
      bitrateKbps: 900,
      throughputKbps: 25_000,
      errors: [],
    });
  });

  test('of a request is read as version 1 writes it, from its query', () => {
    const text = encodeCmcd({ sid: 'a b', bl: [0], br: [900], bs: true, mtp: [400], ot: 'av' }, { version: 1 });
    expect(readReport({ text: encodeURIComponent(text), isEncoded: true })).toEqual({
      sid: 'a b',
      isStarved: true,
      bufferMs: 0,
      bitrateKbps: 900,
      throughputKbps: 400,
      errors: [],
    });
  });

  test('tells sound and pictures apart where that matters', () => {
    expect(read('bl=(1400;v 20;a),br=(900;v 128;a),bsa=(1;v 2;a),bsda=(300;v 40;a),mtp=(900;v 700;a)')).toEqual({
      isStarved: false,
      bufferMs: 20,
      bitrateKbps: 1028,
      stalls: 3,
      rebufferMs: 340,
      throughputKbps: 900,
      errors: [],
    });
  });

  test('of an error keeps its codes, as many and as long as fit', () => {
    expect(read(`e=e,ec=("a" "${'b'.repeat(99)}" "c" "d" "e")`)?.errors).toEqual(['a', 'b'.repeat(64), 'c', 'd']);
  });
});

describe('what can not be true is not said', () => {
  test.each([
    ['a negative latency', 'ltc=-5'],
    ['a latency of two hours', 'ltc=7200000'],
    ['a million stalls and one', 'bsa=(1000001)'],
    ['stalls that add up to too many', 'bsa=(600000;v 600000;a)'],
    ['a bit rate of a terabit', 'br=(999999999999999)'],
    ['a start of an hour', 'msd=3600000'],
    ['a state that there is not', 'sta=z'],
    ['a state that objects have', 'sta=constructor'],
    ['a state that is a number', 'sta=1'],
    ['a number that is a string', 'ltc="1200"'],
    ['not a number', 'ltc=NaN'],
    ['a session id with half an emoji', 'sid="\ud83d"'],
    ['a flag with a number', 'bs=1'],
    ['a flag that says no', 'bs=?0'],
    ['a list of strings', 'bl=("a" "b")'],
    ['a session id that is too long', `sid="${'s'.repeat(65)}"`],
    ['keys that nobody knows', 'xyz=1,com.other-thing="x"'],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ isStarved: false, errors: [] });
  });
});

describe('what is no CMCD is no report', () => {
  test.each([
    ['text', 'hello there!'],
    ['JSON', '{"sid":"a"}'],
    ['an open string', 'sid="abc'],
    ['an open list', 'bl=(1 2'],
    ['a number of 16 digits', 'ltc=1234567890123456'],
    ['an exponent', 'ltc=1e9'],
    ['a key of objects', '__proto__=1'],
    ['a control character', 'sid="a\u0000b"'],
    ['a comma at the end', 'bl=(0),'],
    ['more than 2,048 characters', `sid="a",cid="${'c'.repeat(2_048)}"`],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  test('broken escapes', () => {
    expect(readReport({ text: 'bl%3D0%2', isEncoded: true })).toBeUndefined();
  });
});

test('hostile text takes no time worth speaking of', () => {
  const texts = [
    'bl=('.concat('1 '.repeat(1_000)),
    `${'a=1,'.repeat(500)}b`,
    'sid="'.concat('\\"'.repeat(1_000)),
    `a${';b=1'.repeat(500)}`,
  ];
  const before = process.threadCpuUsage();
  for (const text of texts) read(text);
  // Of this thread: whatever else the machine does meanwhile is not counted.
  expect(process.threadCpuUsage(before).user).toBeLessThan(100_000);
});
