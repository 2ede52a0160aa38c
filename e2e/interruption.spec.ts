import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionEvent } from '../server/session/types.ts';
import { type BrokenFace, startBrokenFace } from './support/broken-face.ts';
import { turnOf } from './support/event-reader.ts';
import { largestStep, peak, streamSound } from './support/stream-sound.ts';
import { messagesOf, NO_DEADLINES, TalkServer } from './support/talk-server.ts';
import { type Published, SMALL_PROFILE, Talker } from './support/talker.ts';
import { until } from './support/until.ts';

/** Within which a provider must have been left; a tenth of it does on a machine of one's own. */
const AUDIO_RATE = 48_000;
/** Of 23,000 at the loudest: -47 dB. */
const SILENCE = 100;

let talk: TalkServer;
let face: BrokenFace;
let faceless: TalkServer;

beforeAll(async () => {
  face = await startBrokenFace();
  [talk, faceless] = await Promise.all([
    TalkServer.start(NO_DEADLINES),
    TalkServer.start({ ...NO_DEADLINES, AVATAR_URL: face.url }),
  ]);
});

afterAll(async () => {
  await Promise.all([talk?.stop(), faceless?.stop()]);
  await face?.[Symbol.asyncDispose]();
});

type Closable = { readonly closedByClientAtMs?: number };

/** Fails unless the client leaves all of these: the interruption is the only reason that it has. */
async function expectLeft(requests: readonly Closable[]): Promise<void> {
  expect(requests.length).toBeGreaterThan(0);
  for (const request of requests) await until('the client left', () => request.closedByClientAtMs !== undefined);
}

/** Everything that was told of a turn after the interruption. */
function afterwards(talker: Talker, turn: string): string[] {
  const { seen } = talker.events;
  const interrupted = seen.findLastIndex(({ type }) => type === 'interrupted');
  return seen.slice(interrupted + 1).flatMap((event: SessionEvent) => (turnOf(event) === turn ? event.type : []));
}

/** The next turn is answered as if nothing had happened. */
async function expectNext(talker: Talker, server: TalkServer, utterance: string): Promise<void> {
  server.answers(utterance, { text: 'The next answer.' });
  expect((await talker.completed(await talker.ask(utterance))).outcome).toBe('completed');
  expect(talker.chunks().at(-1)?.text).toBe('The next answer.');
}

describe.concurrent('an interruption', () => {
  test('while the model writes leaves the model, and nothing more of the turn comes', async () => {
    const pieces = Array.from({ length: 100 }, (_, index) => `Sentence number ${index}. `);
    talk.answers('Talk for ever', { pieces, pieceMs: 300 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Talk for ever');
    await talker.event('chunk.published', turn);
    await sleep(400);
    const answer = await talker.interrupt();
    await expectLeft(talk.chats('Talk for ever'));
    expect((await talker.completed(turn)).outcome).toBe('interrupted');
    const told = talker.events.ofType('interrupted')[0];
    expect(told).toMatchObject({
      cutAt: answer.at,
      programDateTime: answer.programDateTime,
      droppedChunks: answer.droppedChunks,
      turns: [turn],
    });
    expect(talker.events.ofType('chunk.dropped', turn)).toHaveLength(answer.droppedChunks);
    await expectNext(talker, talk, 'And what else?');
    expect(afterwards(talker, turn).filter((type) => type !== 'chunk.dropped')).toEqual(['turn.completed']);
  });

  test('before the first word leaves the model', async () => {
    talk.answers('Hard question', { hangBeforeHeaders: true });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Hard question');
    await until('the provider was asked', () => talk.chats('Hard question').length === 1);
    expect(await talker.interrupt()).toMatchObject({ at: expect.any(Number), droppedChunks: 0 });
    await expectLeft(talk.chats('Hard question'));
    await talker.completed(turn);
    expect(afterwards(talker, turn)).toEqual(['turn.completed']);
    expect(talker.degraded(turn)).toEqual([]);
    await expectNext(talker, talk, 'Then an easy one?');
  });

  test('while sentences are being spoken leaves all calls', async () => {
    talk.answers('Speak up', { text: 'Mute number one. Mute number two. Mute number three.' });
    talk.speaks('Mute number', { hangAfterPieces: 2 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Speak up');
    await until('the provider was asked', () => talk.speeches('Mute number').length === 3);
    expect((await talker.interrupt()).droppedChunks).toBe(3);
    await expectLeft(talk.speeches('Mute number'));
    await talker.completed(turn);
    expect(talker.events.ofType('chunk.dropped', turn).map(({ text }) => text)).toEqual([
      'Mute number one.',
      'Mute number two.',
      'Mute number three.',
    ]);
    expect(talker.chunks()).toEqual([]);
    await expectNext(talker, talk, 'Better now?');
  });

  test('while the face is being made leaves the face, and only what was said stays in the history', async () => {
    faceless.answers('Show me', { text: 'This face will hang. And so on.' });
    await using talker = await Talker.open(faceless.origin);
    const turn = await talker.ask('Show me');
    const job = () => face.jobs.filter(({ text }) => text.includes('will hang'));
    await until('the face was asked', () => job().length === 1);
    expect((await talker.interrupt()).droppedChunks).toBe(2);
    await expectLeft(job());
    await talker.completed(turn);
    await expectNext(talker, faceless, 'What about now?');
    expect(messagesOf(faceless.chats('What about now?')[0]).slice(1)).toEqual([
      { role: 'user', content: 'Show me\n\nWhat about now?' },
    ]);
  });

  test('by the next question does the same, and its answer follows', async () => {
    // Longer than a busy machine takes to send the second question.
    const long =
      'Well, let me begin at the very beginning of this story of mine, which begins, as all long stories do, a long time ago, in a small house at the end of a road that nobody ever took, unless he had lost his way. And there is more.';
    talk.answers('Tell me a story', { text: long });
    talk.answers('Stop, what time is it?', { text: 'It is noon.' });
    talk.answers('Where were we?', { text: 'At the beginning.' });
    await using talker = await Talker.open(talk.origin);
    const story = await talker.ask('Tell me a story');
    await talker.event('chunk.published', story);
    await sleep(1_100);
    const noon = await talker.ask('Stop, what time is it?');
    expect((await talker.completed(story)).outcome).toBe('interrupted');
    expect((await talker.completed(noon)).outcome).toBe('completed');
    const [told] = talker.events.ofType('interrupted');
    const said = told?.said as string;
    expect(told).toMatchObject({ turns: [story], chunk: { turn: story } });
    expect(long.startsWith(said)).toBe(true);
    expect(said.length).toBeLessThan(long.length - 20);
    const [first] = talker.chunks(noon);
    expect(first?.start).toBeGreaterThanOrEqual(told?.cutAt as number);
    const types = talker.events.seen.map(({ type }) => type);
    expect(types.slice(types.indexOf('interrupted'))).toContain('filler.stopped');
    await talker.completed(await talker.ask('Where were we?'));
    expect(messagesOf(talk.chats('Where were we?')[0]).slice(1)).toEqual([
      { role: 'user', content: 'Tell me a story' },
      { role: 'assistant', content: `${said.trim()} —` },
      { role: 'user', content: 'Stop, what time is it?' },
      { role: 'assistant', content: 'It is noon.' },
      { role: 'user', content: 'Where were we?' },
    ]);
  });

  test('of silence is told, and changes nothing', async () => {
    await using talker = await Talker.open(talk.origin);
    const { at, droppedChunks } = await talker.interrupt();
    expect(droppedChunks).toBe(0);
    expect(await talker.event('interrupted')).toMatchObject({ cutAt: at, turns: [], droppedChunks: 0 });
    await expectNext(talker, talk, 'Did that hurt?');
  });

  test.each([150, 420, 730, 1_010])('%i ms into a sentence is heard as a fade, without a click', async (intoMs) => {
    const utterance = `Cut me after ${intoMs}`;
    const sentence = 'This one sentence is long enough to be cut off in the middle of its words.';
    // The first of the two is heard to its end: the signal as it is.
    talk.answers(utterance, { text: `${sentence} ${sentence} Another one would follow.` });
    await using talker = await Talker.open(talk.origin, { profile: { ...SMALL_PROFILE, audioRate: AUDIO_RATE } });
    const turn = await talker.ask(utterance);
    await until('the second sentence is on air', () => talker.chunks(turn).length === 2);
    const [whole, { start }] = talker.chunks(turn) as [Published, Published];
    await sleep(intoMs);
    const { at } = await talker.interrupt();
    await talker.completed(turn);
    // The stream goes on with filler: its segments are complete when they are older than the lead.
    await until('filler follows', async () => (await talker.status()).publishedUntil > at + 3);
    await fetch(talker.playlistUrl);
    await sleep(1_500);
    const sound = await streamSound(talker.playlistUrl, AUDIO_RATE);
    expect(sound.pcm.length / AUDIO_RATE).toBeGreaterThan(at + 1);
    expect(at).toBeGreaterThan(start);
    expect(peak(sound, start, at)).toBeGreaterThan(50 * SILENCE);
    expect(peak(sound, at + 0.025, at + 1)).toBeLessThan(SILENCE);
    const ownStep = largestStep(sound, whole.start, whole.start + whole.duration);
    expect(largestStep(sound, at - 0.05, at + 0.1)).toBeLessThanOrEqual(1.05 * ownStep);
    expect(talker.chunks(turn)).toHaveLength(2);
    expect(talker.events.seen.at(-1)?.type).toBe('turn.completed');
  });
});

test('leaves no request open at any provider', async () => {
  for (const { openai } of [talk, faceless]) {
    await expect.poll(() => openai.inFlight).toBe(0);
    openai.closeIdleConnections();
    await expect.poll(() => openai.connections).toBe(0);
  }
});
