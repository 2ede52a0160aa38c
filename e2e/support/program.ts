import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../scripts/setup/programs.mjs';
import { until } from './until.ts';

export type ServingProgram = AsyncDisposable & {
  readonly origin: string;
  /** What the program said, for a test that fails. */
  log(): string;
};

export type Serving = {
  readonly args: readonly string[];
  readonly port: number;
  /** Rejects until it serves. */
  readonly isUp: () => Promise<unknown>;
};

/** A program that serves until it is disposed of. */
export async function serveProgram(name: string, { args, port, isUp }: Serving): Promise<ServingProgram> {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const exited = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGTERM');
  process.once('exit', kill);
  await until(`${name} serves`, async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${log}`);
    return isUp().then(
      () => true,
      () => false,
    );
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    log: () => log,
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

/** nginx in the foreground, keeping what it writes to one folder. @param http - What its `http` block has. */
export async function serveNginx(
  work: string,
  http: string,
  { port, isUp }: Omit<Serving, 'args'>,
): Promise<ServingProgram> {
  await mkdir(work, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${work}/${kind};`,
  );
  const config = join(work, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; master_process off; pid ${work}/nginx.pid;
events { worker_connections 8192; }
http { access_log off; ${temporary.join(' ')}
${http}}
`,
  );
  const args = ['-p', work, '-e', join(work, 'error.log'), '-c', config];
  return await serveProgram('nginx', { args, port, isUp });
}
