import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { DataDirectory } from './data-directory.ts';
import { StorageHealth } from './storage-health.ts';
import { TroubledDisk } from './troubled-disk.ts';
import { requireWritable } from './writable.ts';

const logger = pino({ level: 'silent' });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writable-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('a data directory', () => {
  it('is made when it is not there, and nothing is left in it', async () => {
    const directory = join(folder, 'a', 'b');
    expect(await requireWritable(directory)).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['is a file', 'file', /EEXIST: it is a file/],
    ['lies below a file', 'file/below', /ENOTDIR: a part of its path is a file/],
    ['is a link to a file', 'link', /EEXIST: it is a file/],
    ['is a link in circles', 'circle', /E(LOOP|EXIST|NOENT): /],
    ['has a name that is too long', 'x'.repeat(300), /ENAMETOOLONG: its name is too long/],
    ['lies where nothing can be made', '/proc/throughline', /E(NOENT|ACCES|PERM): /],
    ['takes no files', '/proc/self', /E(NOENT|ACCES|PERM): /],
  ])('that %s is refused by name, with the reason and what to do', async (_, name, reason) => {
    await writeFile(join(folder, 'file'), '');
    await symlink(join(folder, 'file'), join(folder, 'link'));
    await symlink(join(folder, 'circle'), join(folder, 'circle'));
    const directory = name.startsWith('/') ? name : join(folder, name);
    for (const open of [() => requireWritable(directory), () => DataDirectory.open(directory, logger)]) {
      const refused = expect(open()).rejects;
      await refused.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(reason) });
      await expect(open()).rejects.toThrow(`DATA_DIR ${directory} can not be used`);
    }
  });
});

describe('the health of a disk', () => {
  async function open(): Promise<{ disk: TroubledDisk; health: StorageHealth }> {
    const disk = new TroubledDisk();
    const directory = join(folder, 'data');
    await mkdir(directory);
    const health = new StorageHealth({ directory, disk, logger });
    health.watch();
    return { disk, health };
  }

  test.each(['EROFS', 'ENOSPC', 'EACCES', 'EIO', 'EDQUOT'])(
    'is found out by who asks, though nobody writes: %s',
    async (code) => {
      const { disk, health } = await open();
      disk.fails = code;
      // What was found out a moment ago still counts.
      await delay(1_100);
      await Promise.all(Array.from({ length: 50 }, () => health.check()));
      expect(health.fault).toMatchObject({ code });
      expect(() => health.assertWritable()).toThrow(code);
      disk.fails = undefined;
      await delay(1_100);
      await health.check();
      expect(health.fault).toBeUndefined();
      expect(await readdir(join(folder, 'data'))).toEqual([]);
      await health.close();
    },
  );

  test('costs one write, however many ask', async () => {
    const { disk, health } = await open();
    await delay(1_100);
    for (let count = 0; count < 200; count += 1) await health.check();
    expect(disk.writes).toBe(1);
    await health.close();
    await health.check();
    expect(disk.writes).toBe(1);
  });
});
