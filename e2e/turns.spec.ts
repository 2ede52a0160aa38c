import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenAiRequest } from '../server/speech/testing/openai-server.ts';
import { wavHeader } from '../server/speech/testing/tone.ts';
import { fetchMediaPlaylist, fetchMultivariant } from './support/hls-client.ts';
import { filesIn } from './support/leftovers.ts';
import { messagesOf, NO_DEADLINES, speechOf, TalkServer } from './support/talk-server.ts';
import { recordingOf, refusal, Talker } from './support/talker.ts';
import { until } from './support/until.ts';

const HISTORY_TOKENS = 400;

let talk: TalkServer;

beforeAll(async () => {
  talk = await TalkServer.start({ ...NO_DEADLINES, LLM_HISTORY_TOKENS: `${HISTORY_TOKENS}` });
});

afterAll(async () => {
  await talk?.stop();
});

/** Calls at once, at most, as the provider saw them. */
function mostAtOnce(requests: readonly OpenAiRequest[]): number {
  const endOf = (request: OpenAiRequest) => request.answeredAtMs ?? request.closedByClientAtMs ?? Infinity;
  return Math.max(
    ...requests.map(
      (one) =>
        requests.filter((other) => other.startedAtMs <= one.startedAtMs && endOf(other) > one.startedAtMs).length,
    ),
  );
}

const sentences = (talker: Talker, turn: string) => talker.events.ofType('sentence', turn).map(({ text }) => text);

describe.concurrent('a turn', () => {
  test('is told from the utterance to the last word, and heard while the model still writes', async () => {
    const text = 'Gladly. This is the second of three sentences. And this is the last one.';
    talk.answers('Tell me all', { text, firstTokenMs: 200, pieceMs: 400 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Tell me all');
    const first = await talker.published('Gladly.');
    const chat = talk.chats('Tell me all')[0];
    expect(chat?.answeredAtMs).toBeUndefined();
    expect((await talker.completed(turn)).outcome).toBe('completed');

    const types = talker.events.seen.map(({ type }) => type);
    const deltas = talker.events.ofType('llm.delta', turn).map((event) => event.text);
    expect(deltas.join('')).toBe(text);
    expect(deltas.length).toBeGreaterThan(8);
    expect(talker.events.ofType('llm.completed', turn)[0]).toMatchObject({ text });
    expect(types.indexOf('chunk.published')).toBeLessThan(types.indexOf('llm.completed'));
    expect(types.slice(0, 3)).toEqual(['session.opened', 'turn.started', 'llm.delta']);
    expect(talker.events.ofType('turn.started')[0]).toMatchObject({ turn, utterance: 'Tell me all' });
    expect(sentences(talker, turn)).toEqual([
      'Gladly.',
      'This is the second of three sentences.',
      'And this is the last one.',
    ]);
    for (const { chunk } of talker.chunks(turn)) {
      const ofChunk = talker.events.seen.filter(
        (event) => (event.chunk as { id?: string } | undefined)?.id === chunk.id,
      );
      expect(ofChunk.map(({ type }) => type)).toEqual(['chunk.accepted', 'chunk.encoding', 'chunk.published']);
    }
    expect(Object.keys(first.stages)).toEqual(['llm', 'sentence', 'tts', 'avatar', 'encode', 'publish']);
    const times = Object.values(first.stages);
    expect(times.every(([start, end]) => start >= 0 && end >= start)).toBe(true);
    expect(times.map(([start]) => start)).toEqual(times.map(([start]) => start).toSorted((a, b) => a - b));
    // The model's first word takes 200 ms, and the next one, which ends the first sentence, 400 ms more.
    expect((first.stages.llm?.[1] ?? 0) - (first.stages.llm?.[0] ?? 0)).toBeGreaterThan(150);
    expect(first).toMatchObject({
      ttsMs: expect.any(Number),
      avatarMs: expect.any(Number),
      firstPartMs: expect.any(Number),
    });
  });

  test('has the same sentences in whatever pieces the answer comes', async () => {
    const text =
      'Dr. Müller paid $3.50 for v2.1 of it, e.g. on example.com. “Was it worth it?” Yes! 彼は来た。次は何ですか？ So **that** is all 🙂.';
    talk.answers('In one piece', { pieces: [text] });
    talk.answers('In odd pieces', { pieces: Array.from(text), oddPieces: true });
    talk.speaks('Müller', { characterMs: 8, oddPieces: true });
    const answers = await Promise.all(
      ['In one piece', 'In odd pieces'].map(async (utterance) => {
        await using talker = await Talker.open(talk.origin);
        const turn = await talker.ask(utterance);
        await talker.completed(turn);
        expect(talker.ways(turn)).toEqual([]);
        expect(talker.chunks(turn).map((chunk) => chunk.text)).toEqual(sentences(talker, turn));
        return sentences(talker, turn);
      }),
    );
    expect(answers[0]?.length).toBeGreaterThan(3);
    expect(answers[1]).toEqual(answers[0]);
  });

  test('is spoken by up to five calls at once, and heard in order however slow the first one is', async () => {
    const parts = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    talk.answers('Count up', { pieces: [parts.map((part) => `Countdown ${part} done.`).join(' ')] });
    for (const part of parts)
      talk.speaks(`Countdown ${part}`, { characterMs: 15, speechMs: part === 'zero' ? 2_000 : 400 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Count up');
    await talker.completed(turn);
    const calls = talk.speeches('Countdown');
    expect(calls).toHaveLength(parts.length);
    expect(mostAtOnce(calls)).toBeLessThanOrEqual(5);
    expect(mostAtOnce(calls)).toBeGreaterThan(1);
    const chunks = talker.chunks(turn);
    expect(chunks.map(({ text }) => text)).toEqual(parts.map((part) => `Countdown ${part} done.`));
    expect(chunks.map(({ chunk }) => chunk.index)).toEqual(parts.map((_, index) => index));
    // The first one was the last to be spoken.
    expect(calls[0]?.answeredAtMs).toBeGreaterThan(calls[3]?.answeredAtMs ?? 0);
  });

  test('is put to the model with what was said before, and with the instructions of the session', async () => {
    talk.answers('My name is Ada', { text: 'Hello Ada! Nice to meet you.' });
    talk.answers('Who am I?', { text: 'You are Ada.' });
    await using talker = await Talker.open(talk.origin, {
      instructions: 'Be a parrot. Speak {language}.',
      language: 'de',
    });
    await talker.completed(await talker.ask('My name is Ada'));
    await talker.completed(await talker.ask('Who am I?'));
    expect(messagesOf(talk.chats('Who am I?')[0])).toEqual([
      { role: 'system', content: 'Be a parrot. Speak German.' },
      { role: 'user', content: 'My name is Ada' },
      { role: 'assistant', content: 'Hello Ada! Nice to meet you.' },
      { role: 'user', content: 'Who am I?' },
    ]);
  });

  test('keeps the history within its bound of tokens: the oldest turns are forgotten first', async () => {
    const answer = (number: number) => `Answer ${number} goes on${' and on'.repeat(50)}.`;
    talk.speaks('and on and on', { characterMs: 2 });
    await using talker = await Talker.open(talk.origin, { instructions: 'Talk on.' });
    for (let number = 0; number < 6; number++) {
      talk.answers(`Go on, number ${number}`, { text: answer(number) });
      await talker.ask(`Go on, number ${number}`, { onBusy: 'queue' });
    }
    await until('the provider was asked', () => talk.chats('Go on, number 5').length === 1);
    const messages = messagesOf(talk.chats('Go on, number 5')[0]);
    const tokens = messages.reduce((sum, { content }) => sum + content.length / 4 + 4, 0);
    expect(tokens).toBeLessThanOrEqual(HISTORY_TOKENS);
    const texts = messages.map(({ content }) => content);
    expect(texts.slice(-3)).toEqual(['Go on, number 4', answer(4), 'Go on, number 5']);
    expect(texts[0]).toBe('Talk on.');
    expect(texts.join(' ')).not.toContain('number 0');
  });

  test('is spoken in the voice of the session, or of the request, and answered in its language', async () => {
    talk.answers('Whose voice?', { text: 'The voice of the session.' });
    talk.answers('And now?', { text: 'The voice of the request.' });
    await using talker = await Talker.open(talk.origin, { voice: 'nova', language: 'fr' });
    await talker.completed(await talker.ask('Whose voice?'));
    await talker.completed(await talker.ask('And now?', { voice: 'onyx', language: 'es' }));
    const voices = ['The voice of the session', 'The voice of the request'].map((words) => {
      const [call] = talk.speeches(words);
      return call && speechOf(call).voice;
    });
    expect(voices).toEqual(['nova', 'onyx']);
    expect(messagesOf(talk.chats('Whose voice?')[0])[0]?.content).toContain('Answer in French.');
    expect(messagesOf(talk.chats('And now?')[0])[0]?.content).toContain('Answer in Spanish.');
    const said = await talker.post('say', 'Said as it is.', { voice: 'echo' });
    expect(said.status).toBe(202);
    await talker.published('Said as it is.');
    expect(talk.speeches('Said as it is').map((call) => speechOf(call).voice)).toEqual(['echo']);
  });

  test('may be a recording: it is recognised, told, and answered', async () => {
    talk.openai.next('transcription', { text: 'What did I say?', headersMs: 100 });
    talk.answers('What did I say?', { text: 'You said something.' });
    await using talker = await Talker.open(talk.origin);
    const response = await talker.speak(recordingOf(1), '?language=en');
    expect(response.status).toBe(202);
    const { turn } = (await response.json()) as { turn: string };
    await talker.completed(turn);
    expect(talker.events.ofType('transcription', turn)[0]).toMatchObject({ text: 'What did I say?' });
    expect(talker.chunks(turn).map(({ text }) => text)).toEqual(['You said something.']);
    expect(talker.chunks(turn)[0]?.stages.asr?.[1]).toBeGreaterThanOrEqual(100);
    const [request] = talk.openai.requestsTo('transcription');
    expect(request?.upload?.sizeBytes).toBeGreaterThan(30_000);
    expect(request?.upload?.fields).toMatchObject({ model: 'test-ears', language: 'en' });
    expect(await filesIn(`${talk.directory}/data/.jobs/recordings`)).toEqual([]);
  });

  test('is answered once, however often its request is sent with the same key', async () => {
    talk.answers('Once only', { text: 'Just once.' });
    await using talker = await Talker.open(talk.origin);
    const turns = await Promise.all([1, 2].map(() => talker.ask('Once only', { key: 'k1' })));
    await talker.completed(turns[0] ?? '');
    expect(await talker.ask('Once only', { key: 'k1' })).toBe(turns[0]);
    expect(turns[1]).toBe(turns[0]);
    expect(talk.chats('Once only')).toHaveLength(1);
    expect(talker.events.ofType('turn.started')).toHaveLength(1);
    expect(talker.events.ofType('interrupted')).toEqual([]);
  });

  test('waits for the one before it when it is to queue, and the ninth that waits is refused', async () => {
    talk.answers('Never answered', { hangBeforeHeaders: true });
    await using talker = await Talker.open(talk.origin);
    const turns = [await talker.ask('Never answered')];
    for (let number = 0; number < 8; number++) turns.push(await talker.ask(`Waiting ${number}`, { onBusy: 'queue' }));
    const refused = await talker.post('turns', 'One too many', { onBusy: 'queue' });
    expect(refusal(refused)).toEqual({ status: 429, code: 'QUEUE_FULL' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await talker.interrupt();
    for (const turn of turns) expect((await talker.completed(turn)).outcome).toBe('interrupted');
    expect(talk.openai.requestsTo('chat').filter(({ body }) => JSON.stringify(body).includes('Waiting'))).toEqual([]);
    await talker.completed(await talker.ask('And after that?'));
    expect(talker.chunks().length).toBeGreaterThan(0);
  });

  test('follows the one before it when it is to queue, without a word lost', async () => {
    const answers = ['First', 'Second', 'Third'].map((name) => [`${name} answer begins.`, `${name} answer ends.`]);
    await using talker = await Talker.open(talk.origin);
    const turns: string[] = [];
    for (const [number, answer] of answers.entries()) {
      talk.answers(`In a row ${number}`, { text: answer.join(' '), firstTokenMs: 300 - number * 100, pieceMs: 30 });
      turns.push(await talker.ask(`In a row ${number}`, { onBusy: 'queue' }));
    }
    for (const turn of turns) expect((await talker.completed(turn)).outcome).toBe('completed');
    expect(talker.chunks().map(({ text }) => text)).toEqual(answers.flat());
  });

  test('is finished when the session is told to end meanwhile', async () => {
    const text = 'It goes on for a while. Nothing of it is lost. Then it ends.';
    talk.answers('Say goodbye', { text, pieceMs: 120 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Say goodbye');
    await talker.event('llm.delta', turn);
    await talker.end();
    expect(refusal(await talker.post('turns', 'Too late'))).toEqual({ status: 409, code: 'SESSION_ENDED' });
    await talker.event('session.ended');
    expect(talker.chunks(turn).map((chunk) => chunk.text)).toEqual([
      'It goes on for a while.',
      'Nothing of it is lost.',
      'Then it ends.',
    ]);
    expect(talker.events.seen.slice(-2).map(({ type }) => type)).toEqual(['turn.completed', 'session.ended']);
    const [media = ''] = await fetchMultivariant(talker.playlistUrl);
    const playlist = await fetchMediaPlaylist(media);
    expect(playlist.ended).toBe(true);
    const last = talker.chunks(turn).at(-1);
    const seconds = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
    expect(seconds).toBeCloseTo((last?.start ?? 0) + (last?.duration ?? 0), 1);
  });

  test('leaves nothing at the provider nor on disk when the session is deleted meanwhile', async () => {
    talk.answers('Delete me', {
      pieces: ['Speech that hangs. ', 'More of it comes. ', 'It', ' never', ' ends'],
      hangAfterPieces: 4,
    });
    talk.speaks('Speech that hangs', { hangAfterPieces: 1 });
    talk.speaks('More of it comes', { hangBeforeHeaders: true });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('Delete me');
    await until('the provider was asked', () => talk.speeches('More of it comes').length === 1);
    await talker.delete();
    const open = [
      ...talk.chats('Delete me'),
      ...talk.speeches('Speech that hangs'),
      ...talk.speeches('More of it comes'),
    ];
    expect(open).toHaveLength(3);
    for (const request of open) {
      await request.over;
      expect(request.closedByClientAtMs).toBeDefined();
    }
    expect(talker.chunks(turn)).toEqual([]);
    expect(await filesIn(`${talk.directory}/data/${talker.id}`)).toEqual([]);
  });

  test('is told without holes to a reader that loses its connection again and again', async () => {
    const text = 'This answer is read by somebody on a train. The connection breaks. It comes back. All is there.';
    talk.answers('On a train', { text, pieceMs: 60 });
    await using talker = await Talker.open(talk.origin);
    const turn = await talker.ask('On a train');
    for (let number = 0; number < 6; number++) {
      await talker.events.first('more deltas', () => talker.events.ofType('llm.delta').length > number * 2);
      talker.events.breakOff();
    }
    await talker.completed(turn);
    talker.events.assertWhole();
    expect(talker.events.connections).toBeGreaterThan(3);
    expect(
      talker.events
        .ofType('llm.delta')
        .map((event) => event.text)
        .join(''),
    ).toBe(text);
    const events = await fetch(talker.eventsUrl, { headers: { 'last-event-id': '3' } });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('id: 4\n');
    await reader?.cancel();
  });
});

test('leaves no request open at the provider', async () => {
  await expect.poll(() => talk.openai.inFlight).toBe(0);
  talk.openai.closeIdleConnections();
  await expect.poll(() => talk.openai.connections).toBe(0);
});

/** One after the other: they share the recogniser. */
describe('a recording', () => {
  test('in which nothing was said neither interrupts nor is answered, and that is told', async () => {
    const text = 'This is a long answer. It has some sentences. Nobody interrupts it. It ends here.';
    talk.answers('Tell me at length', { text });
    await using talker = await Talker.open(talk.origin);
    const answered = await talker.ask('Tell me at length');
    await talker.published('This is a long answer.');
    const silence = Buffer.concat([wavHeader(32_000, 16_000), Buffer.alloc(32_000)]);
    for (const [heard, body] of [
      ['[BLANK_AUDIO]', recordingOf(1)],
      ['(upbeat music)', recordingOf(1)],
      // Whatever the recogniser makes of digital silence: it is not even waited for.
      [undefined, new Uint8Array(silence)],
    ] as const) {
      if (heard !== undefined) talk.openai.next('transcription', { text: heard });
      const chats = talk.openai.requestsTo('chat').length;
      const response = await talker.speak(body);
      expect(response.status).toBe(202);
      const { turn } = (await response.json()) as { turn: string };
      expect((await talker.completed(turn)).outcome).toBe('completed');
      expect(talker.events.ofType('transcription', turn)).toMatchObject([{ text: '' }]);
      expect(talker.chunks(turn)).toEqual([]);
      expect(talk.openai.requestsTo('chat')).toHaveLength(chats);
    }
    expect((await talker.completed(answered)).outcome).toBe('completed');
    expect(talker.chunks(answered).map((chunk) => chunk.text)).toEqual(
      text.match(/[^.]+\./g)?.map((each) => each.trim()),
    );
    expect(talker.events.ofType('interrupted')).toEqual([]);
  });

  test('interrupts when it is understood, and a later one the earlier', async () => {
    talk.answers('Go on for ever', { text: 'One sentence. '.repeat(50) });
    talk.answers('Go on for ever\n\nStop that.', { text: 'I have stopped.' });
    talk.answers('Stop that.', { text: 'I have stopped.' });
    await using talker = await Talker.open(talk.origin);
    const first = await talker.ask('Go on for ever');
    await talker.published('One sentence.');
    const recognised = talk.openai.requestsTo('transcription').length;
    talk.openai.next('transcription', { text: 'Stop that (laughs).', headersMs: 300 }, { text: '[inaudible]' });
    const spoken = await talker.speak(recordingOf(1));
    await until('the recogniser is asked', () => talk.openai.requestsTo('transcription').length > recognised);
    const { turn } = (await spoken.json()) as { turn: string };
    // Recognised while the first is: nothing was said in it, so that both go on.
    await talker.completed(((await (await talker.speak(recordingOf(1))).json()) as { turn: string }).turn);
    expect((await talker.completed(first)).outcome).toBe('interrupted');
    expect((await talker.completed(turn)).outcome).toBe('completed');
    expect(talker.chunks(turn).map(({ text }) => text)).toEqual(['I have stopped.']);
    expect(talker.events.ofType('transcription', turn)).toMatchObject([{ text: 'Stop that.' }]);
    expect(talker.events.ofType('interrupted')).toMatchObject([{ turns: [first] }]);
    const types = talker.events.seen.map(({ type }) => type);
    expect(types.indexOf('turn.started')).toBeLessThan(types.indexOf('interrupted'));
  });
});
