import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mp4': 'video/mp4',
  '.m4s': 'video/iso.segment',
};

const HLS_JS_PATH = join(import.meta.dirname, '../../node_modules/hls.js/dist/hls.min.js');

/** A page with nothing but a `<video>` and hls.js, played as a plain player would. */
const PLAYER_PAGE = `<!doctype html>
<meta charset="utf-8">
<title>test player</title>
<video muted playsinline width="512" height="512"></video>
<script src="/hls.js"></script>`;

export type StaticServer = AsyncDisposable & { readonly origin: string };

async function answer(dir: string, path: string, response: ServerResponse): Promise<void> {
  if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PLAYER_PAGE);
    return;
  }
  const file = path === '/hls.js' ? HLS_JS_PATH : join(dir, normalize(path));
  const body = await readFile(file);
  response.writeHead(200, { 'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
}

/** Serves the files of a folder, a player page at `/` and hls.js at `/hls.js`, on a port of its own. */
export async function serveFolder(dir: string): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    answer(dir, pathname, response).catch((error: unknown) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
