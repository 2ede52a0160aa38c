import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkEvents, checkTranscript } from './support/check-talk.ts';
import { fetchMultivariant, fetchText } from './support/hls-client.ts';
import { heapAfterCollection, INSPECTED } from './support/inspector.ts';
import { encodersOf, filesIn } from './support/leftovers.ts';
import { randomFrom } from './support/random.ts';
import { type PlannedTurn, plannedTurn } from './support/random-talk.ts';
import { TalkServer } from './support/talk-server.ts';
import { Talker } from './support/talker.ts';
import { until } from './support/until.ts';

const SEED = Number(process.env.SOAK_SEED ?? 20_261_120);
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 2);
const SESSIONS = process.env.CI ? 8 : 25;
const TURNS = 4;
const APOLOGY = 'That went wrong.';
const DEADLINE_MS = 1_500;
/** Open files that may be more: one worker of the face, the pipes of a warm encoder. 200 turns that leaked would leave hundreds. */
const MARGIN_FILES = 8;
/** What a second half of the same may add: resident memory comes and goes by what the allocators keep; objects hardly do. */
const MARGIN_MIB = { resident: 30, heap: 3 };
/** Our server keeps connections for 15 s, and fetch believes it: a few of the first session are in the first count. */
const FIRST_REST_MS = 6_000;
const KEPT_ALIVE_LIMIT_MS = 30_000;

let talk: TalkServer;

beforeAll(async () => {
  talk = await TalkServer.start({
    LLM_APOLOGY: APOLOGY,
    LLM_FIRST_TOKEN_MS: `${DEADLINE_MS}`,
    LLM_TOKEN_MS: `${DEADLINE_MS}`,
    TTS_TIMEOUT_MS: `${DEADLINE_MS}`,
    LOG_LEVEL: 'warn',
    ...INSPECTED,
  });
});

afterAll(async () => {
  await talk?.stop();
});

type Resources = {
  /** Resident, garbage and all. */
  readonly memoryMib: number;
  /** Living objects and buffers. */
  readonly heapMib: number;
  readonly files: number;
  /** How many files of each kind. */
  readonly kinds: string;
  readonly encoders: number;
};

/** What the server has open, by what it is: `socket` for all sockets. */
async function openFiles(): Promise<string[]> {
  const directory = `/proc/${talk.server.pid}/fd`;
  const targets = (await readdir(directory)).map((fd) =>
    readlink(`${directory}/${fd}`).catch(() => 'closed meanwhile'),
  );
  return (await Promise.all(targets)).map((target) => target.replace(/:\[\d+\]$/, '').replace('anon_inode:', ''));
}

function kindsOf(files: readonly string[]): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(Object.groupBy(files, (file) => file)).map(([kind, all]) => [kind, all?.length])),
  );
}

async function resources(): Promise<Resources> {
  const { pid, log } = talk.server;
  const { heapUsed, arrayBuffers } = await heapAfterCollection(log);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return {
    memoryMib: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024),
    heapMib: Math.round((heapUsed + arrayBuffers) / 2 ** 18) / 4,
    files: (await openFiles()).length,
    kinds: kindsOf(await openFiles()),
    encoders: (await encodersOf(pid)).length,
  };
}

function script(turn: PlannedTurn): void {
  talk.answers(turn.name, ...turn.model);
  for (const [index, sentence] of turn.sentences.entries()) talk.speaks(sentence, ...(turn.voice[index] ?? []));
}

/** Has the turns of one session as they are planned, and waits until all are over. */
async function converse(talker: Talker, turns: readonly PlannedTurn[]): Promise<void> {
  let onBusy: 'interrupt' | 'queue' = 'interrupt';
  for (const turn of turns) {
    script(turn);
    await talker.ask(turn.name, { turn: turn.name, onBusy });
    onBusy = turn.reaction === 'queue' ? 'queue' : 'interrupt';
    if (turn.reaction === 'hear') await talker.completed(turn.name);
    else if (turn.reaction !== 'queue') await sleep(turn.afterMs);
    if (turn.reaction === 'interrupt') await talker.interrupt();
  }
  for (const turn of turns) await talker.completed(turn.name);
}

type Tally = {
  chunks: number;
  published: number;
  dropped: number;
  failed: number;
  interrupted: number;
  degraded: number;
};

/** One session from its opening to its end, or to its deletion. @returns what was wrong. */
async function session(name: string, seed: number, tally: Tally): Promise<string[]> {
  const random = randomFrom(seed);
  const turns = Array.from({ length: TURNS }, (_, index) => plannedTurn(random, `${name}t${index}`));
  await using talker = await Talker.open(talk.origin, { id: `soak-${name}`, window: 300 });
  await converse(talker, turns);
  const { chunks } = await talker.status();
  const [media = ''] = await fetchMultivariant(talker.playlistUrl);
  if (random() < 0.5) {
    await talker.end();
    await talker.event('session.ended');
  }
  const transcript = await fetchText(media);
  talker.events.assertWhole();
  const { seen } = talker.events;
  const count = (type: string) => seen.filter((event) => event.type === type).length;
  tally.chunks += chunks.accepted;
  tally.published += count('chunk.published');
  tally.dropped += count('chunk.dropped');
  tally.failed += count('chunk.failed');
  tally.degraded += count('degraded');
  tally.interrupted += seen.filter(({ outcome }) => outcome === 'interrupted').length;
  const fates = {
    accepted: count('chunk.accepted'),
    published: count('chunk.published'),
    failed: count('chunk.failed'),
    dropped: count('chunk.dropped'),
  };
  return [
    ...checkEvents(seen, turns, APOLOGY),
    ...checkTranscript(transcript, seen),
    ...(JSON.stringify(chunks) === JSON.stringify(fates)
      ? []
      : [`status ${JSON.stringify(chunks)}, events ${JSON.stringify(fates)}`]),
  ].map((what) => `${name}: ${what}`);
}

/** Waits until nobody holds a connection any more, and tells what the server holds then. */
async function atRest(files?: number): Promise<Resources> {
  await until('no request is open at the provider', () => talk.openai.inFlight === 0);
  talk.openai.closeIdleConnections();
  await until('no connection is open at the provider', () => talk.openai.connections === 0);
  // Our own connections to the server are let go when they were idle for so long.
  if (files === undefined) await sleep(FIRST_REST_MS);
  else
    await until('all files are closed', async () => (await openFiles()).length <= files, KEPT_ALIVE_LIMIT_MS).catch(
      () => undefined,
    );
  return await resources();
}

test(`${ROUNDS * SESSIONS * TURNS} turns with delays, failures and interruptions lose, double and leave nothing (seed ${SEED})`, async () => {
  // The first turn of all starts what stays: a warm encoder for this profile, threads, caches.
  await session('warm', SEED, { chunks: 0, published: 0, dropped: 0, failed: 0, interrupted: 0, degraded: 0 });
  const before = await atRest();
  const rests = [before];
  const tally: Tally = { chunks: 0, published: 0, dropped: 0, failed: 0, interrupted: 0, degraded: 0 };
  const startedMs = Date.now();
  for (let round = 0; round < ROUNDS; round++) {
    const names = Array.from({ length: SESSIONS }, (_, index) => `r${round}s${index}`);
    const wrong = await Promise.all(names.map((name, index) => session(name, SEED + round * SESSIONS + index, tally)));
    expect(wrong.flat(), `seed ${SEED}`).toEqual([]);
    // Only at the end is it worth the wait.
    rests.push(await atRest(round === ROUNDS - 1 ? before.files + MARGIN_FILES : Number.POSITIVE_INFINITY));
  }
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  console.log(
    `soak, seed ${SEED}, ${seconds} s: ${JSON.stringify(tally)}\nat rest: ${rests.map((rest) => JSON.stringify(rest)).join(' ')}`,
  );
  const half = rests[ROUNDS / 2] ?? before;
  const end = rests[ROUNDS] ?? before;
  expect(tally.published, `seed ${SEED}`).toBeGreaterThan(tally.chunks / 2);
  expect(end.heapMib, `seed ${SEED}`).toBeLessThan(half.heapMib + MARGIN_MIB.heap);
  expect(end.memoryMib, `seed ${SEED}`).toBeLessThan(half.memoryMib + MARGIN_MIB.resident);
  expect(end.files, `seed ${SEED}: ${before.kinds}, then ${end.kinds}`).toBeLessThanOrEqual(
    before.files + MARGIN_FILES,
  );
  // One kind more may be kept waiting.
  expect(end.encoders, `seed ${SEED}`).toBeLessThanOrEqual(before.encoders + 1);
  expect(await filesIn(`${talk.directory}/data/.jobs`)).toEqual([]);
  expect((await readdir(`${talk.directory}/data`)).filter((name) => name.startsWith('soak'))).toEqual([]);
  expect(talk.server.log.filter((line) => line.includes('publishing failed'))).toEqual([]);
  expect((await talk.server.stop()).survivors).toEqual([]);
});
