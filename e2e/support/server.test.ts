import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDescendants, listProcesses } from './processes.ts';
import { startServer } from './server.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'server-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A server that is ready after 0.2 s and has a child of its own; `onTerm` is what it does at SIGTERM. */
async function writeServer(name: string, onTerm: string): Promise<string> {
  const file = join(dir, `${name}.mjs`);
  await writeFile(
    file,
    `import { spawn } from 'node:child_process';
    import { createServer } from 'node:http';
    const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
    const readyAt = Date.now() + 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/readyz' && Date.now() > readyAt ? 200 : 503).end();
    }).listen(process.env.PORT, process.env.HOST, () => console.log('listening in', process.env.DATA_DIR));
    process.once('SIGTERM', () => { ${onTerm} });`,
  );
  return file;
}

test('waits until the server is ready, collects its log and sees it end in good order', async () => {
  const entry = await writeServer('good', `child.once('exit', () => process.exit(0)); child.kill();`);
  await using server = await startServer({ dataDir: dir, entry });
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
  expect(server.log).toContain(`listening in ${dir}`);
  expect((await listDescendants(server.pid)).map(({ name }) => name)).toEqual(['sleep']);
  expect(await server.stop()).toEqual({ exitCode: 0, exitSignal: null, survivors: [] });
});

test('finds a process that outlives the server, and ends it', async () => {
  await using server = await startServer({ dataDir: dir, entry: await writeServer('bad', 'process.exit(3)') });
  const { exitCode, survivors } = await server.stop();
  expect(exitCode).toBe(3);
  expect(survivors.map(({ name }) => name)).toEqual(['sleep']);
  await expect.poll(async () => (await listProcesses()).some(({ pid }) => pid === survivors[0]?.pid)).toBe(false);
});

test('tells why a server did not come up', async () => {
  const entry = join(dir, 'broken.mjs');
  await writeFile(entry, `console.error('PORT must be an integer'); process.exit(2);`);
  await expect(startServer({ dataDir: dir, entry })).rejects.toThrow('ended with 2:\nPORT must be an integer');
});
