import { expect, test } from 'vitest';
import { chunkFrames, chunkOrigin, filterScripts, isHeldAt } from './filter-scripts.ts';
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
  expect(filterScripts(source, plan, 5)).toEqual({
    video: [
      "setpts='min(PTS-0.021000/TB,2.520000/TB)',metadata=mode=add:key=t:value=1," +
        'metadata=mode=print:key=t:direct=1:file=pipe\\\\:5,fps=fps=25:start_time=0:round=near,trim=end_frame=63,select=lt(n\\,50),' +
        'scale=eval=frame:w=max(2\\,floor(min(128\\,round(128*dar))/2)*2):h=max(2\\,floor(min(128\\,round(128/dar))/2)*2):' +
        'out_color_matrix=smpte170m:out_range=tv,pad=128:128:-1:-1:eval=frame,setsar=1,format=yuv420p,' +
        'setpts=2*N,tpad=stop_mode=clone:stop=-1,trim=start_frame=0:end_frame=61,' +
        "setpts='N+1000000*(clip(floor((N-25)/1)+1,0,1))+750000*gt(2*(N+0),PTS)'",
    ],
    audio:
      'asetpts=PTS-0.021000/TB,aresample=48000,aformat=sample_fmts=s16:channel_layouts=mono,atrim=start=0:end=2.500000',
  });
});

test.each([
  ['a frame of the source, in the first segment', 0, 0, false],
  ['one behind two starts', 80_000, 2, false],
  ['a held one', 10_000, 0, true],
  ['a held one behind two starts', 90_000, 2, true],
  ['a held one that begins with an IDR', 110_000, 2, true],
  ['one whose time was rounded', 79_999.96, 2, false],
])('tells %s', (_, leapt, starts, isHeld) => expect(isHeldAt(leapt, starts)).toBe(isHeld));
