import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IdleLoops } from './idle-loops.ts';
import { childProcesses, Lab, rawClip, SMALL } from './test-media.ts';
import type { FillerClip, RawClip } from './types.ts';

const LOOP_FRAMES = 50;
const TARGET_DURATION = 1;

let lab: Lab;
let closing: AbortController;
let loops: IdleLoops;
/** Pictures that were drawn, of all loops. */
let drawn: number;
/** Loops whose pictures are being read, and the most there were at once. */
let drawing: number;
let mostDrawing: number;
/** Holds pictures back, if set. */
let gate: Promise<void> | undefined;

beforeEach(() => {
  lab = new Lab();
  closing = new AbortController();
  [drawn, drawing, mostDrawing, gate] = [0, 0, 0, undefined];
  loops = makeLoops();
});

afterEach(async () => {
  closing.abort();
  await lab.close();
  expect(childProcesses()).toEqual([]);
});

function makeLoops(): IdleLoops {
  return new IdleLoops({
    chunks: lab.chunks,
    encoder: 'libx264',
    cacheDirectory: lab.path('cache'),
    idle: { version: (look) => look ?? 'plain', draw },
    now: () => 0,
    signal: closing.signal,
  });
}

function draw(): RawClip {
  const clip = rawClip(LOOP_FRAMES);
  return { ...clip, pictures: counted(clip.pictures) };
}

async function* counted(pictures: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  drawing += 1;
  mostDrawing = Math.max(mostDrawing, drawing);
  try {
    for await (const picture of pictures) {
      await gate;
      drawn += 1;
      yield picture;
    }
  } finally {
    drawing -= 1;
  }
}

const key = (look?: string) => ({ profile: SMALL, targetDuration: TARGET_DURATION, look });
const frames = (clip: FillerClip): number => clip.video[0]?.length ?? 0;

test('a session begins with one picture, and has the loop when it needs it', async () => {
  const still = await loops.filler(key());
  expect([frames(still), drawn]).toEqual([25, 1]);
  const [loop, same] = await Promise.all([loops.loop(key()), loops.loop(key())]);
  expect(frames(loop)).toBe(LOOP_FRAMES);
  expect(same).toBe(loop);
  expect(drawn).toBe(1 + LOOP_FRAMES);
  expect(loop.init).toEqual(still.init);
  // Who comes later begins with the loop, and so does the next server.
  expect(await loops.filler(key())).toBe(loop);
  expect(frames(await makeLoops().filler(key()))).toBe(LOOP_FRAMES);
  expect(drawn).toBe(1 + LOOP_FRAMES);
});

test('loops are made one at a time', async () => {
  const looks = ['a', 'b', 'c', 'd'];
  const made = await Promise.all(looks.map((look) => loops.loop(key(look))));
  expect(made.map(frames)).toEqual(looks.map(() => LOOP_FRAMES));
  expect(mostDrawing).toBe(1);
});

test('a loop that nobody waits for any more is called off, and leaves nothing', async () => {
  const opened = Promise.withResolvers<void>();
  gate = opened.promise;
  const left = new AbortController();
  const asked = Array.from({ length: 12 }, (_, at) => loops.loop(key(`look ${at}`), left.signal));
  left.abort(new Error('nobody waits'));
  for (const each of asked) await expect(each).rejects.toThrow('nobody waits');
  opened.resolve();
  gate = undefined;
  // Nothing of them is in the way of the next one.
  expect(frames(await loops.loop(key('next')))).toBe(LOOP_FRAMES);
  expect(drawn).toBeLessThanOrEqual(LOOP_FRAMES + 2);
  expect(readdirSync(lab.path('cache'))).toHaveLength(1);
});

test('a clip that is said is encoded while a loop waits for its pictures', async () => {
  const opened = Promise.withResolvers<void>();
  gate = opened.promise;
  const loop = loops.loop(key());
  const said = await lab.encodeSource({ kind: 'clip', clip: rawClip(10) }, 10);
  expect(said.framesReady).toBe(10);
  opened.resolve();
  expect(frames(await loop)).toBe(LOOP_FRAMES);
});
