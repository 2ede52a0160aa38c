import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { EarlyPort } from './early-port.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

const ask = (port: number, path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text());

test('who asks before there is a server is answered by it, and so is who comes later', async () => {
  const early = await EarlyPort.open(0, '127.0.0.1');
  const port = early.number;
  const asked = Array.from({ length: 20 }, (_, index) => ask(port, `/${index}`));
  const gone = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(gone, 'connect');
  gone.resetAndDestroy();
  server = createServer((req, res) => res.end(req.url));
  await early.handOver(server);
  expect(await Promise.all(asked)).toEqual(asked.map((_, index) => `/${index}`));
  expect(await ask(port, '/later')).toBe('/later');
  await early[Symbol.asyncDispose]();
  expect(await ask(port, '/still')).toBe('/still');
});

test('a server that closes waits for those, too', async () => {
  const early = await EarlyPort.open(0, '127.0.0.1');
  const answered = Promise.withResolvers<void>();
  const asked = ask(early.number, '/');
  await using held = connect(early.number, '127.0.0.1');
  await once(held, 'connect');
  server = createServer((_req, res) => {
    answered.promise.then(() => res.end('well'));
  });
  const sockets = await early.handOver(server);
  expect(sockets.length).toBeGreaterThan(0);
  answered.resolve();
  expect(await asked).toBe('well');
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  server.closeAllConnections();
  await closed;
});

test('a port has one owner', async () => {
  await using early = await EarlyPort.open(0, '127.0.0.1');
  await expect(EarlyPort.open(early.number, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('when no server comes of it, who waits is turned away, and the port is free', async () => {
  const early = await EarlyPort.open(0, '127.0.0.1');
  const port = early.number;
  const waiting = connect(port, '127.0.0.1');
  await once(waiting, 'connect');
  const closed = text(waiting);
  await early[Symbol.asyncDispose]();
  expect(await closed.catch(() => '')).toBe('');
  await using again = await EarlyPort.open(port, '127.0.0.1');
  expect(again.number).toBe(port);
});
