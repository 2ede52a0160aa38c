import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import type { SessionEvent } from '../../server/session/types.ts';
import { EventReader } from './event-reader.ts';
import { fetchMultivariant } from './hls-client.ts';
import { type FaceReading, faceReading, startWatching } from './mouth-watch.ts';
import {
  CAPTURE_RATE,
  capturedSound,
  startCapture,
  waitForSilence,
  waitForSound,
  waitForTap,
  watchTaps,
} from './sound-capture.ts';
import type { Sound } from './sound-steps.ts';
import { StreamCollector } from './stream-collector.ts';

/** How a listener interrupts: by the stop button, by Escape, by asking the next question. */
export const WAYS = ['button', 'escape', 'question'] as const;
export type Way = (typeof WAYS)[number];

export type Round = {
  readonly way: Way;
  /** Pitch of the answer that is cut off, and of the one that follows. */
  readonly hertz: number;
  readonly nextHertz: number;
  /** The listener's click or key press, performance.now() of the page. */
  readonly pressedMs: number;
};

/** All that was seen and heard in a conversation. */
export type Conversation = {
  readonly rounds: readonly Round[];
  /** What the listener heard; time is the page's performance.now(). */
  readonly heard: Sound;
  /** What the stream carries; time is the session's. */
  readonly streamed: Sound;
  readonly face: FaceReading;
  /** performance.now() of the first question. */
  readonly firstAskedMs: number;
  /** performance.now() at the end: what is shown after it, while all this is read, counts for nothing. */
  readonly endedMs: number;
  readonly events: readonly SessionEvent[];
  /** Wall clock of performance.now() 0. */
  readonly timeOrigin: number;
  /** What the page's media element is attached to, before and after. */
  readonly sources: readonly [string, string];
  /** The element at the end. */
  readonly error: string | null;
  readonly muted: boolean;
};

/** Longer than the idle loop, which begins anew with each filler. */
const IDLE_MS = 4_500;
const LAST_MS = 300;

/** Remembers presses by the time the browser took them, before any handler. */
async function watchPresses(page: Page): Promise<void> {
  await page.evaluate(() => {
    const presses: number[] = [];
    const note = (event: Event): void => {
      const isPress = event instanceof KeyboardEvent && (event.key === 'Enter' || event.key === 'Escape');
      if (event.type === 'click' || isPress) presses.push(event.timeStamp);
    };
    for (const type of ['click', 'keydown']) document.addEventListener(type, note, { capture: true });
    Object.assign(globalThis, { presses });
  });
}

const lastPress = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { presses: number[] }).presses.at(-1) ?? Number.NaN);

const sources = (page: Page): Promise<string> => page.locator('video').evaluate((video: HTMLVideoElement) => video.src);

/** A pitch that the answers before and after do not have. */
const pitchOf = (turn: number): number => 180 + (turn % 5) * 45;

/** Presses what interrupts, at the moment it is called: the next question is written already. */
async function press(page: Page, way: Way): Promise<number> {
  if (way === 'button') await page.locator('[data-id=stop]').click();
  else await page.keyboard.press(way === 'escape' ? 'Escape' : 'Enter');
  return await lastPress(page);
}

/** Until there is nothing left to stop: the playhead is past the cut. */
async function waitUntilPastCut(page: Page): Promise<void> {
  const isPast = () => document.querySelector<HTMLButtonElement>('[data-id=stop]')?.disabled === true;
  await page.waitForFunction(isPast, undefined, { polling: 20 });
}

export type ConverseOptions = {
  readonly rounds: number;
  readonly random: () => number;
  /** How long after the first sound of an answer it is interrupted, in ms. */
  readonly momentMs: (random: () => number) => number;
  /** Where the stream may be written. */
  readonly directory: string;
};

/** Opens the page, asks, interrupts at random moments, and asks again. */
export async function converse(page: Page, origin: string, options: ConverseOptions): Promise<Conversation> {
  await watchTaps(page);
  await page.goto(origin);
  const video = page.locator('video');
  await page.waitForFunction(
    () => (document.querySelector<HTMLVideoElement>('throughline-player')?.currentTime ?? 0) > 0.5,
  );
  const sessionId = new URL(page.url()).searchParams.get('session') ?? '';
  const [mediaUrl = ''] = await fetchMultivariant(`${origin}/live/${sessionId}/index.m3u8`);
  await using collector = new StreamCollector(mediaUrl);
  await using reader = new EventReader(`${origin}/v1/sessions/${sessionId}/events`);
  await startWatching(video);
  await watchPresses(page);
  const text = page.locator('[data-id=text]');
  const write = (turn: number) => text.fill(`Sing at ${pitchOf(turn)}`);
  // From the first gesture on the page has its sound in hand.
  await text.click();
  await waitForTap(page);
  await startCapture(video);
  const before = await sources(page);
  // The idle face comes around: all of it is to be known before somebody speaks.
  await sleep(IDLE_MS);

  await write(0);
  const firstAskedMs = await press(page, 'question');
  const rounds: Round[] = [];
  for (let turn = 0; turn < options.rounds; turn++) {
    const way = WAYS[turn % WAYS.length] ?? 'button';
    await waitForSound(video);
    const dueMs = performance.now() + options.momentMs(options.random);
    await write(turn + 1);
    await sleep(Math.max(1, dueMs - performance.now()));
    const pressedMs = await press(page, way);
    await waitForSilence(video);
    if (way !== 'question') {
      await waitUntilPastCut(page);
      await text.focus();
      await press(page, 'question');
    }
    rounds.push({ way, hertz: pitchOf(turn), nextHertz: pitchOf(turn + 1), pressedMs });
  }
  await waitForSound(video);
  await sleep(LAST_MS);
  const endedMs = await page.evaluate(() => performance.now());
  return {
    rounds,
    heard: await capturedSound(video),
    streamed: await collector.sound(join(options.directory, 'stream.mp4'), CAPTURE_RATE),
    face: await faceReading(video),
    ...{ firstAskedMs, endedMs },
    events: [...reader.seen],
    timeOrigin: await page.evaluate(() => performance.timeOrigin),
    sources: [before, await sources(page)],
    error: await video.evaluate((element: HTMLVideoElement) => element.error?.message ?? null),
    muted: await video.evaluate((element: HTMLVideoElement) => element.muted || element.volume === 0),
  };
}
