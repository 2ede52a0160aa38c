import { describe, expect, test } from 'vitest';
import { Direction, type Lane } from './direction.ts';
import { makeLink } from './link.ts';
import type { DirectionProfile, LinkProfile } from './profiles.ts';
import { Simulation } from './simulation.ts';
import { TcpConnection, type Trouble, type Ways } from './tcp-connection.ts';

const WIRE: DirectionProfile = { bitsPerSecond: 10e6, queueBytes: 250_000, delayMs: 50, jitterMs: 0, lossRate: 0 };
const linkOf = (change: Partial<DirectionProfile> = {}): LinkProfile => ({
  name: 'test',
  title: 'test',
  up: WIRE,
  down: { ...WIRE, ...change },
});

/** A client that asks and a server that answers each request with as many bytes as it is told to. */
class Exchange {
  readonly simulation: Simulation;
  readonly connection: TcpConnection;
  readonly troubles: Trouble[] = [];
  /** When each received byte count was reached. */
  readonly received: { readonly atMs: number; readonly bytes: number }[] = [];
  bytes = 0;
  #answerBytes: number[] = [];
  onAnswered: (() => void) | undefined;
  #expected = 0;

  constructor(simulation: Simulation, ways: Ways) {
    this.simulation = simulation;
    const still = { onEnd: () => undefined, onDrain: () => undefined, room: () => 4_000_000 };
    this.connection = new TcpConnection(simulation, ways, {
      server: { ...still, onData: () => this.connection.down.write(Buffer.alloc(this.#answerBytes.shift() ?? 0)) },
      client: { ...still, onData: (data) => this.#take(data.length) },
      onTrouble: (trouble) => this.troubles.push(trouble),
    });
    this.connection.open();
  }

  ask(answerBytes: number): void {
    this.#answerBytes.push(answerBytes);
    this.#expected += answerBytes;
    this.connection.send(Buffer.alloc(400));
  }

  #take(length: number): void {
    this.bytes += length;
    this.received.push({ atMs: this.simulation.nowMs, bytes: this.bytes });
    if (this.bytes === this.#expected) this.onAnswered?.();
  }
}

function exchangeOver(link: LinkProfile, seed = 1): Exchange {
  const simulation = new Simulation();
  return new Exchange(simulation, makeLink(simulation, link, seed));
}

/** Asks and runs until the answer is here; how long that took. */
function answeredIn(exchange: Exchange, answerBytes: number): number {
  const { simulation } = exchange;
  const startMs = simulation.nowMs;
  let endMs: number | undefined;
  exchange.onAnswered = () => {
    endMs = simulation.nowMs;
  };
  exchange.ask(answerBytes);
  for (let limit = startMs; endMs === undefined && limit < startMs + 600_000; limit += 10) simulation.runUntil(limit);
  if (endMs === undefined) throw new Error('no answer in 600 s');
  return endMs - startMs;
}

describe('a connection', () => {
  test('costs one round trip for TCP and one for TLS before the first request leaves', () => {
    const ms = answeredIn(exchangeOver(linkOf()), 1_000);
    // Three round trips of 100 ms and the time of 7.5 kB on the wire.
    expect(ms).toBeGreaterThan(300);
    expect(ms).toBeLessThan(312);
  });

  test('answers a small request in one round trip once it is there', () => {
    const exchange = exchangeOver(linkOf());
    answeredIn(exchange, 1_000);
    const ms = answeredIn(exchange, 1_000);
    expect(ms).toBeGreaterThan(100);
    expect(ms).toBeLessThan(103);
  });

  test('starts with 10 segments, doubles each round trip, and starts over after a pause', () => {
    const exchange = exchangeOver(linkOf({ bitsPerSecond: 1e9, queueBytes: 5e6 }));
    answeredIn(exchange, 100);
    // 10, 20 and the rest: three round trips, the first of them the request's own.
    const bytes = 36 * 1_460;
    expect(answeredIn(exchange, bytes) / 100).toBeCloseTo(3, 1);
    expect(answeredIn(exchange, bytes) / 100).toBeCloseTo(1, 1);
    exchange.simulation.runUntil(exchange.simulation.nowMs + 5_000);
    expect(answeredIn(exchange, bytes) / 100).toBeCloseTo(3, 1);
  });

  test('fills the bottleneck in a long transfer', () => {
    const exchange = exchangeOver(linkOf());
    const bytes = 20e6;
    const seconds = answeredIn(exchange, bytes) / 1000;
    const goodput = (bytes * 8) / seconds;
    // 1,460 of 1,500 bytes of each packet are payload.
    expect(goodput).toBeGreaterThan(0.9 * 10e6);
    expect(goodput).toBeLessThan(10e6 * (1_460 / 1_500));
  });

  test('drops what the queue has no room for, and recovers', () => {
    const exchange = exchangeOver(linkOf({ queueBytes: 30_000 }));
    const seconds = answeredIn(exchange, 30e6) / 1000;
    expect(exchange.troubles.filter(({ kind }) => kind === 'fast-retransmit').length).toBeGreaterThan(3);
    expect((30e6 * 8) / seconds).toBeGreaterThan(0.6 * 10e6);
  });

  test('waits for the timer when the tail of an answer is lost', () => {
    const simulation = new Simulation();
    const ways = makeLink(simulation, linkOf(), 1);
    const exchange = new Exchange(simulation, ways);
    answeredIn(exchange, 1_000);
    const send = ways.down.send.bind(ways.down);
    let dropNext = true;
    ways.down.send = (size: number, lane: Lane, arrive: () => void) => {
      if (dropNext && size > 500) dropNext = false;
      else send(size, lane, arrive);
    };
    const ms = answeredIn(exchange, 1_000);
    expect(exchange.troubles).toEqual([expect.objectContaining({ direction: 'down', kind: 'timeout' })]);
    expect(ms).toBeGreaterThan(100 + 200);
    expect(ms).toBeLessThan(100 + 400);
  });

  test('loses one more round trip to a hole in the middle, and what follows it waits', () => {
    const simulation = new Simulation();
    const ways = makeLink(simulation, linkOf(), 1);
    const exchange = new Exchange(simulation, ways);
    answeredIn(exchange, 1_000);
    const send = ways.down.send.bind(ways.down);
    let count = 0;
    ways.down.send = (size: number, lane: Lane, arrive: () => void) => {
      if (++count !== 3) send(size, lane, arrive);
    };
    const before = exchange.received.length;
    const ms = answeredIn(exchange, 10 * 1_460);
    expect(exchange.troubles).toEqual([expect.objectContaining({ kind: 'fast-retransmit' })]);
    expect(ms).toBeGreaterThan(200);
    expect(ms).toBeLessThan(215);
    const early = exchange.received.slice(before).filter(({ atMs }) => atMs < simulation.nowMs - 50);
    expect(early).toHaveLength(2);
  });
});

test.each([0.005, 0.01, 0.02])("loss of %d gives the throughput of Mathis' formula", (lossRate) => {
  const exchange = exchangeOver(linkOf({ bitsPerSecond: 100e6, queueBytes: 5e6, lossRate }), 7);
  const seconds = 600;
  exchange.ask(500e6);
  exchange.simulation.runUntil(seconds * 1000);
  const segmentsPerRoundTrip = (exchange.bytes / 1_460 / seconds) * 0.1;
  // Mathis et al. 1997: 1.31 / sqrt(p) segments each round trip, where loss is random and each segment is acknowledged. The window
  // is whole segments and grows while a loss is not known yet (more), and there are timeouts (less).
  const mathis = 1.31 / Math.sqrt(lossRate);
  expect(segmentsPerRoundTrip / mathis).toBeGreaterThan(0.85);
  expect(segmentsPerRoundTrip / mathis).toBeLessThan(1.2);
});

test('connections share the rate', () => {
  const simulation = new Simulation();
  const ways = makeLink(simulation, linkOf(), 1);
  const exchanges = [1, 2, 3, 4].map(() => new Exchange(simulation, ways));
  for (const exchange of exchanges) exchange.ask(500e6);
  simulation.runUntil(60_000);
  const megabits = exchanges.map(({ bytes }) => (bytes * 8) / 60 / 1e6);
  const sum = megabits.reduce((total, share) => total + share, 0);
  expect(sum).toBeGreaterThan(0.9 * 10);
  expect(sum).toBeLessThan(10);
  expect(Math.min(...megabits)).toBeGreaterThan(0.4 * (sum / 4));
});

test('jitter moves the delay by what it says, and keeps the order within a connection', () => {
  const simulation = new Simulation();
  const direction = new Direction(simulation, { ...WIRE, jitterMs: 40 }, 3);
  const lane: Lane = { lastArrivalMs: 0 };
  const arrivals: { index: number; delayMs: number }[] = [];
  for (let index = 0; index < 5_000; index++) {
    simulation.at(index * 5, () => {
      const sentMs = simulation.nowMs;
      direction.send(100, lane, () => arrivals.push({ index, delayMs: simulation.nowMs - sentMs }));
    });
  }
  simulation.runUntil(60_000);
  expect(arrivals.map(({ index }) => index)).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
  const delays = arrivals.map(({ delayMs }) => delayMs);
  expect(Math.min(...delays)).toBeGreaterThan(10);
  expect(Math.min(...delays)).toBeLessThan(16);
  expect(Math.max(...delays)).toBeGreaterThan(85);
  expect(Math.max(...delays)).toBeLessThan(91);
});

test('the same seed gives the same run, another seed another one', () => {
  const run = (seed: number): number => answeredIn(exchangeOver(linkOf({ jitterMs: 20, lossRate: 0.02 }), seed), 3e6);
  expect(run(5)).toBe(run(5));
  expect(run(5)).not.toBe(run(6));
});

test('the end of a stream arrives behind its data, also when the data is long over', () => {
  const simulation = new Simulation();
  const ends: string[] = [];
  let bytes = 0;
  const still = { onDrain: () => undefined, room: () => 1e6 };
  const connection = new TcpConnection(simulation, makeLink(simulation, linkOf(), 1), {
    server: { ...still, onData: () => connection.down.write(Buffer.alloc(50_000)), onEnd: () => ends.push('up') },
    client: { ...still, onData: (data) => (bytes += data.length), onEnd: () => ends.push(`down after ${bytes}`) },
    onTrouble: () => undefined,
  });
  connection.open();
  connection.send(Buffer.alloc(100));
  simulation.runUntil(350);
  connection.down.end();
  simulation.runUntil(2_000);
  connection.end();
  simulation.runUntil(4_000);
  expect(ends).toEqual(['down after 50000', 'up']);
});
