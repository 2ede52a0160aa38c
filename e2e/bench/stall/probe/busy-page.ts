import { seededRandom } from '../../../../server/speech/face/random.ts';

/** Of the six connections that Chromium opens to a host, these many have something else to do. */
const WORKERS = 5;
/** How long the server takes to answer, how much it answers, and how long until the next request: least and most. */
const HOLD_MS = [200, 1_200] as const;
const BYTES = [2_000, 30_000] as const;
const PAUSE_MS = [50, 450] as const;

const between = (random: () => number, [least, most]: readonly [number, number]): number =>
  least + (most - least) * random();

/** Lets the page ask its host for other things all the time: answers of an API, pictures, a poll. */
export function keepBusy(seed: number): void {
  for (let worker = 0; worker < WORKERS; worker++) void work(seededRandom(seed * WORKERS + worker));
}

async function work(random: () => number): Promise<void> {
  for (;;) {
    const [ms, bytes] = [between(random, HOLD_MS), between(random, BYTES)].map(Math.round);
    try {
      await (await fetch(`/busy?ms=${ms}&bytes=${bytes}`)).arrayBuffer();
    } catch {
      // A request that failed is one less: the next one follows all the same.
    }
    await new Promise((resolve) => setTimeout(resolve, between(random, PAUSE_MS)));
  }
}
