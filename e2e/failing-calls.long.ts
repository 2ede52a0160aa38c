import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession, pushChunk, sessionStatus } from './support/api.ts';
import { makeMarkedClip } from './support/clips.ts';
import { EventReader } from './support/event-reader.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

/**
 * Lets each call into the system fail, one at a time, while a session is uploaded to and spoken in: whatever fails, the server lives, the
 * stream goes on, and what comes after it is heard.
 */

const PROFILE = { width: 128, height: 128, fps: 25, audioRate: 48_000, renditions: [] };
/** Calls of one kind that are tried at most; a round makes fewer of most kinds. */
const MAX_CALLS = 40;

let directory: string;
let control: string;
let clip: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'failing-calls-'));
  control = join(directory, 'control');
  const dataDir = join(directory, 'data');
  await mkdir(dataDir);
  await plan('none', 'NONE', 0);
  clip = await makeMarkedClip({ clip: 1, frames: 15, dir: directory, width: 128, height: 128 });
  const preload = join(import.meta.dirname, 'support/failing-calls.mjs');
  const env = { FAILING_CALLS: control, NODE_OPTIONS: `--import=${preload}`, AVATAR: 'drawn', LOG_LEVEL: 'warn' };
  server = await startServer({ dataDir, env });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function plan(kind: string, code: string, nth: number): Promise<void> {
  await writeFile(control, JSON.stringify({ kind, code, nth }));
}

async function failedCalls(): Promise<string[]> {
  const log = await readFile(`${control}.log`, 'utf8').catch(() => '');
  return log.split('\n').filter(Boolean);
}

async function post(path: string, body: object): Promise<number> {
  const response = await fetch(`${server.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** A refusal is an answer: what is accepted must be heard, or be told to have failed. */
async function accepted(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    expect(String(error)).toMatch(/: (503|507) /);
    return false;
  }
}

/** An upload and a sentence in a session that is opened for them. @returns the events that say what became of what was accepted. */
async function round(name: string): Promise<{ wanted: number; types: string[] }> {
  let wanted = 0;
  const opened = await accepted(() => openSession(server.origin, { id: name, profile: PROFILE }));
  if (!opened) return { wanted, types: [] };
  if (await accepted(() => pushChunk(server.origin, name, clip))) wanted += 1;
  if ((await post(`/v1/sessions/${name}/say`, { text: 'Yes.' })) === 202) wanted += 1;
  await using reader = new EventReader(`${server.origin}/v1/sessions/${name}/events`);
  const ends = (): string[] =>
    reader.seen.map(({ type }) => type).filter((type) => /^chunk\.(published|failed|dropped)$/.test(type));
  await until(`${wanted} chunks of ${name} are published or failed`, () => ends().length >= wanted);
  await fetch(`${server.origin}/v1/sessions/${name}`, { method: 'DELETE' });
  return { wanted, types: ends() };
}

const KINDS = [
  ['spawn', 'EMFILE'],
  ['spawn-throws', 'ENOMEM'],
  ['pipe', 'EIO'],
  ['kill', 'KILLED'],
  ['worker', 'ERR_WORKER_INIT_FAILED'],
  ['file', 'EMFILE'],
  ['file', 'EIO'],
] as const;

test.each(KINDS)('whichever %s call fails with %s, the server and its streams go on', async (kind, code) => {
  const { id } = await openSession(server.origin, { profile: PROFILE });
  for (let nth = 1; nth <= MAX_CALLS; nth++) {
    const before = await failedCalls();
    const publishedBefore = (await sessionStatus(server.origin, id)).publishedUntil;
    await plan(kind, code, nth);
    const { wanted, types } = await round(`${kind}-${code}-${nth}`.toLowerCase().replaceAll('_', '-'));
    await plan('none', 'NONE', 0);
    await until('the server is ready again', async () => (await fetch(`${server.origin}/readyz`)).ok);
    const failed = (await failedCalls()).slice(before.length);
    // What the system refused for a moment is not lost; what a child or disk broke may be, and is told.
    if (code === 'EMFILE') expect([failed, types]).toEqual([failed, Array(wanted).fill('chunk.published')]);
    const after = await round(`${kind}-${code}-${nth}-after`.toLowerCase().replaceAll('_', '-'));
    expect([failed, after]).toEqual([failed, { wanted: 2, types: ['chunk.published', 'chunk.published'] }]);
    expect((await sessionStatus(server.origin, id)).publishedUntil).toBeGreaterThan(publishedBefore);
    if (failed.length === 0) break;
  }
  expect(server.log.filter((line) => line.includes('please report'))).toEqual([]);
});
