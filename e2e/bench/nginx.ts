import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/server.ts';
import { serveFolder } from '../support/static-server.ts';

const NGINX_PATHS = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];
const START_LIMIT_MS = 5_000;

export type FileServer = AsyncDisposable & { readonly origin: string; readonly name: string };

function configuration(root: string, work: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${work}/${kind};`,
  );
  return [
    'daemon off;',
    'master_process off;',
    `pid ${work}/nginx.pid;`,
    'events { worker_connections 8192; }',
    'http {',
    '  access_log off;',
    '  sendfile on;',
    '  tcp_nodelay on;',
    ...temporary,
    '  types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; }',
    `  server { listen 127.0.0.1:${port}; root ${root}; }`,
    '}',
    '',
  ].join('\n');
}

async function startNginx(path: string, root: string, work: string): Promise<FileServer> {
  const port = await freePort();
  await mkdir(work, { recursive: true });
  const config = join(work, 'nginx.conf');
  await writeFile(config, configuration(root, work, port));
  const nginx = spawn(path, ['-p', work, '-e', join(work, 'error.log'), '-c', config], { stdio: 'ignore' });
  const exited = once(nginx, 'exit');
  const origin = `http://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + START_LIMIT_MS;
  const answers = (): Promise<boolean> =>
    fetch(origin).then(
      (response) => response.body?.cancel().then(() => true) ?? true,
      () => false,
    );
  while (!(await answers())) {
    if (nginx.exitCode !== null || Date.now() > deadlineMs) {
      nginx.kill();
      throw new Error(`nginx did not start, see ${join(work, 'error.log')}`);
    }
    await sleep(20);
  }
  return {
    origin,
    name: 'nginx',
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM');
      await exited;
    },
  };
}

/** Serves a folder by nginx, or by a bare Node server where nginx is missing. */
export async function serveFiles(root: string, work: string): Promise<FileServer> {
  const path = NGINX_PATHS.find((candidate) => existsSync(candidate));
  if (path !== undefined) return startNginx(path, root, work);
  const server = await serveFolder(root);
  return {
    origin: server.origin,
    name: 'bare Node file server (nginx is missing)',
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
