import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { createFacePainter } from './face.ts';
import { NEUTRAL_POSE } from './face-pose.ts';
import { LOOKS } from './looks.ts';
import { FaceRenderer } from './renderer.ts';

const renderer = new FaceRenderer();
afterAll(() => renderer.close());

const never = new AbortController().signal;
const picture = { width: 256, height: 256, fps: 25 };
const pcm = Int16Array.from({ length: 16_000 }, (_, at) => (at > 2000 && at < 12_000 ? 9000 * Math.sin(at / 3) : 0));
const speech = { pcm, audioRate: 16_000 };

async function all(pictures: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const list: Uint8Array[] = [];
  for await (const pixels of pictures) list.push(pixels);
  return list;
}

function difference(one: Uint8Array | undefined, other: Uint8Array | undefined): number {
  if (one === undefined || other === undefined) throw new Error('a picture is missing');
  let sum = 0;
  for (const [at, value] of one.entries()) sum += Math.abs(value - (other[at] ?? 0));
  return sum / one.length;
}

describe('FaceRenderer', () => {
  it('gives as many pictures as the sound lasts, and alone begins and ends at rest', async () => {
    const clip = renderer.speech(speech, picture, { signal: never });
    expect(clip.frames).toBe(25);
    const pictures = await all(clip.pictures);
    expect(pictures).toHaveLength(25);
    const neutral = createFacePainter(256, 256).draw(NEUTRAL_POSE);
    const idle = await renderer.idle(picture).pictures[Symbol.asyncIterator]().next();
    for (const pixels of [pictures[0], idle.value]) {
      expect(Buffer.compare(pixels ?? new Uint8Array(), neutral)).toBe(0);
    }
    expect(difference(pictures[24], neutral)).toBeLessThan(0.2);
    expect(difference(pictures[12], neutral)).toBeGreaterThan(0.2);
  });

  it('moves from sentence to sentence as it does within them', async () => {
    const clipOf = (from: number): Promise<Uint8Array[]> =>
      all(renderer.speech(speech, picture, { signal: never, joins: { from, to: from + 1 } }).pictures);
    const clips = await Promise.all([0, 1, 2, 3, 4, 5].map(clipOf));
    const within = clips
      .flatMap((pictures) => pictures.slice(1).map((pixels, at) => difference(pixels, pictures[at])))
      .toSorted((a, b) => a - b);
    const joins = clips.slice(1).map((pictures, index) => difference(pictures[0], clips[index]?.at(-1)));
    for (const join of joins) {
      expect(join).toBeGreaterThan(within[0] ?? Number.POSITIVE_INFINITY);
      expect(join).toBeLessThan(within[Math.floor(within.length * 0.95)] ?? 0);
    }
  });

  it('makes a seamless idle loop of 12 s that can be cut to the neutral pose at every 0.2 s', async () => {
    const clip = renderer.idle({ width: 512, height: 512, fps: 25 });
    expect(clip.pcm.length).toBe(12 * 48_000);
    expect(clip.frames).toBe(300);
    let neutral: Uint8Array | undefined;
    let at = 0;
    let last: Uint8Array | undefined;
    const worst = { boundary: 0, step: 0 };
    for await (const pixels of clip.pictures) {
      neutral ??= pixels;
      // The pictures on both sides of a cut: the last of a slot and the first of the next.
      if (at % 5 === 0 || at % 5 === 4) worst.boundary = Math.max(worst.boundary, difference(pixels, neutral));
      if (last !== undefined && at % 5 === 0) worst.step = Math.max(worst.step, difference(pixels, last));
      last = pixels;
      at++;
    }
    expect(at).toBe(300);
    // Of 255: a shift of about a third of a pixel. A nod of 4 pixels, for comparison, is 3.1.
    expect(worst.boundary).toBeLessThan(1);
    expect(worst.step).toBeLessThan(0.2);
    expect(difference(last, neutral)).toBeLessThan(0.2);
  });

  it('holds still for as long as the idle loop, in the picture at which clips begin', async () => {
    for (const look of [undefined, 'bolt']) {
      const clip = renderer.still(picture, look);
      const idle = renderer.idle(picture, look);
      expect([clip.frames, clip.pcm.length, clip.audioRate]).toEqual([idle.frames, idle.pcm.length, idle.audioRate]);
      const neutral = createFacePainter(256, 256, look).draw(NEUTRAL_POSE);
      let count = 0;
      for await (const pixels of clip.pictures) {
        if (count % 50 === 0) expect(Buffer.compare(pixels, neutral)).toBe(0);
        count++;
      }
      expect(count).toBe(clip.frames);
    }
    for await (const pixels of renderer.still(picture).pictures) {
      expect(pixels.length).toBe(256 * 256 * 4);
      break;
    }
  });

  it('draws each look in one size side by side, each beginning in its own neutral pose', async () => {
    const clips = LOOKS.map(({ name }) => renderer.speech(speech, picture, { signal: never, look: name }));
    const drawn = await Promise.all(clips.map((clip) => all(clip.pictures)));
    for (const [at, { name }] of LOOKS.entries()) {
      const neutral = createFacePainter(256, 256, name).draw(NEUTRAL_POSE);
      expect(Buffer.compare(drawn[at]?.[0] ?? new Uint8Array(), neutral)).toBe(0);
      expect(difference(drawn[at]?.[12], neutral)).toBeGreaterThan(0.2);
      for (const other of LOOKS.slice(at + 1)) {
        expect(difference(createFacePainter(256, 256, other.name).draw(NEUTRAL_POSE), neutral)).toBeGreaterThan(20);
      }
    }
  });

  it('refuses a look that there is not', () => {
    const refused = expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining("got 'eve'") });
    expect(() => renderer.speech(speech, picture, { signal: never, look: 'eve' })).toThrow(refused);
    expect(() => renderer.idle(picture, 'eve')).toThrow(refused);
    expect(() => renderer.still(picture, 'eve')).toThrow(refused);
  });

  it('draws any even size', async () => {
    for (const [width, height] of [
      [2, 2],
      [640, 360],
      [90, 160],
    ] as const) {
      const clip = renderer.speech(
        { pcm: new Int16Array(700), audioRate: 16_000 },
        { width, height, fps: 25 },
        { signal: never },
      );
      const pictures = await all(clip.pictures);
      expect(pictures.map((pixels) => pixels.length)).toEqual([width * height * 4, width * height * 4]);
    }
  });

  it('reads two clips side by side', async () => {
    const clips = [1, 2, 3].map(() => renderer.speech(speech, picture, { signal: never }));
    const counts = await Promise.all(clips.map(async (clip) => (await all(clip.pictures)).length));
    expect(counts).toEqual([25, 25, 25]);
  });

  it('ends with ABORTED when aborted before, during and after', async () => {
    await expect(all(renderer.speech(speech, picture, { signal: AbortSignal.abort() }).pictures)).rejects.toMatchObject(
      {
        code: 'ABORTED',
      },
    );
    const controller = new AbortController();
    const pictures = renderer.speech(speech, picture, { signal: controller.signal }).pictures[Symbol.asyncIterator]();
    await pictures.next();
    controller.abort();
    await expect(pictures.next()).rejects.toMatchObject({ code: 'ABORTED' });
    const late = new AbortController();
    const clip = renderer.speech(speech, picture, { signal: late.signal });
    expect(await all(clip.pictures)).toHaveLength(25);
    late.abort();
  });

  it('goes on after a reader has left', async () => {
    for await (const pixels of renderer.speech(speech, picture, { signal: never }).pictures) {
      expect(pixels.length).toBe(256 * 256 * 4);
      break;
    }
    const unread = renderer.speech(speech, picture, { signal: never }).pictures[Symbol.asyncIterator]();
    await unread.return?.();
    expect(await all(renderer.speech(speech, picture, { signal: never }).pictures)).toHaveLength(25);
  });

  it('has no pictures for no sound', async () => {
    expect(
      await all(renderer.speech({ pcm: new Int16Array(0), audioRate: 16_000 }, picture, { signal: never }).pictures),
    ).toEqual([]);
  });

  it('fails the clip that can not be drawn, and draws the next', async () => {
    const odd = renderer.speech(speech, { width: 64, height: 1e9, fps: 25 }, { signal: never });
    await expect(all(odd.pictures)).rejects.toMatchObject({ code: 'SPEECH_FAILED' });
    expect(await all(renderer.speech(speech, picture, { signal: never }).pictures)).toHaveLength(25);
  });

  it('fails readers when closed, and closes twice', async () => {
    const own = new FaceRenderer();
    const clip = own.speech(speech, picture, { signal: never });
    const reading = all(clip.pictures);
    await Promise.all([own.close(), own.close(), expect(reading).rejects.toMatchObject({ code: 'ABORTED' })]);
    await expect(all(own.idle(picture).pictures)).rejects.toMatchObject({ code: 'ABORTED' });
    await own.close();
  });

  it('leaves nothing that keeps a process alive', () => {
    const script = `
      const { FaceRenderer } = await import(${JSON.stringify(new URL('./renderer.ts', import.meta.url).href)});
      const use = async (close) => {
        const renderer = new FaceRenderer();
        const picture = { width: 64, height: 64, fps: 25 };
        let count = 0;
        for await (const _ of renderer.speech({ pcm: new Int16Array(8000), audioRate: 16000 }, picture, { signal: new AbortController().signal }).pictures) count++;
        if (close) await renderer.close();
        return count;
      };
      console.log(await use(true), process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).length, await use(false));
    `;
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      // Ends only what would hang.
      timeout: 100_000,
    });
    expect(done.stdout + done.stderr).toBe('13 0 13\n');
    expect(done.status).toBe(0);
  });
});
