import { once } from 'node:events';
import { createServer, get, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoundedEventLog } from '../session/event-log.ts';
import { EventStream } from './event-stream.ts';
import { until } from './fakes.ts';

let log: BoundedEventLog;
let server: Server;
let lastSeq = 0;
let stream: EventStream;
let response: ServerResponse;

beforeEach(async () => {
  log = new BoundedEventLog();
  lastSeq = 0;
  server = createServer((_req, res) => {
    response = res;
    stream = new EventStream(res, log, lastSeq, 'viewer');
    res.once('close', () => stream.drop());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await until(() => log.listeners === 0);
});

const add = (count: number, textLength = 1) => {
  for (let index = 0; index < count; index++) log.append('llm.delta', 0, { text: 'x'.repeat(textLength) });
};

/** A client whose reading can be stopped. */
async function follow() {
  const { port } = server.address() as AddressInfo;
  const req = get({ port, host: '127.0.0.1', agent: false });
  const [res] = await once(req, 'response');
  const client = { text: '', res, closed: false, ids: (): number[] => [] };
  client.ids = () => [...client.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  res.on('data', (piece: Buffer) => {
    client.text += String(piece);
  });
  res.on('error', () => undefined);
  res.on('close', () => {
    client.closed = true;
  });
  return client;
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Fills what the kernel holds for a client that has stopped reading, without making the log forget. */
async function fillUp(): Promise<void> {
  for (let rounds = 0; !response.writableNeedDrain; rounds++) {
    if (rounds > 500) throw new Error('the socket never filled up');
    add(1, 100_000);
    await new Promise(setImmediate);
  }
}

describe('a burst of events', () => {
  it('is written at once', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    const write = vi.spyOn(response, 'write');
    add(100);
    await until(() => client.ids().length === 100);
    expect(client.ids()).toEqual(upTo(1, 100));
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('is sent whole before the response ends', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    add(5);
    stream.end();
    await until(() => client.closed);
    expect(client.ids()).toEqual(upTo(1, 5));
  });

  it('is sent up to the end of the session, and nothing after it', async () => {
    const client = await follow();
    add(2);
    log.append('session.ended', 0);
    add(2);
    await until(() => client.closed);
    expect(client.ids()).toEqual([1, 2, 3]);
  });
});

describe('a client that does not read', () => {
  it('holds a bounded number of bytes, and gets the rest without a hole once it reads', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    client.res.pause();
    await fillUp();
    const heldBytes = response.writableLength;
    const first = log.lastSeq;
    add(500, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(response.writableLength).toBeLessThanOrEqual(heldBytes);
    expect(response.writableLength).toBeLessThan(400_000);
    client.res.resume();
    await until(() => client.ids().length === first + 500);
    expect(client.ids()).toEqual(upTo(1, first + 500));
    expect(stream.beat()).toBe(true);
  });

  it('is dropped when the log has forgotten what it would get next: no hole in its numbers', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    client.res.pause();
    await fillUp();
    add(5_000);
    client.res.resume();
    await until(() => client.closed);
    const ids = client.ids();
    expect(ids).toEqual(upTo(1, ids.length));
    expect(ids.length).toBeLessThan(log.lastSeq - 2_000);
    expect(log.listeners).toBe(0);
  });

  it('is given up after two heartbeats without taking anything', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    client.res.pause();
    await fillUp();
    expect([stream.beat(), stream.beat()]).toEqual([true, false]);
  });

  it('is kept when it reads between heartbeats, however far behind it is at each', async () => {
    const client = await follow();
    await until(() => client.text !== '');
    for (let round = 0; round < 4; round++) {
      client.res.pause();
      await fillUp();
      expect(stream.beat()).toBe(true);
      const behind = log.lastSeq;
      client.res.resume();
      await until(() => client.ids().at(-1) === behind);
    }
  });
});

describe('events that the log has forgotten', () => {
  it.each([
    [0, 1],
    [10, 11],
  ])('are named to a client that comes back with %i', async (has, missedFrom) => {
    lastSeq = has;
    add(5_000);
    const oldest = log.since(0)[0]?.seq ?? 0;
    const client = await follow();
    await until(() => client.ids().at(-1) === 5_000);
    expect(client.text).toContain(`\n: events ${missedFrom} to ${oldest - 1} are forgotten\n\nid: ${oldest}\n`);
    expect(client.ids()).toEqual(upTo(oldest, 5_000));
  });

  it('are not spoken of when there are none', async () => {
    lastSeq = 4_990;
    add(5_000);
    const client = await follow();
    await until(() => client.ids().length === 10);
    expect(client.text).not.toContain('forgotten');
  });
});

it('has no line break in an event that any reader could see', async () => {
  const client = await follow();
  const text = 'a\nb\rc\u0085d\u2028e\u2029f\vg\fh';
  log.append('llm.delta', 0, { text });
  await until(() => client.ids().length === 1);
  // Python's `splitlines`, by which several clients read events.
  const lines = client.text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/);
  const data = lines.filter((line) => line.startsWith('data: '));
  expect(lines.filter((line) => line !== '')).toHaveLength(3);
  expect(JSON.parse(data[0]?.slice(6) ?? '')).toMatchObject({ text });
});
