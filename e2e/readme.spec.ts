import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './support/server.ts';

let server: RunningServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-readme-'));
  server = await startServer({ dataDir: join(directory, 'segments') });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the walk-through of the README works when it is pasted', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const block = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
    .map((match) => match[1] ?? '')
    .find((code) => code.includes('API=http'));
  const script = (block ?? '').replace(/^API=.*$/m, `API=${server.origin}`);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: directory,
    timeout: 90_000,
  });

  expect(stdout).toContain('"id":"hello"');
  expect(stdout).toContain('"text":"I am one unbroken stream."');
  expect(stdout).toContain('"text":"a test picture"');
  expect(stdout).toContain('"type":"chunk.published"');
  expect(stdout).toContain('#EXT-X-STREAM-INF');
  expect(stdout).toContain('#EXT-X-PRELOAD-HINT');
  expect(await readdir(directory)).toEqual(['segments']);
});
