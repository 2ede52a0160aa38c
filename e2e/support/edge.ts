import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { freePort } from './server.ts';
import { until } from './until.ts';

/** The configurations that ship with the project, as they are but for addresses and certificates. */
const DEPLOY = join(import.meta.dirname, '../../scripts/deploy');
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

function programAt(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What is missing to run an edge here; empty: nothing. */
export function missingForEdge(): string[] {
  return ['nginx', 'varnishd', 'openssl'].filter((name) => programAt(name) === undefined);
}

export type Edge = AsyncDisposable & {
  readonly origin: string;
  /** What the program said, for a test that fails. */
  log(): string;
};

/** A program that serves until it is disposed of. */
async function serve(name: string, args: readonly string[], port: number, isUp: () => Promise<unknown>): Promise<Edge> {
  const path = programAt(name);
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

/** Varnish with our VCL in front of a server. @param directory - For what it writes; the caller removes it. */
export async function startVarnish(serverOrigin: string, directory: string): Promise<Edge> {
  const port = await freePort();
  const vcl = await readFile(join(DEPLOY, 'throughline.vcl'), 'utf8');
  const work = join(directory, 'varnish');
  await mkdir(work, { recursive: true });
  const path = join(directory, 'throughline.vcl');
  await writeFile(path, vcl.replace('.port = "8080"', `.port = "${new URL(serverOrigin).port}"`));
  // Its jail wants users that only its package makes, and rights that not everyone has.
  const args = ['-F', '-j', 'none', '-n', work, '-a', `127.0.0.1:${port}`, '-f', path, '-s', 'malloc,64m'];
  return await serve('varnishd', [...args, '-p', 'thread_pool_max=500'], port, () =>
    fetch(`http://127.0.0.1:${port}/healthz`),
  );
}

/** nginx with our configuration and a certificate of its own, in front of a server and its edge. */
export async function startNginx(serverOrigin: string, edgeOrigin: string, directory: string): Promise<Edge> {
  const port = await freePort();
  const work = join(directory, 'nginx');
  await mkdir(work, { recursive: true });
  const [certificate, key] = [join(work, 'cert.pem'), join(work, 'cert.key')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
  ]);
  const site = (await readFile(join(DEPLOY, 'nginx.conf'), 'utf8'))
    .replace('127.0.0.1:8080', new URL(serverOrigin).host)
    .replace('127.0.0.1:6081', new URL(edgeOrigin).host)
    .replace(/listen 443 (.*);/, `listen 127.0.0.1:${port} $1;`)
    .replace(/ *listen \[::\]:443 .*\n/, '')
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${work}/${kind};`,
  );
  const config = join(work, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; master_process off; pid ${work}/nginx.pid;\nevents { worker_connections 4096; }\nhttp { access_log off; ${temporary.join(' ')}\n${site}}\n`,
  );
  const edge = await serve('nginx', ['-p', work, '-e', join(work, 'error.log'), '-c', config], port, async () => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.destroy();
  });
  return { ...edge, origin: `https://127.0.0.1:${port}` };
}
