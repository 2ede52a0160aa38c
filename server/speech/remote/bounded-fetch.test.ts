import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boundedFetch } from './bounded-fetch.ts';

let server: Server;
let url: string;
let closed: Promise<unknown>;

/** Answers with the status in the path and a body without end. */
beforeEach(async () => {
  const gone = Promise.withResolvers<void>();
  closed = gone.promise;
  server = createServer((request, response) => {
    request.resume();
    response.once('close', () => gone.resolve());
    response.writeHead(Number(request.url?.slice(1)), { 'content-type': 'application/json' });
    const send = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', send);
    send();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it.each([
  ['a refusal', 'POST', 500],
  ['a redirect', 'POST', 307],
  ['a list', 'GET', 200],
])('ends %s that does not end, and its connection', async (_, method, status) => {
  const response = await boundedFetch(`${url}/${status}`, { method, redirect: 'manual' });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect((await response.text()).length).toBe(1024 * 1024);
  await closed;
});

it('leaves an answer to its reader', async () => {
  const response = await boundedFetch(`${url}/200`, { method: 'POST' });
  let sizeBytes = 0;
  for await (const bytes of response.body ?? []) {
    sizeBytes += bytes.length;
    if (sizeBytes > 4 * 1024 * 1024) break;
  }
  expect(sizeBytes).toBeGreaterThan(4 * 1024 * 1024);
  await closed;
});
