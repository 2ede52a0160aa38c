import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript, for a Node that reads no types
import { nodeFor } from './start.mjs';

test.each([
  ['24.0.0', false, 'this'],
  ['26.1.0', true, 'this'],
  ['20.20.2', true, 'own'],
  ['18.0.0', false, 'none'],
])('with Node %s, and packages: %s, the server starts with %s', (version, hasOwn, expected) => {
  expect(nodeFor(version, hasOwn)).toBe(expected);
});

test('says what to type where no Node will do', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'start-'));
  await cp(import.meta.dirname, join(directory, 'scripts'), { recursive: true });
  // An older Node is played: none is at hand everywhere.
  const old = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); ";
  const script = `${old} process.argv[1] = ${JSON.stringify(join(directory, 'scripts/start.mjs'))}; await import(process.argv[1]);`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/needs Node 24, this is 20\.1\.0\. Type `npm start`/)]);
  await rm(directory, { recursive: true });
});
