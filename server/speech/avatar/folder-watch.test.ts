import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderWatch } from './folder-watch.ts';

let parent: string;
let directory: string;
let watching: FolderWatch | undefined;
let seen: string[];
let errors: string[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'folder-watch-'));
  directory = join(parent, 'clips');
  [seen, errors] = [[], []];
});

afterEach(async () => {
  await watching?.close();
  await rm(parent, { recursive: true, force: true });
});

async function open(): Promise<void> {
  watching = await FolderWatch.open({
    directory,
    usePolling: false,
    pollMs: 50,
    isWanted: (name) => name.endsWith('.mp4'),
    onChange: (name) => seen.push(name),
    onError: (error) => errors.push(String(error)),
  });
}

test.each([1, 2])('a folder that is deleted is made again and watched on (%i times)', async (times) => {
  await mkdir(directory);
  await open();
  await writeFile(join(directory, 'before.mp4'), 'x');
  await writeFile(join(directory, 'other.txt'), 'x');
  await expect.poll(() => seen).toContain('before.mp4');
  for (let round = 1; round <= times; round++) {
    await rm(directory, { recursive: true });
    await expect.poll(() => readdir(parent), { timeout: 10_000 }).toEqual(['clips']);
    expect(errors).toHaveLength(round);
    const name = `after-${round}.mp4`;
    await expect
      .poll(
        async () => {
          await writeFile(join(directory, name), `${performance.now()}`);
          return seen;
        },
        { timeout: 10_000 },
      )
      .toContain(name);
  }
  expect(seen.filter((name) => name.endsWith('.txt'))).toEqual([]);
});
