import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export type ForeignSite = AsyncDisposable & {
  /** Of another site than 127.0.0.1, where the servers under test are. */
  readonly origin: string;
};

export type ForeignSiteOptions = {
  /** Pages by their path. */
  readonly pages?: Readonly<Record<string, string>>;
  /** A folder of files. */
  readonly folder?: string;
  /** What its own back end does on POST: path -> answer as JSON. */
  readonly posts?: Readonly<Record<string, () => Promise<unknown>>>;
};

/** A website that is not ours, and embeds a player. */
export async function serveForeignSite({ pages = {}, folder, posts = {} }: ForeignSiteOptions): Promise<ForeignSite> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const fail = (error: unknown): void =>
      void response.writeHead(404, { 'content-type': 'text/plain' }).end(`${error}`);
    const post = posts[pathname];
    const page = pages[pathname];
    if (request.method === 'POST' && post !== undefined) {
      post().then(
        (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
        fail,
      );
    } else if (page !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    } else if (folder === undefined) {
      fail('not found');
    } else {
      const path = join(folder, normalize(pathname === '/' ? '/index.html' : pathname));
      readFile(path).then((body) => {
        const type = CONTENT_TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type }).end(body);
      }, fail);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
