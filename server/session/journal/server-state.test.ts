import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Disk } from '../../lib/disk.ts';
import { clockStart, readEarlierState, ServerState } from './server-state.ts';
import { TroubledDisk } from './troubled-disk.ts';

let directory: string;
let disk: TroubledDisk;
let nowMs: number;
let state: ServerState;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'));
  disk = new TroubledDisk();
  nowMs = 1_000_000;
  state = new ServerState(directory, disk, () => nowMs);
});

afterEach(async () => {
  vi.useRealTimers();
  disk.fails = undefined;
  await state.close();
  await rm(directory, { recursive: true, force: true });
});

const earlier = () => readEarlierState(directory);
const rewrite = async (change: (text: string) => string) => {
  const path = join(directory, '.state');
  await writeFile(path, change(await readFile(path, 'utf8')));
};

test('a server that was stopped left everything; one that was killed, too, while the machine stays up', async () => {
  await state.begin();
  expect(await earlier()).toEqual({ aliveMs: 1_000_000, stopped: false, run: state.run, isDoubtful: false });
  nowMs += 500;
  await state.close();
  expect(await earlier()).toEqual({ aliveMs: 1_000_500, stopped: true, run: state.run, isDoubtful: false });
});

test('it says every few seconds that it is alive, in place', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await state.begin();
  for (let beat = 1; beat <= 3; beat++) {
    nowMs += 5_000;
    vi.advanceTimersByTime(5_000);
    await expect.poll(async () => (await earlier()).aliveMs).toBe(nowMs);
  }
  expect((await readFile(join(directory, '.state'))).length).toBe(512);
});

describe('the ends of journals are doubtful', () => {
  test('when nothing is known of the server before', async () => {
    expect(await earlier()).toEqual({ aliveMs: 0, stopped: false, run: undefined, isDoubtful: true });
  });

  test('when the machine went down, but not when the server had been stopped before', async () => {
    await state.begin();
    await otherBoot();
    expect(await earlier()).toMatchObject({ isDoubtful: true });
    await state.close();
    await otherBoot();
    expect(await earlier()).toMatchObject({ isDoubtful: false });
  });

  test('when the machine went down after a stop, and not all was on disk yet', async () => {
    await state.begin();
    disk.syncAll = async () => false;
    await state.close();
    expect(await earlier()).toMatchObject({ stopped: true, isDoubtful: false });
    await otherBoot();
    expect(await earlier()).toMatchObject({ stopped: true, isDoubtful: true });
  });

  test('when what it says is damaged', async () => {
    await state.begin();
    const whole = await readFile(join(directory, '.state'));
    for (let at = 0; at < whole.indexOf('}'); at += 3) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      await writeFile(join(directory, '.state'), damaged);
      expect(await earlier()).toMatchObject({ isDoubtful: true });
    }
    await writeFile(join(directory, '.state'), '');
    expect(await earlier()).toMatchObject({ isDoubtful: true });
  });

  test('while a journal lacks what was shown', async () => {
    await state.begin();
    const [one, two] = [{}, {}];
    await state.ahead(one);
    await state.ahead(two);
    expect(await earlier()).toMatchObject({ isDoubtful: true });
    await state.complete(one, true);
    expect(await earlier()).toMatchObject({ isDoubtful: true });
    await state.complete(two, true);
    expect(await earlier()).toMatchObject({ isDoubtful: false });
    await state.ahead(one);
    await state.complete(one, false);
    // A disk that was slow will be slow again: it is not told each time.
    expect(await earlier()).toMatchObject({ isDoubtful: true });
    await expect.poll(earlier).toMatchObject({ isDoubtful: false });
    await state.close();
    expect(await earlier()).toMatchObject({ isDoubtful: false, stopped: true });
  });

  test('when it was stopped, and a journal still lacked something', async () => {
    await state.begin();
    await state.ahead({});
    await state.close();
    expect(await earlier()).toMatchObject({ isDoubtful: true, stopped: false });
  });

  test('when it could not be told in time, it is told again', async () => {
    await state.begin();
    disk.fails = 'EIO';
    const journal = {};
    await state.ahead(journal);
    disk.fails = undefined;
    expect(await earlier()).toMatchObject({ isDoubtful: false });
    await state.ahead(journal);
    expect(await earlier()).toMatchObject({ isDoubtful: true });
  });

  /** The file as another boot of the machine would have left it. */
  async function otherBoot(): Promise<void> {
    const { crc32 } = await import('node:zlib');
    await rewrite((text) => {
      const json = text
        .slice(9)
        .trimEnd()
        .replace(/"boot":"[^"]*"/, '"boot":"another"');
      return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    });
  }
});

test('a state that can not be read is no reason to start without it', async () => {
  await new Disk().write(join(directory, '.state', 'x'), [], 0);
  await expect(earlier()).rejects.toMatchObject({ code: 'EISDIR' });
});

test.each([
  ['went on', 1_000_000, 1_000_001, 1_000_001],
  ['was set back by an hour', 4_600_000, 1_000_000, 4_605_000],
  ['is at the very same time', 1_000_000, 1_000_000, 1_000_000],
  ['is the first there is', 0, 1_000_000, 1_000_000],
])('a clock that %s never dates what was dated before', (_, aliveMs, now, start) => {
  expect(clockStart({ aliveMs, stopped: false, run: undefined, isDoubtful: false }, now)).toBe(start);
});
