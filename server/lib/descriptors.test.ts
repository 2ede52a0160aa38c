import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { descriptorLimit, softLimitOf } from './descriptors.ts';

test('the limit is the one that the system sets', async () => {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n']);
  expect(String(await descriptorLimit())).toBe(stdout.trim().replace('unlimited', 'Infinity'));
});

test.each([
  [
    'Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files     \n',
    1024,
  ],
  ['Max open files            unlimited            unlimited            files\n', Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
])('is read from %j', (text, limit) => {
  expect(softLimitOf(text)).toBe(limit);
});
