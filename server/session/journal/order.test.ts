import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { random } from '../join-media.ts';
import type { Session } from '../session.ts';
import type { ChunkStatus } from '../types.ts';
import { heard, JournaledRig } from './journaled-rig.ts';
import { probeNamed } from './named-encoder.ts';

// An upload's bytes are its name and length here (`namedOrigin`): probing and encoding need neither ffmpeg nor real time.
vi.mock('../../encode/probe.ts', () => ({
  probeMedia: async (path: string) => probeNamed(path),
  warmProbe: () => undefined,
}));

const WINDOW_SECONDS = 3_600;
const running: JournaledRig[] = [];

async function start(): Promise<JournaledRig> {
  const rig = await JournaledRig.start();
  running.push(rig);
  return rig;
}

async function kill(rig: JournaledRig): Promise<JournaledRig> {
  const next = await rig.killed();
  running.push(next);
  await rig.stop();
  watch(next);
  await next.flush();
  return next;
}

afterEach(async () => {
  for (const rig of running.splice(0).reverse()) {
    await rig.stop();
    await rig.remove();
  }
});

function watch(rig: JournaledRig): void {
  rig.session('one').output.watch(rig.clock.now(), 'somebody');
}

type Upload = { readonly finish: () => Promise<ChunkStatus> };

/** Sends the head of an upload; `finish` sends its bytes and resolves when it is acknowledged. */
function begin(session: Session, text: string, options: { turn?: string; index?: number } = {}): Upload {
  const body = new PassThrough();
  const accepted = session.append({ body, ...options });
  accepted.catch(() => undefined);
  return {
    finish: async () => {
      body.end(text);
      return await accepted;
    },
  };
}

async function upload(rig: JournaledRig, text: string, options: { turn?: string; index?: number } = {}): Promise<void> {
  await begin(rig.session('one'), text, options).finish();
  await rig.flush();
}

async function playOut(rig: JournaledRig): Promise<void> {
  const session = rig.session('one');
  session.end();
  for (let second = 0; second < 300 && session.status().state !== 'ended'; second++) {
    watch(rig);
    await rig.advance(1_000);
  }
  expect(session.status().state).toBe('ended');
}

/** Frames of chunks as they were heard. */
async function framesOf(rig: JournaledRig): Promise<string[]> {
  return (await heard(rig.session('one'))).frames.filter((name) => !name.startsWith('~'));
}

/** Names of chunks as they were heard; a name comes again when something else was heard in between. */
async function chunksOf(rig: JournaledRig): Promise<string> {
  const names = (await framesOf(rig)).map((frame) => frame.charAt(0));
  return names.filter((name, at) => name !== names[at - 1]).join('');
}

function framesNamed(...texts: readonly string[]): string[] {
  return texts.flatMap((text) => Array.from({ length: Number(text.slice(1)) }, (_, at) => `${text.charAt(0)}${at}`));
}

describe('a chunk that was on air when the server was killed', () => {
  test.each([
    { what: 'a chunk without a turn', before: {}, later: {} },
    { what: 'a chunk of a turn that began earlier', before: { turn: 'x' }, later: { turn: 'x' } },
    { what: 'a chunk of its own turn with a lower index', before: { turn: 'x' }, later: { turn: 'talk', index: 0 } },
  ])('is finished before $what that comes after the restart, and said once', async ({ before, later }) => {
    let rig = await start();
    await rig.open('one', { window: WINDOW_SECONDS });
    watch(rig);
    await upload(rig, 'a10', before);
    await rig.advance(2_000);
    await upload(rig, 'b100', { turn: 'talk', index: 1 });
    await upload(rig, 'c50', { turn: 'talk', index: 2 });
    // Index 0 is given up after 5 s.
    await rig.advance(7_000);
    for (let round = 0; round < 3; round++) {
      rig = await kill(rig);
      if (round === 0) await upload(rig, 'd20', later);
      await rig.advance(700);
    }
    await playOut(rig);
    const order = later.turn === 'talk' ? ['a10', 'b100', 'd20', 'c50'] : ['a10', 'b100', 'c50', 'd20'];
    expect(await framesOf(rig)).toEqual(framesNamed(...order));
    expect(rig.session('one').status().chunks).toMatchObject({ accepted: 4, published: 4 });
    const ranges = rig.session('one').output.playlist('v0')?.dateRanges ?? [];
    expect(new Set(ranges.map(({ id }) => id)).size).toBe(ranges.length);
  });

  test('is finished when it is killed again and again before it goes on', async () => {
    let rig = await start();
    await rig.open('one', { window: WINDOW_SECONDS });
    watch(rig);
    await upload(rig, 'a100');
    await rig.advance(1_500);
    for (let round = 0; round < 5; round++) {
      rig = await kill(rig);
      await upload(rig, `${String.fromCharCode(98 + round)}10`, round % 2 === 0 ? {} : { turn: 'x' });
    }
    await playOut(rig);
    // Chunk e is of the same turn as c, which waited when it came.
    expect(await framesOf(rig)).toEqual(framesNamed('a100', 'b10', 'c10', 'e10', 'd10', 'f10'));
  });
});

describe('chunks of several turns', () => {
  test('are heard in the order in which the turns were accepted, whoever began to send first', async () => {
    for (const isKilled of [false, true]) {
      let rig = await start();
      await rig.open('one', { window: WINDOW_SECONDS });
      watch(rig);
      await upload(rig, 'a50');
      const slow = begin(rig.session('one'), 'b20', { turn: 'slow' });
      const quick = begin(rig.session('one'), 'c20', { turn: 'quick' });
      await quick.finish();
      await slow.finish();
      await rig.flush();
      if (isKilled) rig = await kill(rig);
      await playOut(rig);
      expect(await chunksOf(rig)).toBe('acb');
    }
  });

  test('are not torn apart by what is accepted after them', async () => {
    const rig = await start();
    await rig.open('one', { window: WINDOW_SECONDS });
    watch(rig);
    for (const [text, turn] of [['a50'], ['b50', 'x'], ['c50', 'x'], ['d50', 'y'], ['e50']] as const)
      await upload(rig, text, turn === undefined ? {} : { turn });
    await rig.advance(1_000);
    // Chunk b is on air, c waits.
    await rig.advance(2_500);
    expect((await chunksOf(rig)).at(-1)).toBe('b');
    await upload(rig, 'f20', { turn: 'x' });
    await upload(rig, 'g20');
    await playOut(rig);
    expect(await chunksOf(rig)).toBe('abcfdeg');
  });

  test.each(Array.from({ length: 12 }, (_, at) => at + 1))(
    'are heard in one order, killed or not: random uploads that overtake each other (%i)',
    async (seed) => {
      const orders: string[] = [];
      for (const kills of [0, 1, 3]) {
        const next = random(seed * 104_729);
        let rig = await start();
        await rig.open('one', { window: WINDOW_SECONDS });
        watch(rig);
        await sendOverlapping(rig, next);
        for (let round = 0; round < kills; round++) {
          rig = await kill(rig);
          await rig.advance(round * 1_300);
        }
        await playOut(rig);
        orders.push(await chunksOf(rig));
      }
      expect(orders).toEqual(orders.map(() => orders[0]));
      expect([...(orders[0] ?? '')].sort().join('')).toBe('abcdefghijkl');
    },
  );
});

/** Twelve uploads to several turns, some with an index, of which up to four are on their way at once. */
async function sendOverlapping(rig: JournaledRig, next: () => number): Promise<void> {
  const indices = new Map<string, number>();
  const sending: Upload[] = [];
  for (let at = 0; at < 12; at++) {
    const turn = [undefined, 'x', '10', '9'][Math.floor(next() * 4)];
    const key = turn ?? '';
    const index = indices.get(key) ?? 0;
    indices.set(key, index + 1);
    const text = `${String.fromCharCode(97 + at)}${5 + Math.floor(next() * 60)}`;
    sending.push(begin(rig.session('one'), text, { ...(turn && { turn }), ...(next() < 0.5 && { index }) }));
    while (sending.length > Math.floor(next() * 4)) {
      const [sent] = sending.splice(Math.floor(next() * sending.length), 1);
      await sent?.finish();
    }
    await rig.flush();
    if (next() < 0.3) await rig.advance(Math.floor(next() * 900));
  }
  for (const { finish } of sending) await finish();
  await rig.flush();
}
