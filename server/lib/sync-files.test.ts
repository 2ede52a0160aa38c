import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { syncFiles } from './sync-files.ts';

test('says whether the files of a directory are on disk', async () => {
  expect(await syncFiles(tmpdir())).toBe(true);
  expect(await syncFiles(join(tmpdir(), 'nothing-is-here'))).toBe(false);
});
