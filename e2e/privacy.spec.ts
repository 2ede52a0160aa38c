import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wavHeader } from '../server/lib/wav-header.ts';
import { startOpenAiServer } from '../server/speech/testing/openai-server.ts';
import { deleteSession, endSession, openSession, sessionStatus } from './support/api.ts';
import { makeMarkedClip } from './support/clips.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { SMALL_PROFILE } from './support/talker.ts';
import { until } from './support/until.ts';

/** Words that are in no program: whoever writes one down has them from somebody who said them. */
const SAID = ['zanzibar', 'quokkas', 'xylophone', 'marmalade', 'ptarmigan', 'wolverhampton', 'kumquats', 'bandicoot'];

let directory: string;
const servers: RunningServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'privacy-'));
  await mkdir(join(directory, 'tmp'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const own = { AVATAR: 'none', TMPDIR: join(directory, 'tmp'), ...env };
  const server = await startServer({ dataDir: join(directory, 'data'), env: own });
  servers.push(server);
  return server;
}

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** A conversation in which something goes wrong at every stage. */
async function converse({ origin }: RunningServer): Promise<void> {
  const { id } = await openSession(origin, {
    ...{ profile: SMALL_PROFILE, title: 'About zanzibar', instructions: 'Speak of quokkas.' },
  });
  const session = `${origin}/v1/sessions/${id}`;
  const clip = await makeMarkedClip({ clip: 0, frames: 30, dir: directory, width: 128, height: 128 });
  await fetch(`${session}/chunks?text=a+xylophone+plays`, { method: 'POST', body: await readFile(clip) });
  await fetch(`${session}/chunks?text=broken+marmalade`, { method: 'POST', body: Buffer.alloc(5_000, 'x\0') });
  expect((await post(`${session}/say`, { text: 'The ptarmigan is a bird.' })).status).toBe(202);
  expect((await post(`${session}/turns`, { text: 'What is wolverhampton?', onBusy: 'queue' })).status).toBe(202);
  await fetch(`${session}/turns?onBusy=queue`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body: Buffer.alloc(5_000, 'kumquats\0'),
  });
  expect((await post(`${session}/say`, { text: 'bandicoot '.repeat(4_000) })).status).toBe(400);
  await fetch(`${session}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "bandicoot',
  });
  await until('it is all said', async () => (await sessionStatus(origin, id)).chunks.published >= 2, 30_000);
  await until('what is broken has failed', async () => (await sessionStatus(origin, id)).chunks.failed >= 1, 30_000);
  await post(`${session}/interrupt`, {});
  await endSession(origin, id);
  await deleteSession(origin, id);
}

const wordsIn = (log: readonly string[]): string[] => {
  const text = log.join('\n').toLowerCase();
  return SAID.filter((word) => text.includes(word));
};

test('what people say is in no log line at info, whatever goes wrong', async () => {
  // It refuses every sentence, and quotes it.
  await using openai = await startOpenAiServer({
    always: {
      chat: () => ({ text: 'Wolverhampton is a city of kumquats.' }),
      speech: ({ body }) => ({ status: 500, body: { error: { message: `can not say ${JSON.stringify(body)}` } } }),
      transcription: () => ({ status: 500, body: { error: { message: 'the recording is of no known kind' } } }),
    },
  });
  const server = await start({
    ...{
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_API_KEY: 'sk-test',
      LLM_MODEL: 'test',
      TTS_MODEL: 'test',
      ASR_MODEL: 'test',
    },
  });
  await converse(server);
  expect(server.log.length).toBeGreaterThan(5);
  expect(wordsIn(server.log)).toEqual([]);
  await server.stop();
  // Who looks for a fault may want to see it.
  const open = await start({ LOG_LEVEL: 'debug' });
  await converse(open);
  const shown = ['xylophone', 'marmalade', 'ptarmigan'];
  // Lines come by a pipe, some time later.
  await until('they are in the log', () => shown.every((word) => wordsIn(open.log).includes(word)), 30_000);
});

/** Files below a directory that hold what was said. */
async function filesThatTell(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const text = entry.isFile() ? await readFile(file, 'latin1').catch(() => '') : '';
    if (SAID.some((word) => text.toLowerCase().includes(word))) found.push(file);
  }
  return found;
}

/** So much at once that some of it is always being spoken. */
async function talkOn(origin: string): Promise<string> {
  const { id } = await openSession(origin, { profile: SMALL_PROFILE, pacing: 'asap' });
  const text = 'The ptarmigan and the bandicoot eat kumquats in zanzibar. '.repeat(60);
  expect((await post(`${origin}/v1/sessions/${id}/say`, { text })).status).toBe(202);
  return id;
}

test('texts that are spoken lie in DATA_DIR while they are, are swept after a kill, and go with their session', async () => {
  const server = await start();
  const jobs = join(directory, 'data', '.jobs');
  const spoken = async (): Promise<boolean> => (await filesThatTell(jobs)).length > 0;
  const id = await talkOn(server.origin);
  await until('a sentence is being spoken', spoken);
  await server.stop('SIGKILL');
  expect(await filesThatTell(jobs)).not.toEqual([]);
  expect(await filesThatTell(join(directory, 'tmp'))).toEqual([]);

  const next = await start();
  await deleteSession(next.origin, id);
  await until('what was left is gone', async () => !(await spoken()));
  await talkOn(next.origin).then((other) =>
    until('another one is spoken', spoken).then(() => deleteSession(next.origin, other)),
  );
  await until('it is gone with its session', async () => (await filesThatTell(join(directory, 'data'))).length === 0);
  expect(await readdir(join(directory, 'tmp'))).toEqual([]);
});

test('a recording of what somebody said is gone with its session', async () => {
  await using openai = await startOpenAiServer({ always: { transcription: () => ({ hangBeforeHeaders: true }) } });
  const server = await start({ ASR_MODEL: 'test', ASR_BASE_URL: openai.baseUrl });
  const { id } = await openSession(server.origin, { profile: SMALL_PROFILE });
  const pcm = Buffer.alloc(32_000, 'kumquats ');
  const body = Buffer.concat([wavHeader(pcm.length / 2, 16_000), pcm]);
  const recording = { method: 'POST', headers: { 'content-type': 'audio/wav' }, body };
  expect((await fetch(`${server.origin}/v1/sessions/${id}/turns`, recording)).status).toBe(202);
  await until('it lies there', async () => (await filesThatTell(join(directory, 'data'))).length > 0);
  await deleteSession(server.origin, id);
  await until('it is gone', async () => (await filesThatTell(join(directory, 'data'))).length === 0);
  expect(await readdir(join(directory, 'tmp'))).toEqual([]);
});
