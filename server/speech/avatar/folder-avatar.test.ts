import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AvatarServiceOptions, startAvatarService } from '../../../e2e/avatar-service/service.ts';
import { UNTRUSTED_INPUT } from '../../encode/chunk-arguments.ts';
import { childProcesses } from '../../encode/test-media.ts';
import { Jail } from '../../lib/jail.ts';
import type { Avatar } from '../providers.ts';
import { createFolderAvatar, type FolderAvatarOptions } from './folder-avatar.ts';
import { isSame, jobOf, NO_IDLE, picturesOf } from './rig.ts';

const root = mkdtempSync(join(tmpdir(), 'folder-avatar-'));
const scratch = join(root, 'scratch');
let directory = root;
let open: AsyncDisposable[] = [];

const watchers = (): number =>
  process.getActiveResourcesInfo().filter((name) => /FSEvent|StatWatcher/.test(name)).length;
const jobsIn = (): string[] => readdirSync(join(directory, 'jobs')).sort();
const clipsIn = (): string[] => readdirSync(join(directory, 'clips')).sort();
const clip = (name: string): string => join(directory, 'clips', name);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

beforeAll(() => {
  mkdirSync(scratch);
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=128x128:rate=10,noise=alls=60'];
  const make = (name: string, ...options: string[]) =>
    spawnSync('ffmpeg', ['-v', 'error', ...input, '-t', '2', '-pix_fmt', 'yuv420p', ...options, join(root, name)]);
  make('end.mp4');
  make('other.mp4', '-vf', 'negate');
  make('parts.mp4', '-g', '2', '-movflags', '+frag_keyframe+empty_moov');
  make('clip.webm', '-c:v', 'libvpx', '-b:v', '1M');
});
beforeEach(() => {
  directory = mkdtempSync(join(root, 'shared-'));
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  open = [];
  expect(childProcesses()).toEqual([]);
  expect(readdirSync(scratch)).toEqual([]);
  for (let tries = 0; watchers() > 0 && tries < 50; tries++) await delay(10);
  expect(watchers()).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true }));

const bytes = (name: string): Buffer => readFileSync(join(root, name));

async function avatarHere(options: Partial<FolderAvatarOptions> = {}): Promise<Avatar> {
  const avatar = await createFolderAvatar({
    ...{ directory, ffmpegPath: 'ffmpeg', untrustedInput: UNTRUSTED_INPUT, jail: Jail.OPEN, fallback: NO_IDLE },
    ...{ temporaryDirectory: scratch, timeoutMs: 4_000, graceMs: 800 },
    ...options,
  });
  open.push({ [Symbol.asyncDispose]: () => avatar.close() });
  return avatar;
}

async function service(options: AvatarServiceOptions = {}) {
  const started = await startAvatarService({ speed: 0, folder: directory, ...options });
  open.push(started);
  return started;
}

/** Delivers as services should: at once, under its final name. */
function deliver(name: string, content: Buffer): void {
  writeFileSync(join(directory, 'clips', `${name}.tmp`), content);
  renameSync(join(directory, 'clips', `${name}.tmp`), clip(name));
}

test('a service in a shared folder gives the sentence its pictures, and nothing is left of it', async () => {
  const { jobs } = await service();
  const avatar = await avatarHere({ timeoutMs: 20_000 });
  const job = jobOf(1.05, { look: 'calm' });
  const rendered = await avatar.render(job);
  expect(rendered).toMatchObject({ frames: 11, width: 128, height: 128, fps: 10, pcm: job.speech.pcm });
  expect(await picturesOf(rendered)).toHaveLength(11);
  expect(jobs).toMatchObject([{ id: job.id, text: job.text, look: 'calm' }]);
  expect([jobsIn(), clipsIn()]).toEqual([[], []]);
});

test('the order is there only when its sound is, and says everything', async () => {
  const avatar = await avatarHere();
  const job = jobOf(1);
  const rendering = avatar.render(job);
  await until(() => existsSync(join(directory, 'jobs', `${job.id}.json`)));
  expect(jobsIn()).toEqual([`${job.id}.json`, `${job.id}.wav`]);
  expect(JSON.parse(readFileSync(join(directory, 'jobs', `${job.id}.json`), 'utf8'))).toEqual({
    ...{ id: job.id, text: job.text, audio: `${job.id}.wav`, width: 128, height: 128, fps: 10 },
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const wav = readFileSync(join(directory, 'jobs', `${job.id}.wav`));
  expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(24), wav.length]).toEqual(['RIFF', 16_000, 44 + 32_000]);
  deliver(`${job.id}.webm`, bytes('clip.webm'));
  expect(await picturesOf(await rendering)).toHaveLength(10);
});

test.each(['native', 'polling'])('sees clips with %s watching, sooner than it looks by itself', async (backend) => {
  const avatar = await avatarHere({ usePolling: backend === 'polling', pollMs: 50 });
  const job = jobOf(1);
  const rendering = avatar.render(job);
  await until(() => jobsIn().length === 2);
  await delay(300);
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  expect(await picturesOf(await rendering)).toHaveLength(10);
});

test.each([
  ['end.mp4', 3],
  ['parts.mp4', 3],
  ['clip.webm', 3],
])('never uses a half-written %s, however slow its writer is', async (name, pieces) => {
  const avatar = await avatarHere({ timeoutMs: 15_000, onShort: () => expect.unreachable('it was used half-written') });
  const job = jobOf(2);
  const rendering = avatar.render(job);
  await until(() => jobsIn().length === 2);
  const content = bytes(name);
  const path = clip(`${job.id}.${name.split('.')[1]}`);
  for (let at = 0; at < pieces; at++) {
    appendFileSync(path, content.subarray((content.length * at) / pieces, (content.length * (at + 1)) / pieces));
    await delay(500);
  }
  const pictures = await picturesOf(await rendering);
  expect(pictures).toHaveLength(20);
  expect(isSame(pictures[18], pictures[19])).toBe(false);
});

test('fails a clip that can not be decoded, after it waited a little for a better one', async () => {
  const avatar = await avatarHere();
  const bad = jobOf(1);
  const failing = avatar.render(bad);
  await until(() => jobsIn().length === 2);
  deliver(`${bad.id}.mp4`, Buffer.from('not a clip at all'));
  await expect(failing).rejects.toMatchObject({ code: 'AVATAR_FAILED' });
  const good = jobOf(1);
  const rendering = avatar.render(good);
  await until(() => jobsIn().length === 2);
  deliver(`${good.id}.mp4`, bytes('end.mp4').subarray(0, 2_000));
  await until(() => jobsIn().length === 0);
  deliver(`${good.id}.mp4`, bytes('end.mp4'));
  expect(await picturesOf(await rendering)).toHaveLength(10);
  expect(clipsIn()).toEqual([]);
});

test('fails with what the service says, and does not believe what it said about an earlier life', async () => {
  await service({ fail: 1 });
  const avatar = await avatarHere({ timeoutMs: 20_000 });
  const job = jobOf(0.5);
  await expect(avatar.render(job)).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: `the avatar service failed job ${job.id}: failed as told to`,
  });
  expect([jobsIn(), clipsIn()]).toEqual([[], []]);
  writeFileSync(clip(`${job.id}.error.txt`), 'old news');
  expect(await picturesOf(await avatar.render(job))).toHaveLength(5);
});

test('a service that was restarted finds the jobs that are still open', async () => {
  const first = await service({ hang: true });
  const avatar = await avatarHere({ timeoutMs: 20_000 });
  const rendering = avatar.render(jobOf(0.5));
  await until(() => first.jobs.length === 1);
  await first.close();
  expect(jobsIn()).toHaveLength(2);
  await service();
  expect(await picturesOf(await rendering)).toHaveLength(5);
});

test('after our restart, a clip that came meanwhile is taken at once, without asking again', async () => {
  const before = await avatarHere();
  const job = jobOf(1);
  const lost = before.render(job);
  lost.catch(() => undefined);
  await until(() => jobsIn().length === 2);
  await before.close();
  await expect(lost).rejects.toMatchObject({ code: 'ABORTED' });
  expect(jobsIn()).toHaveLength(2);
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  const after = await avatarHere();
  expect(await picturesOf(await after.render(job))).toHaveLength(10);
  expect([jobsIn(), clipsIn()]).toEqual([[], []]);
});

test('after our restart, a job that is still open is adopted as it is; another one of its name is not', async () => {
  const job = jobOf(1);
  const before = await avatarHere();
  before.render(job).catch(() => undefined);
  await until(() => jobsIn().length === 2);
  await before.close();
  const written = readFileSync(join(directory, 'jobs', `${job.id}.json`), 'utf8');
  const after = await avatarHere();
  const rendering = after.render(job);
  await delay(300);
  expect(readFileSync(join(directory, 'jobs', `${job.id}.json`), 'utf8')).toBe(written);
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  await picturesOf(await rendering);
  writeFileSync(join(directory, 'jobs', `${job.id}.json`), written);
  const changed = after.render({ ...job, text: 'Something else.' });
  await until(() => readFileSync(join(directory, 'jobs', `${job.id}.json`), 'utf8').includes('Something else.'));
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  await picturesOf(await changed);
});

test('a half-written clip that is there when we start is not used either', async () => {
  const job = jobOf(2);
  mkdirSync(join(directory, 'clips'));
  writeFileSync(clip(`${job.id}.mp4`), bytes('end.mp4').subarray(0, 20_000));
  const avatar = await avatarHere({ graceMs: 3_000, timeoutMs: 10_000 });
  const rendering = avatar.render(job);
  await delay(600);
  appendFileSync(clip(`${job.id}.mp4`), bytes('end.mp4').subarray(20_000));
  expect(await picturesOf(await rendering)).toHaveLength(20);
});

test('shows a clip once: what is delivered again is not used and goes after its time', async () => {
  const avatar = await avatarHere({ retentionMs: 400 });
  const job = jobOf(1);
  const rendering = avatar.render(job);
  await until(() => jobsIn().length === 2);
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  const rendered = await rendering;
  // While it is being shown: what is shown does not change.
  deliver(`${job.id}.mp4`, bytes('other.mp4'));
  const pictures = await picturesOf(rendered);
  expect(pictures).toHaveLength(10);
  expect(clipsIn()).toEqual([`${job.id}.mp4`]);
  const next = jobOf(1);
  const other = avatar.render(next);
  await until(() => jobsIn().includes(`${next.id}.json`));
  deliver(`${next.id}.mp4`, bytes('end.mp4'));
  expect(isSame((await picturesOf(await other))[0], pictures[0])).toBe(true);
  await until(() => clipsIn().length === 0);
});

test('an aborted job leaves the folder, and so do its clip and what crashed writers left; nothing else does', async () => {
  mkdirSync(join(directory, 'jobs'));
  writeFileSync(join(directory, 'jobs', '.job-1.0123456789ab.tmp'), '');
  writeFileSync(join(directory, 'jobs', 'job-1.json'), '{}');
  writeFileSync(join(directory, 'jobs', 'notes.md'), '');
  const avatar = await avatarHere({ retentionMs: 400 });
  const abort = new AbortController();
  const job = jobOf(1, { signal: abort.signal });
  const rendering = avatar.render(job);
  await until(() => jobsIn().includes(`${job.id}.json`));
  abort.abort();
  await expect(rendering).rejects.toMatchObject({ code: 'ABORTED' });
  expect(jobsIn().some((name) => name.startsWith(job.id))).toBe(false);
  deliver(`${job.id}.mp4`, bytes('end.mp4'));
  writeFileSync(clip('README'), 'mine');
  await until(() => clipsIn().length === 1 && jobsIn().length === 1);
  expect([clipsIn(), jobsIn()]).toEqual([['README'], ['notes.md']]);
});

test('hostile names are not looked at, links are not followed, folders are no clips', async () => {
  const avatar = await avatarHere({ timeoutMs: 1_500 });
  const job = jobOf(1);
  const rendering = avatar.render(job);
  await until(() => jobsIn().length === 2);
  symlinkSync(join(root, 'end.mp4'), clip(`${job.id}.mp4`));
  symlinkSync('/etc/passwd', clip(`${job.id}.error.txt`));
  mkdirSync(clip(`${job.id}.webm`));
  for (const name of [
    '-i.mp4',
    '__proto__.mp4',
    'constructor.mp4',
    `${job.id}.mp4;ls`,
    `${job.id}.part.mp4`,
    'a\nb.mp4',
  ]) {
    writeFileSync(clip(name), bytes('end.mp4'));
  }
  await expect(rendering).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: `no clip of job ${job.id} came within 1500 ms`,
  });
  expect(existsSync(join(root, 'end.mp4'))).toBe(true);
  expect(jobsIn()).toEqual([]);
  for (const id of ['../x', 'A', '', 'a/b', 'x'.repeat(65)]) {
    await expect(avatar.render(jobOf(1, { id }))).rejects.toMatchObject({ code: 'AVATAR_FAILED' });
  }
});

test('has no more jobs in the folder than agreed, and not the same one twice', async () => {
  const avatar = await avatarHere({ concurrency: 2, timeoutMs: 20_000 });
  const orders = [jobOf(0.5), jobOf(0.5), jobOf(0.5)];
  const clips = orders.map((job) => avatar.render(job));
  await until(() => jobsIn().length === 4);
  await delay(200);
  expect(jobsIn()).toHaveLength(4);
  await service();
  for (const one of clips) expect(await picturesOf(await one)).toHaveLength(5);
  const job = jobOf(1);
  const once = avatar.render(job);
  await until(() => jobsIn().length > 0);
  await expect(avatar.render(job)).rejects.toMatchObject({ message: `job ${job.id} is being done already` });
  expect(await picturesOf(await once)).toHaveLength(10);
});

test('takes clips over to another device', async () => {
  const elsewhere = mkdtempSync('/dev/shm/avatar-');
  try {
    const avatar = await avatarHere({ temporaryDirectory: elsewhere });
    const job = jobOf(1);
    const rendering = avatar.render(job);
    await until(() => jobsIn().length === 2);
    deliver(`${job.id}.mp4`, bytes('end.mp4'));
    expect(await picturesOf(await rendering)).toHaveLength(10);
    expect(clipsIn()).toEqual([]);
    await avatar.close();
    expect(readdirSync(elsewhere)).toEqual([]);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test('refuses a folder that can not be one', async () => {
  writeFileSync(join(directory, 'file'), '');
  await expect(avatarHere({ directory: join(directory, 'file') })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
