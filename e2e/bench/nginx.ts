import { findProgram } from '../../scripts/setup/programs.mjs';
import { serveNginx } from '../support/program.ts';
import { freePort } from '../support/server.ts';
import { serveFolder } from '../support/static-server.ts';

export type FileServer = AsyncDisposable & { readonly origin: string; readonly name: string };

/** Serves a folder by nginx, or by a bare Node server where nginx is missing. */
export async function serveFiles(root: string, work: string): Promise<FileServer> {
  if (findProgram('nginx') === undefined) {
    const server = await serveFolder(root);
    return {
      origin: server.origin,
      name: 'bare Node file server (nginx is missing)',
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  const port = await freePort();
  const files = `sendfile on; tcp_nodelay on;
types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; }
server { listen 127.0.0.1:${port}; root ${root}; }
`;
  const nginx = await serveNginx(work, files, { port, isUp: () => fetch(`http://127.0.0.1:${port}`) });
  return { ...nginx, name: 'nginx' };
}
