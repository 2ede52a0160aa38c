import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator } from 'playwright';
import type { SessionEvent } from '../../server/session/types.ts';
import { makeMarkedClip } from '../support/clips.ts';
import { readScreen, startReading, stopReading } from '../support/read-frames.ts';
import type { AnswerMarks } from './answer-times.ts';
import type { ChunkEvent, EventFeed } from './event-feed.ts';
import { PICTURE } from './ffmpeg-settings.ts';
import { pushTimed, timedSuccess } from './timed-http.ts';

const MARKED_FRAMES = 25;
const SETTLE_MS = 4_000;
const TIME_LIMIT_MS = 30_000;
/** Between two looks at what was read; each takes the browser a moment. */
const LOOK_EVERY_MS = 300;
/** From the end of an answer to the next utterance: at least, and at most so much more. */
const PAUSE_MS = { atLeast: 1_500, more: 1_000 };

export type Conversation = { readonly origin: string; readonly id: string; readonly events: EventFeed };

/** What one page load saw. */
export type AnswerView = { readonly answers: readonly AnswerMarks[]; readonly stalls: number };

const chunkOf = (event: SessionEvent): ChunkEvent['chunk'] & { turn?: string; index?: number } =>
  (event as ChunkEvent).chunk;

/** Waits until a picture is on screen that `wanted` says yes to. */
async function shown<T>(video: Locator, what: string, wanted: (reading: Reading) => T | undefined): Promise<T> {
  const deadlineMs = Date.now() + TIME_LIMIT_MS;
  for (;;) {
    const { frames } = await readScreen(video, PICTURE.fps * 2);
    const found = frames.map(wanted).find((value) => value !== undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadlineMs) throw new Error(`${what} did not reach the screen in ${TIME_LIMIT_MS} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}
type Reading = Awaited<ReturnType<typeof readScreen>>['frames'][number];

/** How far the element's media time is ahead of the session's, in seconds: seen in a clip whose pictures have numbers. */
async function mediaOffset(video: Locator, { origin, id, events }: Conversation, clip: number, dir: string) {
  await mkdir(dir, { recursive: true });
  const path = await makeMarkedClip({ clip, frames: MARKED_FRAMES, dir });
  const pushed = await pushTimed(origin, id, await readFile(path));
  const { start } = await events.ofChunk('chunk.published', pushed.id);
  return await shown(video, `marked clip ${clip}`, ({ mark, mediaTime }) =>
    mark?.clip === clip ? mediaTime - (Number(start) + mark.frame / PICTURE.fps) : undefined,
  );
}

type Filler = { readonly start: number; readonly end: number };

/** Stretches of filler that are over, in seconds of the session. */
function fillersOf({ seen }: EventFeed): Filler[] {
  const fillers: Filler[] = [];
  let start: number | undefined;
  for (const event of seen) {
    if (event.type === 'filler.started') start = Number(event.start);
    if (event.type !== 'filler.stopped' || start === undefined) continue;
    fillers.push({ start, end: Number(event.start) });
    start = undefined;
  }
  return fillers;
}

/** Milliseconds of filler that a sentence was broken off for. */
function fillerWithin(sentence: SessionEvent, fillers: readonly Filler[]): number {
  const start = Number(sentence.start);
  const halfFrame = 0.5 / PICTURE.fps;
  let end = start + Number(sentence.duration);
  let withinMs = 0;
  for (const filler of fillers) {
    if (filler.start < start + halfFrame || filler.start > end - halfFrame) continue;
    end += filler.end - filler.start;
    withinMs += (filler.end - filler.start) * 1000;
  }
  return withinMs;
}

function bufferedAheadMs(video: Locator): Promise<number> {
  return video.evaluate((element) => {
    const { buffered, currentTime } = element as HTMLVideoElement;
    return buffered.length === 0 ? 0 : (buffered.end(buffered.length - 1) - currentTime) * 1000;
  });
}

/** Asks, and watches the answer until its end. */
async function ask(
  video: Locator,
  { origin, id, events }: Conversation,
  text: string,
  offset: number,
): Promise<AnswerMarks> {
  const aheadMs = await bufferedAheadMs(video);
  const body = Buffer.from(JSON.stringify({ text }));
  const headers = { 'content-type': 'application/json' };
  const answer = await timedSuccess(`${origin}/v1/sessions/${id}/turns`, { method: 'POST', body, headers });
  const { turn } = JSON.parse(answer.body.toString()) as { turn: string };
  const isSentence = (index: number) => (event: SessionEvent) =>
    event.type === 'chunk.published' && chunkOf(event).turn === turn && chunkOf(event).index === index;
  const published = await events.first(isSentence(0));
  const start = Number(published.start) + offset;
  const end = start + Number(published.duration);
  const halfFrame = 0.5 / PICTURE.fps;
  const shownMs = await shown(video, `the answer to '${text}'`, ({ mediaTime, wallMs }) =>
    mediaTime > start - halfFrame && mediaTime < end ? wallMs : undefined,
  );
  await events.first((event) => event.type === 'turn.completed' && event.turn === turn);
  const turnStarted = await events.first((event) => event.type === 'turn.started' && event.turn === turn);
  const degraded = events.seen.find((event) => event.type === 'degraded' && event.turn === turn);
  if (degraded) throw new Error(`a provider failed: ${JSON.stringify(degraded)}`);
  const second = events.seen.find(isSentence(1));
  const fillers = fillersOf(events);
  const sentences = events.seen.filter((event) => event.type === 'chunk.published' && chunkOf(event).turn === turn);
  const brokenMs = sentences.reduce((sum, sentence) => sum + fillerWithin(sentence, fillers), 0);
  const firstMs = Number(published.duration) * 1000 + fillerWithin(published, fillers);
  // Whole frames: what remains of the subtraction is no time.
  const pauseMs = second && Math.max(0, Math.round((Number(second.start) - Number(published.start)) * 1000 - firstMs));
  return { sentMs: answer.sentMs, turnStarted, published, shownMs, aheadMs, pauseMs, brokenMs };
}

/**
 * Asks one question after the other while one page plays, which shows the session as our own player does.
 *
 * @param clip - Number for the marked clip, another one for each page load of a session.
 */
export async function askInPage(
  browser: Browser,
  conversation: Conversation,
  questions: readonly string[],
  options: { readonly clip: number; readonly dir: string; log(marks: AnswerMarks): void },
): Promise<AnswerView> {
  const page = await browser.newPage();
  try {
    await page.goto(`${conversation.origin}/embed/${conversation.id}`);
    const video = page.locator('video');
    await startReading(video);
    await sleep(SETTLE_MS);
    const offset = await mediaOffset(video, conversation, options.clip, options.dir);
    const answers: AnswerMarks[] = [];
    for (const question of questions) {
      await sleep(PAUSE_MS.atLeast + Math.random() * PAUSE_MS.more);
      const marks = await ask(video, conversation, question, offset);
      answers.push(marks);
      options.log(marks);
    }
    return { answers, stalls: (await stopReading(video)).stallsMs.length };
  } finally {
    await page.close();
  }
}
