import { encodeCmcd } from '@svta/cml-cmcd';
import { describe, expect, test } from 'vitest';
import { mayBeStarved, mayHaveStartDelay, sidOf } from './cmcd-text.ts';

const query = (text: string) => ({ text, isEncoded: true });
const header = (text: string) => ({ text, isEncoded: false });
/** As hls.js puts it into a URL. */
const inUrl = (data: Parameters<typeof encodeCmcd>[0]) =>
  new URLSearchParams({ CMCD: encodeCmcd(data, { version: 1 }) }).toString().slice('CMCD='.length);

const SID = '3b8f2c1e-9d4a-4f6b-8e21-7c5d0a9f1e33';

describe('the session id', () => {
  test.each([
    ['as hls.js writes it', query(inUrl({ sid: SID, bl: [1400], br: [900], ot: 'av', su: true })), SID],
    ['alone', query(`sid%3D%22${SID}%22`), SID],
    ['in lower-case escapes', query(`bl%3d0%2csid%3d%22${SID}%22`), SID],
    ['in a query that is not encoded', query(`bl=0,sid="${SID}"`), SID],
    ['with a space, as URLSearchParams writes it', query('sid%3D%22a+b%22%2Csu'), 'a b'],
    ['with a space, percent-encoded', query('sid%3D%22a%20b%22%2Csu'), 'a b'],
    ['with an escaped letter', query('sid%3D%22%61bc%22'), 'abc'],
    ['in a header', header(`cid="x",sf=h,sid="${SID}",st=l`), SID],
    ['in a header, with space after the comma', header(`cid="x", sid="${SID}"`), SID],
    ['of 64 characters', header(`sid="${'s'.repeat(64)}"`), 's'.repeat(64)],
    ['of 65 characters', header(`sid="${'s'.repeat(65)}"`), undefined],
    ['that is empty', query('sid%3D%22%22'), undefined],
    ['that does not end', query('sid%3D%22abc'), undefined],
    ['that is a token', query('sid%3Dabc'), undefined],
    ['that is the end of another key', query('com.x-sid%3D%22abc%22'), undefined],
    ['in broken escapes', query('sid%3D%22%zz%22'), undefined],
    ['with a line break', query('sid%3D%22a%0Ab%22'), undefined],
    ['that is not there', query('bl%3D0%2Csu'), undefined],
  ])('%s', (_, text, expected) => {
    expect(sidOf(text)).toBe(expected);
  });
});

describe('a flag of starvation', () => {
  test.each([
    ['as hls.js writes it', query(inUrl({ sid: SID, bl: [0], bs: true, su: true })), true],
    ['at the start', query('bs%2Csid%3D%22a%22'), true],
    ['alone', query('bs'), true],
    ['at the end', query('bl%3D0%2Cbs'), true],
    ['after a comma that is not encoded', query('bl%3D0,bs,su'), true],
    ['in a header', header('bs,rtp=900'), true],
    ['that says no, which only decoding can tell', header('bs=?0'), true],
    [
      'that is a counter',
      query(inUrl({ sid: SID, bl: [0], su: true }).concat('%2Cbsa%3D%281%29%2Cbsda%3D%2820%29')),
      false,
    ],
    ['that is the end of another key', query('com.x-bs'), false],
    ['that is not there', query('bl%3D0%2Csid%3D%22abs%22'), false],
  ])('%s', (_, text, expected) => {
    expect(mayBeStarved(text)).toBe(expected);
  });
});

test('a start delay is seen in either form', () => {
  expect(mayHaveStartDelay(query('msd%3D812%2Csid%3D%22a%22'))).toBe(true);
  expect(mayHaveStartDelay(header('msd=812'))).toBe(true);
  expect(mayHaveStartDelay(query('mtp%3D812'))).toBe(false);
});
