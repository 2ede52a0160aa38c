import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession, openSession, pushChunk, sessionStatus } from './support/api.ts';
import { markFaults, type PushedClip } from './support/check-marks.ts';
import { makeMarkedClip } from './support/clips.ts';
import { fetchMultivariant } from './support/hls-client.ts';
import { blockLoop, INSPECTED } from './support/inspector.ts';
import { encodersOf } from './support/leftovers.ts';
import { LowLatencyReader } from './support/ll-reader.ts';
import { type ClipFile, Pusher } from './support/pusher.ts';
import { RawClient } from './support/raw-client.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { clockOff, setClock } from './support/stepped-clock.ts';
import { until } from './support/until.ts';

/** What goes wrong around the server while it streams, and how the stream looks from outside: to a reader that knows nothing of us. */

const PROFILE = { width: 256, height: 256, fps: 25, audioRate: 48_000, renditions: [] };
const WINDOW_SECONDS = 600;
const STALL_MS = 3_000;
const CLIPS = 8;

let directory: string;
let clips: ClipFile[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'faults-'));
  const make = async (clip: number): Promise<ClipFile> => {
    const frames = 20 + clip * 5;
    return { clip, frames, path: await makeMarkedClip({ clip, frames, dir: directory, width: 256, height: 256 }) };
  };
  clips = await Promise.all(Array.from({ length: CLIPS }, (_, clip) => make(clip)));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function* endless(): Generator<ClipFile> {
  for (let at = 0; ; at++) yield clips[at % CLIPS]!;
}

type Stream = {
  readonly server: RunningServer;
  readonly id: string;
  readonly reader: LowLatencyReader;
  readonly dataDir: string;
};

/** A session on a server of its own, from its first segment on in the hands of a reader. */
async function stream(name: string, env: Readonly<Record<string, string>> = {}): Promise<Stream> {
  const dataDir = await mkdtemp(join(directory, `${name}-`));
  const server = await startServer({ dataDir, env: { AVATAR: 'none', ENCODE_STALL_MS: `${STALL_MS}`, ...env } });
  const { id, playlistUrl } = await openSession(server.origin, { profile: PROFILE, window: WINDOW_SECONDS });
  const [media = ''] = await fetchMultivariant(playlistUrl);
  return { server, id, reader: new LowLatencyReader(media), dataDir };
}

/** Plays out, and says what the reader found wrong: `said` are the clips that must be in it, each once. */
async function faultsOf({ server, id, reader }: Stream, said: readonly PushedClip[]): Promise<string[]> {
  await endSession(server.origin, id);
  await until('it has ended', async () => (await sessionStatus(server.origin, id)).state === 'ended', 60_000);
  await until('the reader has it all', () => reader.hasAll);
  await reader.close();
  const wait = reader.starved > 0 ? [`nothing new, ${reader.starved} times`] : [];
  const stream = { fps: PROFILE.fps, audioRate: PROFILE.audioRate, directory };
  return [...reader.faults, ...wait, ...(await markFaults(reader.init!, reader.segments, said, stream))];
}

/** Until so many chunks were heard, or failed. */
const settled = ({ server, id }: Stream, count: number): Promise<void> =>
  until(
    `${count} are through`,
    async () => {
      const { chunks } = await sessionStatus(server.origin, id);
      return chunks.published + chunks.failed >= count;
    },
    60_000,
  );

/** The stream never stopped, never took anything back, and leaves no process. */
async function expectGoesOn({ server, reader }: Stream): Promise<void> {
  await reader.close();
  expect(reader.faults).toEqual([]);
  expect(reader.starved).toBe(0);
  expect((await server.stop()).survivors).toEqual([]);
}

/** Signals all of a server's ffmpeg processes: those that encode, those that wait for a chunk, and the one for sound. */
async function signalEncoders({ server }: Stream, signal: NodeJS.Signals): Promise<void> {
  for (const { pid } of await encodersOf(server.pid)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

// Each has a server of its own, and waits for most of its time.
test.concurrent('encoders that are killed cost at most the chunks they were at; all others are heard, each once', async () => {
  const run = await stream('killed');
  const pusher = new Pusher(`${run.server.origin}/v1/sessions/${run.id}/chunks`, endless(), () => 300);
  for (let round = 0; round < 6; round++) {
    await sleep(700);
    await signalEncoders(run, 'SIGKILL');
  }
  await sleep(500);
  await pusher.close();
  expect(pusher.faults).toEqual([]);
  await settled(run, pusher.pushed.length);
  const { chunks } = await sessionStatus(run.server.origin, run.id);
  expect(chunks.published).toBeGreaterThan(3);
  await expectGoesOn(run);
});

test.concurrent('encoders that hang are ended when they are due, and what comes next is heard', async () => {
  const run = await stream('hanging');
  const chunksUrl = `${run.server.origin}/v1/sessions/${run.id}/chunks`;
  // Those that wait for their chunk, and the one for sound.
  await signalEncoders(run, 'SIGSTOP');
  const pusher = new Pusher(chunksUrl, clips.slice(0, 4), () => 200);
  await until('all are pushed', () => pusher.pushed.length === 4);
  await settled(run, 4);
  const { chunks } = await sessionStatus(run.server.origin, run.id);
  expect(chunks.published).toBeGreaterThanOrEqual(2);
  await expectGoesOn(run);
});

test.concurrent.each([
  ['prints rubbish', 'head -c 100000 /dev/urandom; exit 0'],
  ['says that all is well, and gives nothing', 'cat >/dev/null; exit 0'],
  ['fails', 'echo "something is broken" >&2; exit 1'],
  ['says that all is well after half of it', 'exec "$FFMPEG" -t 0.4 "$@"'],
])('an ffmpeg that %s costs the chunks it was at, and the stream goes on', async (name, behaviour) => {
  const folder = join(directory, name.replaceAll(/[^a-z]+/g, '-'));
  const flag = await makeTools(folder, behaviour);
  const run = await stream(`${folder.slice(directory.length + 1)}-data`, { FFMPEG_PATH: join(folder, 'ffmpeg') });
  await writeFile(flag, '');
  for (const { path } of clips.slice(0, 3)) await pushChunk(run.server.origin, run.id, path);
  await settled(run, 3);
  await rm(flag);
  for (const { path } of clips.slice(3, 6)) await pushChunk(run.server.origin, run.id, path);
  await settled(run, 6);
  const { chunks } = await sessionStatus(run.server.origin, run.id);
  // One may have been started after the flag was gone, and one before it was there.
  expect(chunks.published).toBeGreaterThanOrEqual(2);
  await expectGoesOn(run);
});

/** An ffmpeg, and ffprobe beside it, that encodes uploads badly while a file is there. @returns that file's path. */
async function makeTools(folder: string, behaviour: string): Promise<string> {
  await mkdir(folder);
  const flag = join(folder, 'broken');
  const find = (name: string): string => `$(PATH=/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin command -v ${name})`;
  const scripts = {
    ffmpeg: `FFMPEG=${find('ffmpeg')}\ncase "$*" in *file:input*) if [ -e ${flag} ]; then ${behaviour}; fi;; esac\nexec "$FFMPEG" "$@"`,
    ffprobe: `exec "${find('ffprobe')}" "$@"`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return flag;
}

test('an event loop that stands still for two seconds loses nobody who waits, and nothing of the stream', async () => {
  const run = await stream('blocked', INSPECTED);
  const pusher = new Pusher(`${run.server.origin}/v1/sessions/${run.id}/chunks`, clips.slice(0, 4), () => 200);
  await until('it talks', () => pusher.pushed.length >= 2);
  await sleep(500);
  await blockLoop(run.server.log, 2_000);
  await until('all are pushed', () => pusher.pushed.length === 4);
  expect(pusher.faults).toEqual([]);
  expect(await faultsOf(run, pusher.pushed)).toEqual([]);
  expect(run.reader.retries).toBe(0);
  await run.server.stop();
});

test.concurrent('a system clock that is set an hour forward and back moves nothing; started again with a clock that is behind, all goes on', async () => {
  const hourMs = 3_600_000;
  const run = await stream('clock', clockOff(0));
  const { origin, log } = run.server;
  const pusher = new Pusher(`${origin}/v1/sessions/${run.id}/chunks`, endless(), () => 300);
  for (const ms of [hourMs, -hourMs, 0]) {
    await sleep(1_500);
    await setClock(log, ms);
  }
  await sleep(1_500);
  await run.server.stop('SIGKILL');
  const env = { AVATAR: 'none', ...clockOff(-hourMs) };
  const port = Number(new URL(origin).port);
  await using again = await startServer({ dataDir: run.dataDir, port, env });
  await sleep(2_000);
  await pusher.close();
  expect(pusher.faults).toEqual([]);
  const wrong = await faultsOf({ ...run, server: again }, pusher.pushed);
  // While it is started again, there is nothing new.
  expect(wrong.filter((fault) => !fault.startsWith('nothing new'))).toEqual([]);
});

test('a server that is told to end answers who waits, closes what it streams, and ends in order', async () => {
  const run = await stream('ended');
  const { origin } = run.server;
  const status = await sessionStatus(origin, run.id);
  const head = 'HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const clients = await RawClient.openAll(origin, 3);
  const [held, events, idle] = clients as [RawClient, RawClient, RawClient];
  held.say(`GET /live/${run.id}/v0/stream.m3u8?_HLS_msn=${Math.floor(status.publishedUntil / 2) + 2} ${head}`);
  events.say(`GET /v1/sessions/${run.id}/events ${head}`);
  await until('events come', () => events.received.includes('session.opened'));
  const order: string[] = [];
  const note = (what: string) => () => void order.push(what);
  const stopped = run.server.stop('SIGTERM');
  void stopped.then(note('gone'));
  await Promise.all([
    held.answered().then(note('answered')),
    ...[events, idle].map((client) => client.closed().then(note('closed'))),
  ]);
  expect([200, 503]).toContain(held.status);
  expect(await stopped).toMatchObject({ exitCode: 0, exitSignal: null, survivors: [] });
  expect(order.at(-1)).toBe('gone');
  expect(run.server.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  await run.reader.close();
});
