import { expect, test } from 'vitest';
import { holdBacksOf } from './hls-loaders.ts';

test('reads what a low-latency playlist asks of its players', () => {
  const text = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:1',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6,HOLD-BACK=3,PART-HOLD-BACK=0.6',
    '#EXT-X-PART-INF:PART-TARGET=0.2',
  ].join('\n');
  expect(holdBacksOf(text)).toEqual({ holdBack: 3, partHoldBack: 0.6, partTarget: 0.2 });
});

test('takes PART-HOLD-BACK for no HOLD-BACK, and three target durations where there is none', () => {
  const text = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=1.2,CAN-BLOCK-RELOAD=YES\n';
  expect(holdBacksOf(text)).toEqual({ holdBack: 12, partHoldBack: 1.2, partTarget: undefined });
});

test('a multivariant playlist asks nothing', () => {
  expect(holdBacksOf('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv0/stream.m3u8\n')).toBeUndefined();
});
