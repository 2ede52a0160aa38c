import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/setup/programs.mjs';
import { type ServingProgram, serveNginx, serveProgram } from './program.ts';
import { freePort } from './server.ts';

/** The configurations that ship with the project, as they are but for addresses and certificates. */
const DEPLOY = join(import.meta.dirname, '../../scripts/deploy');
/** What is missing to run an edge here; empty: nothing. */
export function missingForEdge(): string[] {
  return ['nginx', 'varnishd', 'openssl'].filter((name) => findProgram(name) === undefined);
}

/** Varnish with our VCL in front of a server. @param directory - For what it writes; the caller removes it. */
export async function startVarnish(serverOrigin: string, directory: string): Promise<ServingProgram> {
  const port = await freePort();
  const vcl = await readFile(join(DEPLOY, 'throughline.vcl'), 'utf8');
  const work = join(directory, 'varnish');
  await mkdir(work, { recursive: true });
  const path = join(directory, 'throughline.vcl');
  await writeFile(path, vcl.replace('.port = "8080"', `.port = "${new URL(serverOrigin).port}"`));
  // Its jail wants users that only its package makes, and rights that not everyone has.
  const args = ['-F', '-j', 'none', '-n', work, '-a', `127.0.0.1:${port}`, '-f', path, '-s', 'malloc,64m'];
  return await serveProgram('varnishd', {
    // A crowd that comes at once waits for threads; by default all but 20 of those who wait are cut.
    args: [...args, '-p', 'thread_pool_max=500', '-p', 'thread_queue_limit=2000'],
    port,
    isUp: () => fetch(`http://127.0.0.1:${port}/healthz`),
  });
}

/** nginx with our configuration and a certificate of its own, in front of a server and its edge. */
export async function startNginx(serverOrigin: string, edgeOrigin: string, directory: string): Promise<ServingProgram> {
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
  const isUp = async (): Promise<void> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.destroy();
  };
  const edge = await serveNginx(work, site, { port, isUp });
  return { ...edge, origin: `https://127.0.0.1:${port}` };
}
