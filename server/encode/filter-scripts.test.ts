import { expect, test } from 'vitest';
import { chunkFrames, chunkOrigin, filterScripts } from './filter-scripts.ts';
import { SMALL } from './test-media.ts';
import type { MediaProbe } from './types.ts';

type Span = readonly [start: number, end: number];

function probe(video: Span | undefined, audio?: Span, exact = false): MediaProbe {
  return {
    container: 'x',
    ...(video && { video: { codec: 'avc', width: 64, height: 64, start: video[0], end: video[1] } }),
    ...(audio && { audio: { codec: 'aac', sampleRate: 48_000, start: audio[0], end: audio[1], exact } }),
  };
}

test.each([
  ['mp4: priming in front of zero', probe([0, 2], [-0.0213, 2]), 0, 50],
  ['mkv: pictures behind priming', probe([0.021, 2.021], [0, 2.02]), 0.021, 50],
  ['ts: a clock that starts at 1.4 s', probe([1.4, 3.4], [1.4, 3.39]), 1.4, 50],
  ['pictures alone', probe([0, 2]), 0, 50],
  ['pictures alone that start late', probe([5, 7]), 5, 50],
  ['sound alone', probe(undefined, [0, 2], true), 0, 50],
  ['sound alone, a sample longer', probe(undefined, [0, 2 + 1 / 48_000], true), 0, 51],
  ['lossy sound longer by its padding', probe([0, 2], [0, 2.04]), 0, 50],
  ['lossless sound longer by as much', probe([0, 2], [0, 2.04], true), 0, 51],
  ['sound longer', probe([0, 2], [0, 3]), 0, 75],
  ['sound shorter', probe([0, 2], [0, 0.5]), 0, 50],
  ['pictures that start after sound does', probe([0.5, 2], [0, 2]), 0, 50],
  ['one picture of no length', probe([0, 0.001]), 0, 1],
  ['a length of half a frame', probe([0, 0.02]), 0, 1],
])('%s', (_, media, origin, frames) => {
  expect(chunkOrigin(media, 25)).toBeCloseTo(origin, 6);
  expect(chunkFrames(media, 25)).toBe(frames);
});

test('writes the plan into the scripts', () => {
  const source = { kind: 'file', path: 'x', probe: probe([1.421, 3.421], [1.4, 3.4]) } as const;
  const plan = { profile: SMALL, segmentFrames: [25, 25], holdFrames: 10 };
  expect(filterScripts(source, plan)).toEqual({
    video: [
      'setpts=PTS-0.021000/TB,fps=fps=25:start_time=0:round=near,trim=end_frame=60,' +
        'scale=w=128:h=128:force_original_aspect_ratio=decrease:force_divisible_by=2:out_color_matrix=smpte170m:out_range=tv,' +
        'pad=128:128:-1:-1,setsar=1,format=yuv420p,tpad=stop_mode=clone:stop=-1,trim=start_frame=0:end_frame=60,' +
        "setpts='(N/25+10000*(gte(N,25)+gte(N,50)))/TB'",
    ],
    audio:
      'asetpts=PTS-0.021000/TB,aresample=48000:async=1:first_pts=0,' +
      'aformat=sample_fmts=s16:channel_layouts=mono,apad,atrim=start_sample=0:end_sample=96016',
  });
});
