import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenAiScript } from '../server/speech/testing/openai-server.ts';
import { type BrokenFace, startBrokenFace } from './support/broken-face.ts';
import { fetchMediaPlaylist, fetchText } from './support/hls-client.ts';
import { largestStep, peak, streamSound } from './support/stream-sound.ts';
import { TalkServer } from './support/talk-server.ts';
import { recordingOf, refusal, SMALL_PROFILE, Talker } from './support/talker.ts';
import { until } from './support/until.ts';

const APOLOGY = 'Forgive me, I have no words.';
/** Deadlines of the providers, in ms: short, and long enough for a busy machine to answer within. */
const DEADLINE_MS = 2_000;
/** Where nothing hangs: the embedded voice has it, too, and speaks late where the machine is busy. */
const LONG_DEADLINE_MS = 20_000;
const EMBEDDED = /^tts .*(espeak-ng|flite)/;

let face: BrokenFace;
/** The model and the ears fail; the voice of the first fails now and then. */
let talk: TalkServer;
/** The voice is out of quota, and the face is broken. */
let ruin: TalkServer;

beforeAll(async () => {
  face = await startBrokenFace();
  const deadlines = (ms: number) => ({
    LLM_FIRST_TOKEN_MS: `${ms}`,
    LLM_TOKEN_MS: `${ms}`,
    TTS_TIMEOUT_MS: `${ms}`,
    ASR_TIMEOUT_MS: `${ms}`,
    AVATAR_TIMEOUT_MS: `${ms}`,
  });
  [talk, ruin] = await Promise.all([
    TalkServer.start({ ...deadlines(DEADLINE_MS), LLM_APOLOGY: APOLOGY, LLM_HOLD_MS: '0' }),
    TalkServer.start({ ...deadlines(LONG_DEADLINE_MS), AVATAR_URL: face.url, ASR_MODEL: '' }),
  ]);
  ruin.openai.always('speech', { status: 429, body: { error: { message: 'You exceeded your current quota' } } });
});

afterAll(async () => {
  await Promise.all([talk?.stop(), ruin?.stop()]);
  await face?.[Symbol.asyncDispose]();
});

const spoken = (talker: Talker, turn: string) => talker.chunks(turn).map(({ text }) => text);

type Case = {
  readonly what: string;
  readonly scripts: readonly OpenAiScript[];
  readonly asked: number;
  readonly ways: readonly string[];
  readonly says: readonly string[];
};

const WORDS = 'All is well again. Nothing is missing.';
const SAID = ['All is well again.', 'Nothing is missing.'];
const apology = ['llm retry', 'llm apology'];

const MODEL_CASES: readonly Case[] = [
  {
    what: 'fails once before its first word',
    scripts: [{ status: 500 }, { text: WORDS }],
    asked: 2,
    ways: ['llm retry'],
    says: SAID,
  },
  { what: 'fails twice before its first word', scripts: [{ status: 500 }], asked: 2, ways: apology, says: [APOLOGY] },
  {
    what: 'is cut off before its first word',
    scripts: [{ cutAfterPieces: 0 }, { text: WORDS }],
    asked: 2,
    ways: ['llm retry'],
    says: SAID,
  },
  {
    what: 'hangs before its headers, twice',
    scripts: [{ hangBeforeHeaders: true }],
    asked: 2,
    ways: apology,
    says: [APOLOGY],
  },
  {
    what: 'hangs before its first word',
    scripts: [{ hangAfterPieces: 0 }, { text: WORDS }],
    asked: 2,
    ways: ['llm retry'],
    says: SAID,
  },
  {
    what: 'is cut off in its second sentence',
    scripts: [{ pieces: ['All is well', ' again.', ' Nothing', ' is'], cutAfterPieces: 4 }],
    asked: 1,
    ways: ['llm partial'],
    says: ['All is well again.'],
  },
  {
    what: 'hangs in its second sentence',
    scripts: [{ pieces: ['All is well', ' again.', ' Nothing', ' is'], hangAfterPieces: 4 }],
    asked: 1,
    ways: ['llm partial'],
    says: ['All is well again.'],
  },
  {
    what: 'is cut off in its first sentence',
    scripts: [{ pieces: ['All is', ' well'], cutAfterPieces: 2 }],
    asked: 1,
    ways: ['llm partial', 'llm apology'],
    says: [APOLOGY],
  },
  {
    what: 'has nothing to say',
    scripts: [{ pieces: [' \n', '***'] }],
    asked: 1,
    ways: ['llm apology'],
    says: [APOLOGY],
  },
];

describe.concurrent('a model that', () => {
  test.for(MODEL_CASES)('$what', async ({ what, scripts, asked, ways, says }, { expect }) => {
    const utterance = `What if it ${what}?`;
    talk.answers(utterance, ...scripts);
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask(utterance);
    expect((await talker.completed(turn)).outcome).toBe('completed');
    expect(talk.chats(utterance)).toHaveLength(asked);
    expect(talker.ways(turn)).toEqual(ways);
    expect(spoken(talker, turn)).toEqual(says);
    for (const { reason } of talker.degraded(turn)) expect(reason.code).toBe('LLM_FAILED');
    expect(talker.events.ofType('llm.completed', turn)).toHaveLength(1);
    for (const request of talk.chats(utterance)) await request.over;
    expect(JSON.stringify(talker.events.seen)).not.toContain('sk-test');
  });
});

describe.concurrent('ears that', () => {
  test.for<readonly [string, OpenAiScript]>([
    ['refuse', { status: 500 }],
    ['hang', { hangBeforeHeaders: true }],
  ])('%s are told, and apologised for', async ([, script], { expect }) => {
    talk.openai.next('transcription', script);
    await using talker = await Talker.open(talk.origin);
    const response = await talker.speak(recordingOf(1));
    const { turn } = (await response.json()) as { turn: string };
    expect((await talker.completed(turn)).outcome).toBe('completed');
    expect(talker.ways(turn)).toEqual(['asr apology']);
    expect(spoken(talker, turn)).toEqual([APOLOGY]);
    expect(talker.events.ofType('transcription', turn)).toEqual([]);
  });

  test('are not there refuse a recording', async () => {
    const { asr } = (await (await fetch(`${ruin.origin}/v1/providers`)).json()) as { asr: { unavailable?: string } };
    // Where pocketsphinx is installed, it listens.
    if (asr.unavailable === undefined) return;
    await using talker = await Talker.open(ruin.origin);
    const refused = await talker.speak(new Uint8Array(2_000));
    expect(refusal(refused)).toEqual({ status: 501, code: 'ASR_UNAVAILABLE' });
    expect(talker.events.ofType('turn.started')).toEqual([]);
  });
});

// One after the other: a voice that fails twice in a row rests for all sessions.
describe('a voice that', () => {
  async function answerOf(talker: Talker, utterance: string, text: string): Promise<string> {
    talk.answers(utterance, { text });
    const turn = await talker.ask(utterance);
    expect((await talker.completed(turn)).outcome).toBe('completed');
    return turn;
  }

  test.each<readonly [string, OpenAiScript]>([
    ['refuses once', { status: 500 }],
    ['hangs before its headers once', { hangBeforeHeaders: true }],
    ['hangs in the middle of a sentence once', { hangAfterPieces: 2 }],
    ['is cut off in the middle of a sentence once', { cutAfterPieces: 2 }],
    ['gives silence once', { sound: new Uint8Array(24_000) }],
  ])('%s is asked again, and speaks', async (what, script) => {
    const sentences = ['This is before it.', `It ${what}.`, 'This is after it.'];
    talk.speaks(`It ${what}`, script, {});
    await using talker = await Talker.open(talk.origin);
    const turn = await answerOf(talker, `A voice ${what}?`, sentences.join(' '));
    expect(talker.degraded(turn)).toMatchObject([
      { stage: 'tts', to: 'retry', index: 1, reason: { code: 'SPEECH_FAILED' } },
    ]);
    expect(spoken(talker, turn)).toEqual(sentences);
    expect(talk.speeches(`It ${what}`)).toHaveLength(2);
    const [first] = talk.speeches(`It ${what}`);
    await first?.over;
    // It would have hung for ever.
    if (script.hangBeforeHeaders) expect(first?.closedByClientAtMs).toBeDefined();
  });

  test('can not speak one sentence of three leaves it to the embedded voice', async () => {
    const sentences = ['This can be said.', 'This is unspeakable.', 'And this is fine.'];
    talk.speaks('unspeakable', { status: 500 });
    // A good one ends what would be two failures in a row.
    await using talker = await Talker.open(talk.origin);
    const turn = await answerOf(talker, 'An unspeakable sentence?', sentences.join(' '));
    expect(spoken(talker, turn)).toEqual(sentences);
    const ways = talker.degraded(turn).filter(({ index }) => index === 1);
    expect(ways.map(({ stage, to }) => `${stage} ${to}`)).toEqual(['tts retry', expect.stringMatching(EMBEDDED)]);
  });
});

describe('with everything broken but the model', () => {
  test('the embedded voice and the drawn face speak, and each is told why', async () => {
    ruin.answers('Is anybody there?', { text: 'Still here. And still talking.' });
    await using talker = await Talker.open(ruin.origin);
    const turn = await talker.ask('Is anybody there?');
    await talker.completed(turn);
    expect(spoken(talker, turn)).toEqual(['Still here.', 'And still talking.']);
    const voice = talker.degraded(turn).filter(({ stage }) => stage === 'tts');
    expect(voice.some(({ to }) => to === 'retry')).toBe(true);
    expect(voice.filter(({ to }) => EMBEDDED.test(`tts ${to}`)).map(({ index }) => index)).toEqual([0, 1]);
    expect(voice[0]?.reason).toMatchObject({ code: 'SPEECH_FAILED', detail: expect.stringContaining('quota') });
    const faces = talker.degraded(turn).filter(({ stage }) => stage === 'avatar');
    expect(faces.map(({ to, index }) => [index, to])).toEqual([
      [0, 'drawn'],
      [1, 'drawn'],
    ]);
    expect(faces[0]?.reason.code).toBe('AVATAR_FAILED');
    expect(talker.chunks(turn).every(({ duration }) => duration > 0.3)).toBe(true);
  });

  test('who failed twice is not asked by the next sentence', async () => {
    ruin.answers('And now?', { text: 'Now they rest.' });
    await using talker = await Talker.open(ruin.origin);
    const before = { voice: ruin.openai.requestsTo('speech').length, face: face.jobs.length };
    const turn = await talker.ask('And now?');
    await talker.completed(turn);
    expect(talker.ways(turn)).toEqual([expect.stringMatching(EMBEDDED), 'avatar drawn']);
    expect({ voice: ruin.openai.requestsTo('speech').length, face: face.jobs.length }).toEqual(before);
  });

  test('what no voice can speak is shown in captions over the idle face', async () => {
    const text = 'Nobody speaks this tongue.';
    ruin.answers('In tongues', { text });
    const profile = { ...SMALL_PROFILE, audioRate: 48_000 } as const;
    await using talker = await Talker.open(ruin.origin, { language: 'zxx', profile });
    const turn = await talker.ask('In tongues');
    const { start, duration } = await talker.published(text);
    await talker.completed(turn);
    expect(talker.ways(turn).at(-1)).toBe('tts captions');
    expect(talker.events.ofType('chunk.failed')).toEqual([]);
    // As long as it takes to read.
    expect(duration).toBeGreaterThan(1.2);
    await until('it is over', async () => (await talker.status()).publishedUntil > start + duration + 1.5);
    await fetch(talker.playlistUrl);
    const sound = await streamSound(talker.playlistUrl, 48_000);
    expect(peak(sound, start, start + duration)).toBe(0);
    expect(largestStep(sound, 0, start + duration)).toBe(0);
    const captions = await fetchMediaPlaylist(new URL('subs/stream.m3u8', talker.playlistUrl).href);
    const cues = await Promise.all(captions.segments.map(({ url }) => fetchText(url)));
    expect(cues.join('')).toContain(text);
  });
});

test('leaves no request open at any provider', async () => {
  for (const { openai } of [talk, ruin]) {
    await expect.poll(() => openai.inFlight).toBe(0);
    openai.closeIdleConnections();
    await expect.poll(() => openai.connections).toBe(0);
  }
});
