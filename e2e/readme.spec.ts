import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
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

const root = join(import.meta.dirname, '..');
const DOCUMENTS = ['README.md', 'docs', 'player/README.md'];

/** Shell blocks that are not pasted here, by how they begin, and what tests them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm start\nnpm test': 'CI runs both on a clean clone',
  'OPENAI_BASE_URL=': 'e2e/providers.spec.ts, with a server that speaks the same HTTP',
  'vlc http': '`npm run players`, which starts each of them',
  'export API_KEY=': 'e2e/access.spec.ts, with a key and a secret',
};

async function shellBlocks(): Promise<string[]> {
  const files = await Promise.all(
    DOCUMENTS.map(async (name) =>
      name.endsWith('.md')
        ? [name]
        : (await readdir(join(root, name))).filter((file) => file.endsWith('.md')).map((file) => join(name, file)),
    ),
  );
  const texts = await Promise.all(files.flat().map((file) => readFile(join(root, file), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/```(?:sh|bash|shell|console)\n([\s\S]*?)```/g)].map(([, code = '']) => code),
  );
}

test('every shell block of the documents is pasted here, or tested elsewhere', async () => {
  const others = (await shellBlocks()).filter((code) => !code.includes('API=http'));
  const known = Object.keys(ELSEWHERE);
  expect(others.filter((code) => !known.some((start) => code.startsWith(start)))).toEqual([]);
  // What is named here is still there.
  expect(known.filter((start) => !others.some((code) => code.startsWith(start)))).toEqual([]);
});

test('links between the documents lead somewhere', async () => {
  for (const file of [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...(await readdir(join(root, 'docs'))).map((name) => `docs/${name}`),
  ]) {
    const text = await readFile(join(root, file), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
    const missing = targets.filter((target) => !existsSync(join(root, file, '..', target)));
    expect([file, missing]).toEqual([file, []]);
  }
});

test('the walk-through of the README works when it is pasted', async () => {
  const block = (await shellBlocks()).find((code) => code.includes('API=http'));
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
