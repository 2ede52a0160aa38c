import { describe, expect, it } from 'vitest';
import { type FailureKind, StreamError } from '../../errors.ts';
import { Chunk } from '../../session/chunk.ts';
import { type ClipRequest, Turn } from '../../session/turn.ts';
import type { Asr, AsrRequest, Llm, LlmRequest, Waiting } from '../providers.ts';
import { ClipMaker } from './clip-maker.ts';
import type { Degraded } from './degraded.ts';
import { FakeAvatar, FakeTts, PICTURE } from './fakes.ts';
import { ResilientFace } from './resilient-face.ts';
import { ResilientVoice } from './resilient-voice.ts';
import { TurnAnswer, type TurnAnswerOptions, type Utterance } from './turn-answer.ts';

const APOLOGY = 'Forgive me.';
const noAsr: Asr = { name: 'none', transcribe: () => Promise.reject(new StreamError('ASR_UNAVAILABLE', 'none')) };

/** A model that does what the test says for each time it is asked. */
function modelOf(...answers: ((request: LlmRequest) => AsyncIterable<string>)[]): Llm & { asked: number } {
  return {
    name: 'scripted',
    asked: 0,
    answer(request) {
      const answer = answers[Math.min(this.asked, answers.length - 1)];
      this.asked += 1;
      return answer?.(request) ?? answering();
    },
  };
}

async function* answering(text = 'It is four.'): AsyncGenerator<string> {
  yield text;
}

// biome-ignore lint/correctness/useYield: it fails before its first word.
async function* failing(kind: FailureKind): AsyncGenerator<string> {
  throw new StreamError('LLM_FAILED', 'no', { kind });
}

/** Answers once `ready` resolves. */
async function* waiting(ready: Promise<unknown>): AsyncGenerator<string> {
  await ready;
  yield 'It is four.';
}

function rig(options: Partial<TurnAnswerOptions> & Pick<TurnAnswerOptions, 'llm'>) {
  const said: string[] = [];
  const events: Record<string, unknown>[] = [];
  const degraded: Degraded[] = [];
  const turn = new Turn('t', 0, {
    append: (_turn, { text, origin }: ClipRequest) => {
      said.push(text);
      return new Chunk({
        id: `${said.length}`,
        index: said.length,
        place: said.length,
        turn: 't',
        text,
        origin,
        acceptedMs: 0,
      });
    },
    emit: (type, fields) => events.push({ type, ...fields }),
    left: () => undefined,
    record: () => undefined,
  });
  const maker = new ClipMaker({
    voice: new ResilientVoice({ tts: new FakeTts(), deadlineMs: 1000, parallel: 1, now: () => 0 }),
    face: new ResilientFace({ avatar: new FakeAvatar(), fallback: undefined, now: () => 0 }),
    ...{ speech: {}, picture: PICTURE, look: undefined, jobPrefix: 't', firstIndex: 0 },
    now: () => 0,
    onDegraded: () => undefined,
  });
  const answer = new TurnAnswer({
    ...{ turn, asr: noAsr, maker, language: 'en', spokenLanguage: undefined, apology: APOLOGY },
    onHeard: () => events.push({ type: 'heard' }),
    holding: { afterMs: 10, phrase: () => 'Wait.' },
    isQuiet: () => true,
    degraded: (each) => degraded.push(each),
    messages: () => [],
    now: () => 0,
    ...options,
  });
  const give = (utterance: Utterance = { text: 'Two and two?' }) => answer.give(utterance);
  const waited = () =>
    events.filter(({ type }) => type === 'waiting').map(({ type: _, turn: __, ...fields }) => fields);
  return { said, events, degraded, turn, give, waited };
}

describe('an answer that takes its time', () => {
  it('is told to those who listen, once, and then given', async () => {
    const ready = Promise.withResolvers<void>();
    const { said, give, waited } = rig({ llm: modelOf(() => waiting(ready.promise)) });
    const given = give();
    await expect.poll(() => said).toEqual(['Wait.']);
    ready.resolve();
    await given;
    expect(said).toEqual(['Wait.', 'It is four.']);
    expect(waited()).toEqual([{ stage: 'llm', kind: 'silent' }]);
  });

  it('is told to those who follow as soon as the reason is known, and each reason once', async () => {
    const ready = Promise.withResolvers<void>();
    const told: Waiting[] = [
      { kind: 'loading', againMs: 999.6 },
      { kind: 'loading', againMs: 1500 },
      { kind: 'busy', againMs: 20 },
      { kind: 'thinking' },
    ];
    const llm = modelOf((request) => {
      for (const each of told) request.onWaiting?.(each);
      return waiting(ready.promise);
    });
    const { said, give, waited } = rig({ llm });
    const given = give();
    await expect.poll(() => said).toEqual(['Wait.']);
    ready.resolve();
    await given;
    expect(waited()).toEqual([
      { stage: 'llm', kind: 'loading', againMs: 1000 },
      { stage: 'llm', kind: 'busy', againMs: 20 },
      { stage: 'llm', kind: 'thinking' },
    ]);
  });

  it('is told while the recording is still being recognised', async () => {
    const ready = Promise.withResolvers<{ text: string }>();
    const asr = { name: 'ears', transcribe: (_: AsrRequest) => ready.promise };
    const { said, give, waited } = rig({ asr, llm: modelOf() });
    const given = give({ path: '/nowhere', remove: async () => undefined });
    await expect.poll(() => said).toEqual(['Wait.']);
    ready.resolve({ text: 'Two and two?' });
    await given;
    expect(said).toEqual(['Wait.', 'It is four.']);
    expect(waited()).toEqual([{ stage: 'asr', kind: 'silent' }]);
  });

  it.each([
    ['when it comes in time', { holding: { afterMs: 60_000, phrase: () => 'Wait.' } }],
    ['when the operator wants silence', { holding: { afterMs: 0, phrase: () => 'Wait.' } }],
    ['while something else is heard', { isQuiet: () => false }],
  ])('is not told %s', async (_, options) => {
    const ready = Promise.withResolvers<void>();
    const { said, give } = rig({ llm: modelOf(() => waiting(ready.promise)), ...options });
    const given = give();
    setTimeout(ready.resolve, 50);
    await given;
    expect(said).toEqual(['It is four.']);
  });

  it('is no answer: where none comes, the apology is said', async () => {
    const ready = Promise.withResolvers<void>();
    const llm = modelOf(async function* () {
      await ready.promise;
      yield ' ';
    });
    const { said, give, degraded } = rig({ llm });
    const given = give();
    await expect.poll(() => said).toEqual(['Wait.']);
    ready.resolve();
    await given;
    expect(said).toEqual(['Wait.', APOLOGY]);
    expect(degraded.map(({ to }) => to)).toEqual(['apology']);
  });

  it('leaves no timer behind when the turn is interrupted', async () => {
    const { turn, give, said } = rig({
      holding: { afterMs: 100_000, phrase: () => 'Wait.' },
      llm: modelOf(({ signal }) => waiting(new Promise((_, reject) => signal.addEventListener('abort', reject)))),
    });
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const given = give();
    await expect.poll(timers).toBeGreaterThan(before);
    turn.interrupt(new StreamError('ABORTED', 'interrupted'));
    await expect(given).rejects.toBeDefined();
    expect(said).toEqual([]);
    await expect.poll(timers).toBeLessThanOrEqual(before);
  });
});

describe('a model that fails before its first word', () => {
  it.each<FailureKind>(['failed', 'cut_off', 'timeout', 'wrong_answer', 'empty', 'busy', 'unreachable'])(
    'is asked once more when it was %s',
    async (kind) => {
      const llm = modelOf(
        () => failing(kind),
        () => answering(),
      );
      const { said, give, degraded } = rig({ llm, holding: { afterMs: 0, phrase: () => '' } });
      await give();
      expect([llm.asked, said, degraded.map(({ to }) => to)]).toEqual([2, ['It is four.'], ['retry']]);
    },
  );

  it.each<FailureKind>(['refused', 'unauthorized', 'quota', 'not_found', 'loading', 'thinking', 'unavailable'])(
    'is not when the answer would be the same: %s',
    async (kind) => {
      const llm = modelOf(() => failing(kind));
      const { said, give, degraded } = rig({ llm });
      await give();
      expect([llm.asked, said, degraded.map(({ to }) => to)]).toEqual([1, [APOLOGY], ['apology']]);
    },
  );
});

describe('a recording', () => {
  const recording = (): Utterance => ({ path: 'a', remove: async () => undefined });
  const hearing = (text: string): Asr => ({ name: 'ears', transcribe: async () => ({ text }) });

  it('in which something was said interrupts when that is known, and is answered', async () => {
    const { said, events, give } = rig({ llm: modelOf(() => answering()), asr: hearing('Two and two?') });
    await give(recording());
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(['heard', 'transcription']);
    expect(said).toEqual(['It is four.']);
  });

  it('in which nothing was said neither interrupts nor is answered, and that is told', async () => {
    const llm = modelOf(() => answering());
    const { said, events, give } = rig({ llm, asr: hearing('') });
    await give(recording());
    expect(events).toEqual([{ type: 'transcription', turn: 't', text: '' }]);
    expect(said).toEqual([]);
    expect(llm.asked).toBe(0);
  });

  it('that can not be understood interrupts with an apology', async () => {
    const { said, events, give } = rig({ llm: modelOf(() => answering()) });
    await give(recording());
    expect(events).toEqual([{ type: 'heard' }]);
    expect(said).toEqual([APOLOGY]);
  });

  it('is answered in sentences of the voice that speaks, where nobody says which language it is', async () => {
    const { said, give } = rig({
      llm: modelOf(() => answering('Man sieht sich am So. 5. Mai. Gut.')),
      asr: hearing('Wann?'),
      language: undefined,
      spokenLanguage: 'de',
    });
    await give(recording());
    expect(said).toEqual(['Man sieht sich am So. 5. Mai.', 'Gut.']);
  });
});
