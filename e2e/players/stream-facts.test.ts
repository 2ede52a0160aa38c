import { expect, test } from 'vitest';
import { kindOf, readProbe } from './stream-facts.ts';

test('tells what kind of stream a playlist is of', () => {
  expect(kindOf({ ended: false, text: '#EXTM3U\n#EXT-X-TARGETDURATION:1\n' })).toBe('live');
  expect(kindOf({ ended: false, text: '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n' })).toBe('asap');
  expect(kindOf({ ended: true, text: '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-ENDLIST\n' })).toBe('ended');
});

/** As ffprobe 5.1 prints it, shortened to a few packets. */
const PROBED = {
  packets: [
    { codec_type: 'video', duration_time: '0.040000', size: '43210' },
    { codec_type: 'audio', size: '120' },
    { codec_type: 'audio', duration_time: '0.021333', size: '99' },
    { codec_type: 'video', duration_time: '0.040000', size: '310' },
  ],
  streams: [
    { codec_type: 'video', r_frame_rate: '30000/1001' },
    { codec_type: 'audio', sample_rate: '48000', r_frame_rate: '0/0' },
  ],
};

test('counts frames, packets and samples of what ffprobe read', () => {
  const { frameRate, ...counts } = readProbe(JSON.stringify(PROBED));
  expect(frameRate).toBeCloseTo(29.97, 3);
  expect(counts).toEqual({ frames: 2, audioPackets: 2, audioBytes: 219, samples: 2048, audioRate: 48_000 });
});

test('takes a stream without sound, and refuses one without pictures', () => {
  const [video, audio] = PROBED.streams;
  expect(readProbe(JSON.stringify({ streams: [video], packets: [] }))).toMatchObject({ audioRate: 0, samples: 0 });
  expect(() => readProbe(JSON.stringify({ streams: [audio] }))).toThrow('no pictures');
  expect(() => readProbe('{}')).toThrow('no pictures');
});
