import { deleteSession, openSession, pushChunk, sessionStatus } from '../support/api.ts';
import { anyOf, type Random, wholeBelow } from '../support/random.ts';
import { RawClient } from '../support/raw-client.ts';
import { startInVain } from '../support/second-start.ts';
import { freePort, type RunningServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** Trials that run between the fuzzed requests. Each must leave all other sessions as they are. */

/** Files and sockets that the fuzzed server may have open. */
export const DESCRIPTORS = 1_024;
/** Ends only what would hang: whoever waits that long was starved. */
const STARVED_MS = 60_000;
const SMALL = { width: 64, height: 64, fps: 10, audioRate: 16_000, renditions: [] } as const;

/** A profile that somebody might ask for: as it should be, at its limits, or beyond them. */
export function anyProfile(random: Random): object {
  const side = () => anyOf(random, [16, 64, 66, 144, 360, 480, 720, 1080, 1920, 2160, 4096, 65, 15, 0, -2, 1e9, 0.5]);
  const renditions = Array.from({ length: wholeBelow(random, 6) }, () => ({ width: side(), height: side() }));
  return {
    width: side(),
    height: side(),
    fps: anyOf(random, [1, 5, 10, 24, 25, 30, 50, 60, 61, 120, 0, 29.97]),
    audioRate: anyOf(random, [8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000, 1]),
    renditions: random() < 0.5 ? [] : renditions,
  };
}

/** A client that pushes a clip in each round, and expects it to be published. */
export class Talker {
  readonly #origin: string;
  readonly #clip: string;
  readonly #id: string;
  #said = 0;

  private constructor(origin: string, clip: string, id: string) {
    this.#origin = origin;
    this.#clip = clip;
    this.#id = id;
  }

  static async open(origin: string, clip: string): Promise<Talker> {
    return new Talker(origin, clip, (await openSession(origin, { profile: SMALL })).id);
  }

  /** @throws when it is not taken. */
  async say(): Promise<void> {
    await pushChunk(this.#origin, this.#id, this.#clip);
    this.#said += 1;
  }

  /** @throws when it was not heard. */
  async heard(): Promise<void> {
    const isHeard = async () => (await sessionStatus(this.#origin, this.#id)).chunks.published === this.#said;
    await until('all that was said is heard', isHeard, STARVED_MS);
  }
}

/** Sessions of any profile, several at once, given up as soon as they are there. */
export async function profiles({ origin }: RunningServer, random: Random): Promise<void> {
  const ask = async (): Promise<void> => {
    const body = JSON.stringify({ profile: anyProfile(random), pacing: anyOf(random, ['live', 'asap']) });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/v1/sessions`, { method: 'POST', headers, body });
    const answer = (await response.json()) as { id?: string; code?: string };
    if (response.status === 201) return await deleteSession(origin, answer.id ?? '');
    if (![400, 422, 429, 503].includes(response.status)) throw new Error(`${response.status} for ${body}`);
  };
  await Promise.all(Array.from({ length: 4 }, ask));
}

/** A second server on the same directory ends, and says whose that is. */
export async function secondStart({ origin }: RunningServer, dataDir: string): Promise<void> {
  const ended = await startInVain(dataDir, await freePort());
  if (!/ended with 1:/.test(ended) || !ended.includes(origin)) throw new Error(ended.slice(0, 400));
}

/** More clients than there are descriptors, who ask ahead and read nothing, and leave. */
export async function crowd({ origin }: RunningServer, random: Random, sessions: readonly string[]): Promise<void> {
  const clients = await RawClient.openAll(origin, DESCRIPTORS + 100);
  for (const client of clients) {
    client.socket.pause();
    const path = `/live/${anyOf(random, sessions)}/${anyOf(random, ['index.m3u8', 'recording.mp4', 'v0/stream.m3u8'])}`;
    client.say(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(1 + wholeBelow(random, 50)));
  }
  await until('the server has taken who it can', () =>
    clients.some(({ socket }) => socket.closed || socket.bytesRead > 0),
  );
  for (const client of clients) client[Symbol.dispose]();
}
