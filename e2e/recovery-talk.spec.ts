import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTranscript } from './support/check-talk.ts';
import { fetchMultivariant, fetchText } from './support/hls-client.ts';
import { messagesOf, speechOf, TalkServer } from './support/talk-server.ts';
import { Talker } from './support/talker.ts';
import { until } from './support/until.ts';

let talk: TalkServer;

beforeAll(async () => {
  talk = await TalkServer.start();
});

afterAll(async () => {
  await talk?.stop();
});

const WINDOW = { window: 600 } as const;
const outcomes = (talker: Talker) =>
  talker.events.ofType('turn.completed').map(({ turn, outcome }) => `${turn} ${outcome}`);
const said = (talker: Talker, turn: string) => talker.chunks(turn).map(({ text }) => text);

test('sentences that were accepted are said after a crash, each once, the one on air from where it was', async () => {
  await using talker = await Talker.open(talk.origin, WINDOW);
  const sentences = [
    'This is the first sentence of four.',
    'The second one is on air when it happens, and goes on.',
    'A third.',
    'And the last.',
  ];
  const answer = await talker.post('say', sentences.join(' '), { turn: 'story', key: 'story-1' });
  expect(answer.status).toBe(202);
  const { chunks } = (await answer.json()) as { chunks: { id: string }[] };
  await talker.published(sentences[1]!);
  await sleep(400);
  const spoken = talk.speeches('').length;
  await talk.restart();
  await talker.completed('story');
  talker.events.assertWhole();
  expect(said(talker, 'story')).toEqual(sentences);
  expect(outcomes(talker)).toEqual(['story completed']);
  // Whoever had been spoken before is not spoken again: another run would have other pauses.
  const again = talk
    .speeches('')
    .slice(spoken)
    .map((request) => speechOf(request).input);
  expect(again).not.toContain(sentences[1]);
  // The same request gets the same answer, and nothing is said twice.
  const repeated = await talker.post('say', 'Something else.', { turn: 'story', key: 'story-1' });
  expect(((await repeated.json()) as { chunks: { id: string }[] }).chunks.map(({ id }) => id)).toEqual(
    chunks.map(({ id }) => id),
  );
  expect((await talker.status()).chunks).toEqual({ accepted: 4, published: 4, failed: 0, dropped: 0 });
  const [media = ''] = await fetchMultivariant(talker.playlistUrl);
  expect(checkTranscript(await fetchText(media), talker.events.seen)).toEqual([]);
  // All of each sentence was on air, whatever came between.
  expect(await secondsOnAir(media)).toEqual(await plannedSeconds(media));
});

async function rangesOf(media: string): Promise<{ id: string; seconds: number; planned: number }[]> {
  const lines = (await fetchText(media)).split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE:'));
  const value = (line: string, name: string) => new RegExp(`[:,]${name}="?([^",]*)`).exec(line)?.[1] ?? '';
  return lines.map((line) => ({
    id: value(line, 'ID').split('.')[0] ?? '',
    seconds: Number(value(line, 'DURATION')),
    planned: value(line, 'ID').includes('.') ? 0 : Number(value(line, 'PLANNED-DURATION')),
  }));
}

const sumBy = (ranges: { id: string; of: number }[]) => {
  const sums = new Map<string, number>();
  for (const { id, of } of ranges) sums.set(id, Math.round(((sums.get(id) ?? 0) + of) * 1000) / 1000);
  return Object.fromEntries(sums);
};
const secondsOnAir = async (media: string) =>
  sumBy((await rangesOf(media)).map(({ id, seconds }) => ({ id, of: seconds })));
const plannedSeconds = async (media: string) =>
  sumBy((await rangesOf(media)).map(({ id, planned }) => ({ id, of: planned })));

test('an answer that was being written ends with what was announced, and says so', async () => {
  talk.answers('Tell me much', {
    text: 'One sentence is here. A second one, too. The third never comes to its end',
    pieceMs: 120,
    hangAfterPieces: 10,
  });
  await using talker = await Talker.open(talk.origin, WINDOW);
  const turn = await talker.ask('Tell me much', { key: 'ask-1' });
  await talker.events.first('two sentences', () => talker.events.ofType('sentence', turn).length >= 2);
  await talk.restart();
  await talker.completed(turn);
  talker.events.assertWhole();
  expect(said(talker, turn)).toEqual(['One sentence is here.', 'A second one, too.']);
  expect(outcomes(talker)).toEqual([`${turn} interrupted`]);
  expect(talker.ways(turn)).toEqual(['llm partial']);
  expect(await talker.ask('Something else', { key: 'ask-1' })).toBe(turn);
  // The conversation goes on, and knows what was said.
  talk.answers('And then?', { text: 'Then it was over.' });
  const next = await talker.ask('And then?');
  await talker.completed(next);
  expect(messagesOf(talk.chats('And then?')[0]).slice(1)).toEqual([
    { role: 'user', content: 'Tell me much' },
    { role: 'assistant', content: 'One sentence is here. A second one, too. —' },
    { role: 'user', content: 'And then?' },
  ]);
});

test('what a session was told about itself, and what it refuses, is known after a crash', async () => {
  await using talker = await Talker.open(talk.origin, { ...WINDOW, title: 'A title', voice: 'nova' });
  await fetch(talker.url, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{ "language": "en", "instructions": "Be brief." }',
  });
  await talker.post('say', 'A sentence that is interrupted before it has come to its end, which takes a while.', {
    turn: 'cut',
  });
  await talker.event('chunk.published');
  const { at } = await talker.interrupt();
  await talk.restart();
  const status = (await (await fetch(talker.url)).json()) as Record<string, unknown>;
  expect(status).toMatchObject({ title: 'A title', voice: 'nova', language: 'en', state: 'open' });
  expect((await talker.post('say', 'More of it.', { turn: 'cut' })).status).toBe(409);
  expect(await talker.event('interrupted')).toMatchObject({ cutAt: at });
  talk.answers('How do you answer?', { text: 'Briefly.' });
  const turn = await talker.ask('How do you answer?');
  await talker.completed(turn);
  expect(messagesOf(talk.chats('How do you answer?')[0])[0]?.content).toContain('Be brief.');
  talker.events.assertWhole();
});

test('a stop in order leaves sessions to the next start, and a deleted one does not come back', async () => {
  await using talker = await Talker.open(talk.origin, WINDOW);
  const other = await Talker.open(talk.origin);
  await other.events.close();
  await talker.post('say', 'Some words before the stop, and some that come after it, so that it is long enough.', {
    turn: 'long',
  });
  await talker.event('chunk.published');
  await other.delete();
  const before = talk.server;
  await talk.restart('SIGTERM');
  expect(await before.stop()).toEqual({ exitCode: 0, exitSignal: null, survivors: [] });
  expect(before.log.filter((line) => /"level":(40|50|60)/.test(line))).toEqual([]);
  await talker.completed('long');
  expect(outcomes(talker)).toEqual(['long completed']);
  talker.events.assertWhole();
  expect((await fetch(other.url)).status).toBe(404);
  const data = join(talk.directory, 'data');
  await until(
    'nothing is left of it',
    async () => !(await readdir(data, { recursive: true })).some((name) => name.includes(other.id)),
  );
});
