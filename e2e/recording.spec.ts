import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteSession, endSession } from './support/api.ts';
import { makeMarkedClip } from './support/clips.ts';
import { fetchBytes } from './support/hls-client.ts';
import { type RunningServer, startServer } from './support/server.ts';

const FRAMES = [30, 57, 13];
const TOTAL = FRAMES.reduce((sum, frames) => sum + frames, 0);

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recording-'));
  server = await startServer({ dataDir: join(directory, 'data') });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

type Track = { readonly codec_type: string; readonly nb_read_frames: string; readonly duration: string };

async function tracksOf(path: string): Promise<{ video: number; audioBlocks: number; seconds: number }> {
  const { stdout, stderr } = await promisify(execFile)('ffprobe', [
    ...[
      '-v',
      'warning',
      '-count_frames',
      '-show_entries',
      'stream=codec_type,nb_read_frames,duration',
      '-of',
      'json',
      path,
    ],
  ]);
  expect(stderr).toBe('');
  const { streams } = JSON.parse(stdout) as { streams: Track[] };
  const find = (kind: string) => streams.find((stream) => stream.codec_type === kind);
  return {
    video: Number(find('video')?.nb_read_frames),
    audioBlocks: Number(find('audio')?.nb_read_frames),
    seconds: Number(find('video')?.duration),
  };
}

/** Opens a session, pushes the clips with a pause in front of the last one, plays it out. */
async function converse(pacing: 'live' | 'asap'): Promise<string> {
  const opened = await fetch(`${server.origin}/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ pacing }),
  });
  const { id } = (await opened.json()) as { id: string };
  for (const [clip, frames] of FRAMES.entries()) {
    const path = await makeMarkedClip({ clip, frames, dir: directory });
    if (clip === FRAMES.length - 1) await new Promise((resolve) => setTimeout(resolve, 5_000));
    const sent = await fetch(`${server.origin}/v1/sessions/${id}/chunks`, {
      method: 'POST',
      body: await readFile(path),
    });
    expect(sent.status).toBe(202);
  }
  await endSession(server.origin, id);
  const state = async () =>
    ((await (await fetch(`${server.origin}/v1/sessions/${id}`)).json()) as { state: string }).state;
  await expect.poll(state).toBe('ended');
  return id;
}

test.each(['live', 'asap'] as const)(
  'the recording of an ended session (%s) is every frame that was pushed, and nothing else',
  async (pacing) => {
    const id = await converse(pacing);
    const path = join(directory, `${pacing}.mp4`);
    await writeFile(path, await fetchBytes(`${server.origin}/live/${id}/recording.mp4`));
    const { video, audioBlocks, seconds } = await tracksOf(path);
    expect(video).toBe(TOTAL);
    expect(seconds).toBeCloseTo(TOTAL / 25, 3);
    expect(Math.abs(audioBlocks * 1024 - TOTAL * 1920)).toBeLessThanOrEqual(1024);

    const whole = join(directory, `${pacing}-filler.mp4`);
    await writeFile(whole, await fetchBytes(`${server.origin}/live/${id}/recording.mp4?filler=keep`));
    // Nobody watched: only a live session, which starts with filler, has any.
    expect((await tracksOf(whole)).video).toBeGreaterThan(pacing === 'live' ? TOTAL : TOTAL - 1);
    await deleteSession(server.origin, id);
  },
);
