import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { wallMs } from '../../timed-http.ts';
import { bundle } from '../players/bundle.ts';
import type { StallProbe } from '../probe/main.ts';
import type { ProbeRecord } from '../probe/types.ts';
import type { SentenceClip } from '../script/clips.ts';
import type { Schedule } from '../script/schedule.ts';
import type { LinkProfile } from '../shaper/profiles.ts';
import type { RelayReport } from '../shaper/relay.ts';
import { shapeLink } from '../shaper/shaped-link.ts';
import type { Site } from '../site/site.ts';
import { type PlayerName, type Stage, setStage } from './players.ts';

/** The first picture of a page on a bad link, at worst. */
const FIRST_FRAME_LIMIT_MS = 60_000;
/** From the first picture to the first sentence. */
const SETTLE_MS = 3_000;
/** From the ideal end of the conversation to the moment nobody waits any longer for its last picture. */
const END_LIMIT_MS = 60_000;
/** What is still to come after the last sentence's last picture. */
const AFTER_MS = 500;
const LOOK_EVERY_MS = 250;

type ProbedWindow = { readonly stallProbe: StallProbe };

/** Everything that was seen of one player over one link. Wall clock in ms since 1970, unless it says otherwise. */
export type RunRecord = {
  readonly player: PlayerName;
  readonly link: string;
  readonly seed: number;
  readonly startMs: number;
  readonly probe: ProbeRecord;
  readonly relay: RelayReport;
  /** When each sentence's release was called for, by its clip. */
  readonly releasedMs: ReadonlyMap<number, number>;
  readonly interruptedMs: readonly number[];
};

export type RunOptions = {
  readonly player: PlayerName;
  readonly link: LinkProfile;
  readonly seed: number;
  readonly clips: readonly SentenceClip[];
  readonly schedule: Schedule;
  readonly site: Site;
  readonly serverOrigin: string;
  readonly browser: Browser;
};

let probeScript: Promise<string> | undefined;

/** Opens a page with the probe in it. */
export async function openProbed(browser: Browser, url: string): Promise<Page> {
  probeScript ??= bundle('probe/main.ts');
  // The recorder's code comes from a blob, which the page's own policy forbids.
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 800, height: 600 } });
  await context.addInitScript({ content: await probeScript });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit', timeout: FIRST_FRAME_LIMIT_MS });
  return page;
}

export function lastFrames(page: Page, count: number): Promise<ProbeRecord['frames']> {
  return page.evaluate((n) => (globalThis as unknown as ProbedWindow).stallProbe.lastFrames(n), count);
}

export function probeRecord(page: Page): Promise<ProbeRecord> {
  return page.evaluate(() => (globalThis as unknown as ProbedWindow).stallProbe.record());
}

async function waitForFirstFrame(page: Page): Promise<void> {
  const deadlineMs = Date.now() + FIRST_FRAME_LIMIT_MS;
  while ((await lastFrames(page, 1)).length === 0) {
    if (Date.now() > deadlineMs) throw new Error(`no picture in ${FIRST_FRAME_LIMIT_MS} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Plays the generator's part: every release and interruption at its time. */
async function generate(stage: Stage, { clips, schedule }: RunOptions, startMs: number) {
  const releasedMs = new Map<number, number>();
  const interruptedMs: number[] = [];
  const releases = schedule.sentences.map((sentence) => ({
    atMs: sentence.releaseMs,
    run: async () => {
      const clip = clips[sentence.clip - 1];
      if (clip === undefined) throw new Error(`there is no clip ${sentence.clip}`);
      releasedMs.set(sentence.clip, wallMs());
      await stage.release(clip, sentence);
    },
  }));
  const cuts = schedule.interrupts.map(({ atMs }) => ({
    atMs,
    run: async () => {
      interruptedMs.push(wallMs());
      await stage.interrupt();
    },
  }));
  const pending: Promise<void>[] = [];
  for (const { atMs, run } of [...releases, ...cuts].sort((a, b) => a.atMs - b.atMs)) {
    await sleep(Math.max(0, startMs + atMs - wallMs()));
    // A release that takes longer must not hold up the next one.
    pending.push(run());
  }
  await Promise.all(pending);
  return { releasedMs, interruptedMs };
}

/** Until the last picture of the conversation was on screen, or nobody expects it any more. */
async function waitForEnd(page: Page, { clips, schedule }: RunOptions, startMs: number): Promise<void> {
  const last = schedule.sentences.at(-1)?.clip ?? 0;
  const lastFrame = (clips[last - 1]?.frames ?? 0) - 2;
  const deadlineMs = startMs + schedule.endMs + END_LIMIT_MS;
  await sleep(Math.max(0, startMs + schedule.endMs - wallMs()));
  while (wallMs() < deadlineMs) {
    const seen = await lastFrames(page, 20);
    if (seen.some(({ mark }) => mark?.clip === last && mark.frame >= lastFrame)) break;
    await sleep(LOOK_EVERY_MS);
  }
  await sleep(AFTER_MS);
}

/** Has one player play the conversation over one link. */
export async function play(options: RunOptions): Promise<RunRecord> {
  const { player, link, seed, site, serverOrigin, browser } = options;
  await using stage = await setStage(player, site, serverOrigin);
  await using shaped = await shapeLink(site.origin, link, seed);
  const page = await openProbed(browser, `${shaped.origin}${stage.path}`);
  try {
    await waitForFirstFrame(page);
    if (link.busyConnections === true)
      await page.evaluate((n) => (globalThis as unknown as ProbedWindow).stallProbe.keepBusy(n), seed);
    await sleep(SETTLE_MS);
    const startMs = wallMs();
    const [generated] = await Promise.all([generate(stage, options, startMs), waitForEnd(page, options, startMs)]);
    const [probe, relay] = [await probeRecord(page), await shaped.report()];
    return { player, link: link.name, seed, startMs, probe, relay, ...generated };
  } finally {
    await page.context().close();
  }
}
