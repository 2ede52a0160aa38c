import { once } from 'node:events';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LinkProfile } from './profiles.ts';
import { Relay } from './relay.ts';
import { shapeLink } from './shaped-link.ts';

const WAY = { bitsPerSecond: 8e6, queueBytes: 1_000_000, delayMs: 40, jitterMs: 0, lossRate: 0 };
const LINK: LinkProfile = { name: 'test', title: 'test', up: WAY, down: WAY };
/** Turns of the event loop in which what was written to a socket of this machine has reached its reader, and that one's answer ours. */
const TURNS = 8;

let server: Server;
let origin: string;
const aborted: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const bytes = Number(new URL(request.url ?? '/', origin).searchParams.get('bytes'));
    response.once('close', () => response.writableFinished || aborted.push(request.url ?? ''));
    response.end(Buffer.alloc(bytes, request.url));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function bodyOf(url: string, agent: Agent): Promise<Buffer> {
  const [response] = await once(get(url, { agent }), 'response');
  return await buffer(response);
}

/** Lets time pass on the relay's clock, which is ours, until the answer is there. @returns how much, and the answer. */
async function timed(url: string, agent: Agent): Promise<{ ms: number; body: Buffer }> {
  let body: Buffer | undefined;
  const answered = bodyOf(url, agent).then((bytes) => {
    body = bytes;
  });
  for (let ms = 0; ms < 60_000; ms++) {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (body) return { ms, body };
    vi.advanceTimersByTime(1);
  }
  await answered;
  throw new Error('no answer in a minute');
}

test('real requests take as long over the link as the model says, and arrive whole', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const relay = new Relay(LINK, 1, Number(new URL(origin).port));
  try {
    const link = `http://127.0.0.1:${await relay.listen()}`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const cold = await timed(`${link}/a?bytes=100`, agent);
    const warm = await timed(`${link}/b?bytes=100`, agent);
    const long = await timed(`${link}/c?bytes=1000000`, agent);
    agent.destroy();
    // Three round trips of 80 ms, one, and 1 s on the wire.
    expect(cold.ms).toBeGreaterThan(238);
    expect(cold.ms).toBeLessThan(250);
    expect(warm.ms).toBeGreaterThan(78);
    expect(warm.ms).toBeLessThan(84);
    expect(long.ms).toBeGreaterThan(1_000);
    expect(long.ms).toBeLessThan(1_500);
    expect(long.body.equals(Buffer.alloc(1_000_000, '/c?bytes=1000000'))).toBe(true);
    expect(relay.report()).toMatchObject({ connections: 1, down: { lost: 0, dropped: 0 } });
  } finally {
    vi.useRealTimers();
    await relay.close();
  }
});

test('bytes arrive whole over a link that loses some, and connections share its rate', async () => {
  const lossy = { ...LINK, down: { ...WAY, lossRate: 0.03, jitterMs: 10 } };
  await using link = await shapeLink(origin, lossy, 2);
  const agent = new Agent({ keepAlive: true });
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async (n) => ({ n, body: await bodyOf(`${link.origin}/${n}?bytes=200000`, agent) })),
  );
  agent.destroy();
  for (const { n, body } of answers) expect(body.equals(Buffer.alloc(200_000, `/${n}?bytes=200000`))).toBe(true);
  const { down, troubles } = await link.report();
  expect(down.lost).toBeGreaterThan(5);
  expect(troubles.length).toBeGreaterThan(2);
});

test('the origin learns when the browser gives up, and nothing is left when the link goes', async () => {
  const link = await shapeLink(origin, LINK, 1);
  const request = get(`${link.origin}/big?bytes=50000000`, { agent: false });
  const [response] = await once(request, 'response');
  response.destroy();
  await expect.poll(() => aborted).toEqual(['/big?bytes=50000000']);
  const open = get(`${link.origin}/again?bytes=50000000`, { agent: false });
  const [stream] = await once(open, 'response');
  stream.resume();
  const cut = once(stream, 'error');
  await link[Symbol.asyncDispose]();
  await cut;
});
