import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makePage, PAGES, type PageName } from '../players/pages.ts';
import { ClipFiles } from './clip-files.ts';
import { Feed } from './feed.ts';
import { ReverseProxy } from './reverse-proxy.ts';

/** What a request of the busy page may ask for at most. */
const MAX_BUSY_MS = 10_000;
const MAX_BUSY_BYTES = 1_000_000;

/**
 * The web site that all three players are visited on: pages and clips of the per-clip players, the page's other requests, and our
 * server behind it.
 */
export class Site implements AsyncDisposable {
  readonly origin: string;
  readonly files: ClipFiles;
  readonly feed: Feed;
  readonly #close: () => Promise<void>;

  private constructor(parts: Pick<Site, 'origin' | 'files' | 'feed'>, close: () => Promise<void>) {
    this.origin = parts.origin;
    this.files = parts.files;
    this.feed = parts.feed;
    this.#close = close;
  }

  /** @param serverOrigin - Our server. */
  static async open(serverOrigin: string): Promise<Site> {
    const names = Object.keys(PAGES) as PageName[];
    const pages = new Map(await Promise.all(names.map(async (name) => [name, await makePage(name)] as const)));
    const [files, feed, proxy] = [new ClipFiles(), new Feed(), new ReverseProxy(serverOrigin)];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://site');
      const [, section, name = ''] = url.pathname.split('/');
      const page = section === 'per-clip' ? pages.get(name as PageName) : undefined;
      if (page !== undefined) answerPage(page, response);
      else if (section === 'clips') files.answer(name, request, response);
      else if (section === 'feed') feed.follow(response);
      else if (section === 'busy') answerBusy(url.searchParams, request, response);
      else proxy.pass(request, response);
    });
    // Longer than any pause of a conversation, as at a CDN.
    server.keepAliveTimeout = 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new Site({ origin, files, feed }, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      proxy.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function answerPage(page: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' }).end(page);
}

/** Something else that the page wants: an answer of so many bytes after so long. */
function answerBusy(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
  const ms = Math.min(MAX_BUSY_MS, Number(query.get('ms')) || 0);
  const bytes = Math.min(MAX_BUSY_BYTES, Number(query.get('bytes')) || 0);
  const timer = setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
    response.end(Buffer.alloc(bytes));
  }, ms);
  request.once('close', () => response.destroyed && clearTimeout(timer));
}
