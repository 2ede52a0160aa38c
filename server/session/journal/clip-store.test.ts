import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clipFile, namedClip } from '../../encode/clip-file.ts';
import type { FillerClip } from '../../encode/types.ts';
import { gridFor } from '../../timeline/cut.ts';
import { fillerClip, PROFILE } from '../fakes.ts';
import { ClipStore, type WantedClip } from './clip-store.ts';
import { TroubledDisk } from './troubled-disk.ts';

const GRID = gridFor(PROFILE.fps, 1);
const clip = (frames: number): FillerClip => namedClip(fillerClip(GRID, frames));
const wanted = ({ id, segmentFrames }: FillerClip): WantedClip => ({ id, cut: segmentFrames, renditions: 1 });
const bytesOf = (filler: FillerClip | undefined) => filler && Buffer.concat(clipFile(filler, 0));

let directory: string;
let shared: string;
let own: string;
let disk: TroubledDisk;
let store: ClipStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clips-'));
  [shared, own] = [join(directory, '.clips'), join(directory, 'session', 'clips')];
  disk = new TroubledDisk();
  store = new ClipStore(shared, disk);
});

afterEach(async () => {
  await disk.closeAll();
  await rm(directory, { recursive: true, force: true });
});

/** A store of the next server. */
const next = () => new ClipStore(shared, disk);

test('gives a later server the very same clip, once for all who show it', async () => {
  const idle = clip(200);
  await store.keep(idle);
  const later = next();
  const loaded = await later.load(wanted(idle), own);
  expect(bytesOf(loaded)).toEqual(bytesOf(idle));
  expect(loaded?.id).toBe(idle.id);
  expect(await later.load(wanted(idle), own)).toBe(loaded);
});

test('writes a clip once, however many keep it', async () => {
  await Promise.all([store.keep(clip(200)), store.keep(clip(200)), store.keep(clip(200))]);
  expect(disk.writes).toBe(1);
});

test('a picture that one session holds lies with it', async () => {
  const held = clip(75);
  await store.keep(held, own);
  expect(await readdir(own)).toEqual([`${held.id}-0.mp4`]);
  const later = next();
  expect(bytesOf(await later.load(wanted(held), own))).toEqual(bytesOf(held));
  expect(await later.load(wanted(held), join(directory, 'another'))).toBeUndefined();
});

test('a clip that is damaged is none', async () => {
  const idle = clip(200);
  await store.keep(idle);
  const path = join(shared, `${idle.id}-0.mp4`);
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at += at < 1_000 ? 1 : 97) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await writeFile(path, damaged);
    expect(await next().load(wanted(idle), own)).toBeUndefined();
  }
  await writeFile(path, whole.subarray(0, whole.length / 2));
  expect(await next().load(wanted(idle), own)).toBeUndefined();
  await rm(path);
  expect(await next().load(wanted(idle), own)).toBeUndefined();
});

test('what could not be written is written when it is kept again', async () => {
  const idle = clip(200);
  disk.fails = 'ENOSPC';
  await expect(store.keep(idle)).rejects.toMatchObject({ code: 'ENOSPC' });
  disk.fails = undefined;
  await store.keep(idle);
  expect(bytesOf(await next().load(wanted(idle), own))).toEqual(bytesOf(idle));
});

test('sweeps what no session names, and no file that is not its own', async () => {
  expect(await store.sweep(new Set())).toBe(0);
  const [named, old, made] = [clip(200), clip(150), clip(100)] as const;
  await store.keep(named);
  await store.keep(old);
  const later = next();
  await later.keep(made);
  expect(await later.sweep(new Set([named.id]))).toBe(1);
  expect((await readdir(shared)).sort()).toEqual([named, made].map(({ id }) => `${id}-0.mp4`).sort());
});
