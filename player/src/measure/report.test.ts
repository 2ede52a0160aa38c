import { decodeCmcd } from '@svta/cml-cmcd';
import { expect, test } from 'vitest';
import type { QualityFigures } from './quality.ts';
import { type ReportHead, reportLine } from './report.ts';

const FIGURES: QualityFigures = {
  latency: 0.8126,
  targetLatency: 0.6,
  stalls: 2,
  stalledMs: 340,
  startupMs: 412,
  bitrate: 1_870_336,
  throughput: 24_387_000,
  bufferAhead: 0.661,
  joins: 3,
  droppedFrames: 1,
  frameGaps: 0,
  longestFrameGapMs: 80,
};
const HEAD: ReportHead = {
  event: 't',
  state: 'playing',
  atMs: 1_795_835_396_617,
  sequence: 4,
  viewId: '0d4c4c1e-2b0a-4a38-9d0f-6b1f1c2f3a11',
  contentId: 'hello',
};

test('is a CMCD version 2 event report', () => {
  expect(reportLine(HEAD, FIGURES)).toBe(
    'bl=(700),br=(1870),bsa=(2),bsda=(340),cid="hello",dfa=1,e=t,ltc=813,msd=412,mtp=(24400),sf=h,' +
      'sid="0d4c4c1e-2b0a-4a38-9d0f-6b1f1c2f3a11",sn=4,sta=p,ts=1795835396617,v=2',
  );
});

test('is read by the library of the standard’s authors', () => {
  const read = decodeCmcd(reportLine({ ...HEAD, event: 'e', error: 'gone' }, FIGURES)) as Record<string, unknown>;
  expect(read).toMatchObject({ dfa: 1, ltc: 813, msd: 412, sn: 4, v: 2, sid: HEAD.viewId, cid: 'hello' });
  expect(`${(read.sta as { description?: string }).description ?? read.sta}`).toContain('p');
});

test('leaves out what is not known', () => {
  const unknown = { latency: undefined, startupMs: undefined, bitrate: undefined, throughput: undefined };
  const { contentId: _, ...head } = HEAD;
  expect(reportLine(head, { ...FIGURES, ...unknown })).toBe(
    `bl=(700),bsa=(2),bsda=(340),dfa=1,e=t,sf=h,sid="${HEAD.viewId}",sn=4,sta=p,ts=1795835396617,v=2`,
  );
});

test('lets no name break out of its quotes', () => {
  const line = reportLine({ ...HEAD, contentId: 'a",e=rr\\\nü' }, FIGURES);
  expect(line).toContain('cid="a\\",e=rr\\\\??",dfa');
});
