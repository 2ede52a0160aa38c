import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenAiScript } from '../server/speech/testing/openai-server.ts';
import { voiceTone } from '../server/speech/testing/tone.ts';
import { EventReader } from './support/event-reader.ts';
import { messagesOf, TalkServer } from './support/talk-server.ts';
import { Talker } from './support/talker.ts';

const SILENCE_MS = 6_000;
const HOLD = 'One moment, please.';
const WORDS = 'All is well again. Nothing is missing.';
const SAID = ['All is well again.', 'Nothing is missing.'];

let talk: TalkServer;

beforeAll(async () => {
  talk = await TalkServer.start({
    LLM_FIRST_TOKEN_MS: `${SILENCE_MS}`,
    LLM_HOLD_MS: '1500',
    AVATAR: 'none',
    LLM_MODEL: '',
  });
  talk.openai.always('models', { models: ['all-minilm:latest', 'bge-m3', 'mute', 'test-model'] });
});
afterAll(() => talk?.stop());

const spoken = (talker: Talker, turn: string) => talker.chunks(turn).map(({ text }) => text);
const waited = (talker: Talker, turn: string) =>
  talker.events.ofType('waiting', turn).map(({ stage, kind }) => `${String(stage)} ${String(kind)}`);

test('a list of models is gone through until one chats', async () => {
  const can = (model: unknown): OpenAiScript =>
    model === 'test-model'
      ? { text: WORDS }
      : { status: 400, body: { error: { message: `"${String(model)}" does not support chat` } } };
  talk.openai.always('chat', ({ body }) => can((body as { model: unknown }).model));
  await using talker = await Talker.open(talk.origin);
  for (const _ of [1, 2]) {
    const turn = await talker.ask('Which of you can talk?');
    await talker.completed(turn);
    expect([spoken(talker, turn), talker.ways(turn)]).toEqual([SAID, []]);
  }
  const asked = talk.openai.requestsTo('chat').map(({ body }) => (body as { model: string }).model);
  expect(asked).toEqual(['mute', 'test-model', 'test-model']);
});

describe.concurrent('a model that', () => {
  type Case = readonly [what: string, scripts: OpenAiScript[], asked: number, waiting: string[], isHeld: boolean];
  const LOADING = { status: 503, body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } } };
  const thoughts = Array.from({ length: 40 }, (_, index) => `thought ${index} `);

  beforeAll(() => {
    talk.openai.always(
      'chat',
      (request) => answers.get(messagesOf(request).at(-1)?.content ?? '')?.shift() ?? { text: WORDS },
    );
  });
  const answers = new Map<string, OpenAiScript[]>();

  test.for<Case>([
    ['loads before its first byte', [{ headersMs: 4000, text: WORDS }], 1, ['llm silent'], true],
    ['loads, and says so', [LOADING, LOADING, { text: WORDS }], 3, ['llm loading'], true],
    [
      'is busy, and says how long',
      [{ status: 429, headers: { 'retry-after': '0' } }, { text: WORDS }],
      2,
      ['llm busy'],
      false,
    ],
    [
      'thinks for longer than it may be silent',
      [{ reasoning: thoughts, reasoningMs: 200, text: WORDS }],
      1,
      ['llm thinking'],
      true,
    ],
    [
      'thinks aloud',
      [{ pieces: ['<think>', ...thoughts, '</think>', WORDS], pieceMs: 200 }],
      1,
      ['llm thinking'],
      true,
    ],
    ['is kept open by a gateway', [{ keepAlives: 40, reasoningMs: 200, text: WORDS }], 1, ['llm silent'], true],
  ])('%s answers', async ([what, scripts, asked, waiting, isHeld], { expect }) => {
    const utterance = `What if it ${what}?`;
    answers.set(utterance, [...scripts]);
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask(utterance);
    expect((await talker.completed(turn)).outcome).toBe('completed');
    expect(talk.chats(utterance)).toHaveLength(asked);
    expect(talker.ways(turn)).toEqual([]);
    expect(waited(talker, turn)).toEqual(waiting);
    expect(spoken(talker, turn)).toEqual(isHeld ? [HOLD, ...SAID] : SAID);
    // The model does not see what it did not say.
    const next = await talker.ask(`And then, when it ${what}?`);
    await talker.completed(next);
    expect(messagesOf(talk.chats(`And then, when it ${what}?`).at(-1)).at(-2)).toEqual({
      role: 'assistant',
      content: WORDS,
    });
  });

  test('loads is left at once when somebody interrupts', async ({ expect }) => {
    const utterance = 'What if I do not want to know any more?';
    answers.set(utterance, [LOADING, { hangBeforeHeaders: true }]);
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask(utterance);
    await talker.event('waiting', turn);
    await talker.interrupt();
    expect((await talker.completed(turn)).outcome).toBe('interrupted');
    for (const request of talk.chats(utterance)) await request.over;
    expect(talk.chats(utterance).length).toBeLessThan(3);
    expect(talker.ways(turn)).toEqual([]);
  });
});

// One after the other: a voice that fails twice in a row rests for all sessions.
describe('a voice that was asked for samples', () => {
  const TONE = voiceTone(900, 24_000);
  const as = (...args: string[]): Buffer => {
    const input = ['-f', 's16le', '-ar', '24000', '-ac', '1', '-i', 'pipe:0'];
    return spawnSync('ffmpeg', ['-v', 'error', ...input, ...args, 'pipe:1'], { input: TONE }).stdout;
  };

  test.each<readonly [string, () => OpenAiScript]>([
    ['MP3', () => ({ sound: as('-f', 'mp3'), headers: { 'content-type': 'audio/L16' } })],
    ['AAC', () => ({ sound: as('-f', 'adts'), headers: { 'content-type': 'application/octet-stream' } })],
    ['big-endian samples', () => ({ sound: as('-f', 's16be'), headers: { 'content-type': 'audio/L16;rate=24000' } })],
  ])('and sends %s is heard', async (what, script) => {
    talk.speaks(`It sends ${what}`, script());
    await using talker = await Talker.open(talk.origin);
    const text = `It sends ${what}.`;
    const { turn } = (await (await talker.post('say', text)).json()) as { turn: string };
    await talker.completed(turn);
    expect(talker.degraded(turn)).toEqual([]);
    expect(talker.chunks(turn)[0]?.duration).toBeCloseTo(0.9 + 0.33, 0.5);
  });

  test('and sends noise is not: the next voice speaks', async () => {
    const sound = as('-f', 'flac').subarray(2000);
    talk.speaks('It sends noise', { sound, headers: { 'content-type': 'audio/wav' } });
    await using talker = await Talker.open(talk.origin);
    const { turn } = (await (await talker.post('say', 'It sends noise.')).json()) as { turn: string };
    await talker.completed(turn);
    expect(talker.degraded(turn)).toMatchObject([
      {
        stage: 'tts',
        to: expect.stringMatching(/espeak-ng|flite/),
        reason: { code: 'SPEECH_FAILED', kind: 'wrong_answer' },
      },
    ]);
    expect(talk.speeches('It sends noise')).toHaveLength(1);
  });
});

test("viewers are told what kind of failure it was, who has the key the provider's own words", async () => {
  const headers = { authorization: 'Bearer a-key-for-this-test' };
  const inside = 'Traceback: /srv/models/llama.gguf on 10.1.2.3 is out of memory';
  await using locked = await TalkServer.start({
    API_KEY: 'a-key-for-this-test',
    PLAYBACK_SECRET: 'a secret for this test',
    AVATAR: 'none',
  });
  locked.openai.always('chat', { status: 500, body: { error: { message: inside } } });
  const post = async (path: string, body: object) => {
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await (await fetch(`${locked.origin}/v1/sessions${path}`, init)).json()) as Record<string, string>;
  };
  const { id, eventsUrl } = await post('', {});
  const viewer = new EventReader(eventsUrl ?? '');
  await post(`/${id}/turns`, { text: 'Are you well?' });
  await viewer.first('turn.completed', ({ type }) => type === 'turn.completed');
  expect(viewer.ofType('degraded').map(({ reason }) => reason)).toEqual([
    { code: 'LLM_FAILED', kind: 'failed', detail: 'It failed.' },
    { code: 'LLM_FAILED', kind: 'failed', detail: 'It failed.' },
  ]);
  expect(JSON.stringify(viewer.seen)).not.toMatch(/Traceback|10\.1\.2\.3/);
  await viewer.close();
  const bare = new URL(eventsUrl ?? '');
  bare.search = '';
  const stream = await fetch(bare, { headers });
  let text = '';
  for await (const piece of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.includes('turn.completed')) break;
  }
  expect(text).toContain(inside);
  expect((await fetch(`${locked.origin}/readyz`)).status).toBe(200);
});
