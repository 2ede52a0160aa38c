import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileBlocks } from './file-blocks.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocks-'));
  path = join(folder, 'file');
  await writeFile(path, '0123456789');
});

afterEach(() => rm(folder, { recursive: true }));

describe('a reader', () => {
  it('reads any range of a file, and knows its size', async () => {
    using reader = new FileBlocks().reader(path);
    expect(await reader.facts()).toEqual({ sizeBytes: 10, modifiedMs: expect.any(Number) });
    expect(String(await reader.read(3, 4))).toBe('3456');
    expect(String(await reader.read(0, 10))).toBe('0123456789');
  });

  it('fails for what is beyond the end, or not there', async () => {
    const blocks = new FileBlocks();
    using reader = blocks.reader(path);
    await expect(reader.read(8, 4)).rejects.toThrow('the file ends 2 bytes too soon');
    using none = blocks.reader(join(folder, 'none'));
    await expect(none.read(0, 1)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(none.facts()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never reads another file of the same name', async () => {
    using reader = new FileBlocks().reader(path);
    await reader.read(0, 1);
    await writeFile(join(folder, 'other'), 'abcdefghij');
    await rename(join(folder, 'other'), path);
    await expect(reader.read(1, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('blocks', () => {
  it('shrink as readers become more, so that all together stay within 64 MiB, or 8 KiB each', () => {
    const blocks = new FileBlocks();
    const sizes = [1, 128, 1_000, 8_192, 20_000].map((count) => {
      while (blocks.readers < count) blocks.reader(path);
      return blocks.blockBytes;
    });
    expect(sizes).toEqual([524_288, 524_288, 67_108, 8_192, 8_192]);
  });

  it('grow again when readers are closed, each once', () => {
    const blocks = new FileBlocks();
    const readers = Array.from({ length: 1_000 }, () => blocks.reader(path));
    for (const reader of [...readers, ...readers]) reader[Symbol.dispose]();
    expect([blocks.readers, blocks.blockBytes]).toEqual([0, 524_288]);
  });
});
