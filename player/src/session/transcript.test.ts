import { expect, test } from 'vitest';
import { parseChunkRange } from './chunk-range.ts';
import { heardCharacters, phaseAt } from './sentence.ts';
import { parseEvent } from './session-event.ts';
import { Transcript } from './transcript.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const date = (seconds: number) => new Date(NOON + seconds * 1000).toISOString();

let seq = 0;
function transcriptOf(...events: readonly object[]) {
  const transcript = new Transcript();
  for (const event of events) {
    const parsed = parseEvent(JSON.stringify({ seq: ++seq, at: date(0), ...event }));
    if (parsed) {
      transcript.apply(parsed);
    }
  }
  return transcript;
}
const sentencesOf = (transcript: Transcript) => transcript.turns.flatMap(({ sentences }) => sentences);
const phases = (transcript: Transcript, seconds?: number) =>
  sentencesOf(transcript).map(
    (sentence) => `${sentence.text}: ${phaseAt(sentence, seconds === undefined ? undefined : NOON + seconds * 1000)}`,
  );
/** The text as far as it was heard. */
const heard = (transcript: Transcript, seconds: number) =>
  sentencesOf(transcript).map((sentence) => sentence.text.slice(0, heardCharacters(sentence, NOON + seconds * 1000)));

function range(start: number, attributes: Record<string, string>) {
  const all = { CLASS: 'throughline.chunk', 'X-TURN': 't1', 'PLANNED-DURATION': '2', ...attributes };
  return parseChunkRange(all, NOON + start * 1000)!;
}
const oneRange = (start: number, more = {}) =>
  range(start, {
    ID: 'c1',
    'X-INDEX': '0',
    'X-TEXT': 'One and two.',
    'X-WORDS': '4:0:400 4:500:900 4:1000:1900',
    ...more,
  });

const first = { chunk: 'c1', turn: 't1', index: 0, text: 'One.' };
const second = { chunk: 'c2', turn: 't1', index: 1, text: 'Two.' };

test('follows a sentence from queued over speaking to said', () => {
  const transcript = transcriptOf(
    { type: 'sentence', turn: 't1', index: 0, text: 'One.' },
    { type: 'sentence', turn: 't1', index: 1, text: 'Two.' },
    { type: 'chunk.accepted', ...first },
    { type: 'chunk.accepted', ...second },
    { type: 'chunk.published', ...first, start: 40, duration: 2, programDateTime: date(10) },
  );
  expect(phases(transcript)).toEqual(['One.: queued', 'Two.: queued']);
  expect(phases(transcript, 9.9)).toEqual(['One.: queued', 'Two.: queued']);
  expect(phases(transcript, 10)).toEqual(['One.: speaking', 'Two.: queued']);
  expect(heard(transcript, 10)).toEqual(['One.', '']);
  expect(phases(transcript, 12)).toEqual(['One.: said', 'Two.: queued']);
});

test('moves from one sentence to the next at their join', () => {
  const transcript = transcriptOf(
    { type: 'chunk.published', ...first, start: 40, duration: 2, programDateTime: date(10) },
    { type: 'chunk.published', ...second, start: 42, duration: 1, programDateTime: date(12) },
  );
  expect(phases(transcript, 11.99)).toEqual(['One.: speaking', 'Two.: queued']);
  expect(phases(transcript, 12)).toEqual(['One.: said', 'Two.: speaking']);
});

test('keeps the order of the turn, whatever order its sentences fare in', () => {
  const transcript = transcriptOf(
    { type: 'chunk.accepted', ...second },
    { type: 'sentence', turn: 't1', index: 0, text: 'One.' },
    { type: 'chunk.failed', ...first, reason: { code: 'SPEECH_FAILED', detail: 'no voice' } },
    { type: 'chunk.dropped', ...second },
  );
  expect(phases(transcript, 5)).toEqual(['One.: failed', 'Two.: dropped']);
  expect(sentencesOf(transcript)[0]?.reason).toBe('no voice');
});

test('knows an uploaded chunk by its id', () => {
  const transcript = transcriptOf(
    { type: 'chunk.accepted', chunk: 'a', text: 'Uploaded.' },
    { type: 'chunk.published', chunk: 'a', start: 0, duration: 1, programDateTime: date(0) },
  );
  expect(phases(transcript, 0.5)).toEqual(['Uploaded.: speaking']);
});

test('forgets the oldest sentences of a very long session', () => {
  const transcript = transcriptOf(
    ...Array.from({ length: 510 }, (_, index) => ({ type: 'sentence', turn: 't1', index, text: String(index) })),
  );
  expect(sentencesOf(transcript).length).toBe(500);
  expect(sentencesOf(transcript)[0]?.text).toBe('10');
});

test('forgets the oldest turns, too', () => {
  const transcript = transcriptOf(
    ...Array.from({ length: 210 }, (_, turn) => ({ type: 'turn.started', turn: `t${turn}`, utterance: String(turn) })),
  );
  expect(transcript.turns.map(({ utterance }) => utterance).slice(0, 2)).toEqual(['10', '11']);
});

test('shows what the user said, typed or recognised, and whether an answer is being written', () => {
  const started = { type: 'turn.started', turn: 't1' };
  expect(transcriptOf({ ...started, utterance: 'Hi?' }).turns[0]).toMatchObject({ utterance: 'Hi?', writing: true });
  const said = transcriptOf(started);
  expect(said.turns[0]).toMatchObject({ writing: false });
  expect(said.turns[0]).not.toHaveProperty('utterance');
  const heardTurn = transcriptOf(started, { type: 'transcription', turn: 't1', text: 'Hello?' });
  expect(heardTurn.turns[0]).toMatchObject({ utterance: 'Hello?', writing: true });
  const done = transcriptOf({ ...started, utterance: 'Hi?' }, { type: 'llm.completed', turn: 't1', text: 'Yes.' });
  expect(done.turns[0]?.writing).toBe(false);
});

test('says word by word what the playlist says is being said', () => {
  const transcript = transcriptOf({ type: 'sentence', turn: 't1', index: 0, text: 'One and two.' });
  transcript.addRange(oneRange(10));
  expect([9, 10, 10.4, 10.5, 11, 12].map((at) => heard(transcript, at)[0])).toEqual([
    '',
    'One ',
    'One ',
    'One and ',
    'One and two.',
    'One and two.',
  ]);
});

test('shows a late joiner what the playlist still lists, in its place once older events arrive', () => {
  const transcript = transcriptOf();
  transcript.addRange(oneRange(10));
  expect(phases(transcript, 11)).toEqual(['One and two.: speaking']);
  for (const event of [
    { type: 'turn.started', turn: 't0', utterance: 'Before?', at: date(2) },
    { type: 'chunk.accepted', ...first, text: 'One and two.', at: date(9) },
  ]) {
    transcript.apply(parseEvent(JSON.stringify({ seq: ++seq, ...event }))!);
  }
  expect(transcript.turns.map(({ key }) => key)).toEqual(['t0', 't1']);
  expect(sentencesOf(transcript)).toHaveLength(1);
});

test('goes on after a pause where the sentence was left', () => {
  const transcript = transcriptOf();
  transcript.addRange(oneRange(10, { DURATION: '0.9' }));
  transcript.addRange(
    range(13, { ID: 'c1.2', 'X-INDEX': '0', 'X-TEXT': 'two.', 'X-WORDS': '4:0:900', 'PLANNED-DURATION': '1' }),
  );
  expect(phases(transcript, 12)).toEqual(['One and two.: speaking']);
  expect([10.9, 12.9, 13].map((at) => heard(transcript, at)[0])).toEqual(['One and ', 'One and ', 'One and two.']);
  expect(phases(transcript, 14)).toEqual(['One and two.: said']);
});

test('ends an interrupted sentence where it was cut, and drops the rest', () => {
  const transcript = transcriptOf(
    { type: 'sentence', turn: 't1', index: 1, text: 'Three.' },
    {
      type: 'chunk.published',
      chunk: 'c3',
      turn: 't1',
      index: 2,
      text: 'Four.',
      start: 42,
      duration: 1,
      programDateTime: date(12),
    },
  );
  transcript.addRange(oneRange(10));
  transcript.cut(NOON + 10_700, { turns: ['t1'] });
  // The playlist tells of it again, shorter.
  transcript.addRange(oneRange(10, { DURATION: '0.72' }));
  expect(phases(transcript, 10.6)).toEqual(['One and two.: speaking', 'Three.: dropped', 'Four.: dropped']);
  expect(phases(transcript, 11)).toEqual(['One and two.: cut', 'Three.: dropped', 'Four.: dropped']);
  expect(heard(transcript, 20)[0]).toBe('One and ');
  expect(transcript.turns[0]?.outcome).toBe('interrupted');
});

test('shows of a cut sentence what was said of it, though the playlist lists it no more', () => {
  const published = { type: 'chunk.published', start: 40, duration: 2, programDateTime: date(10) };
  for (const chunk of [
    { chunk: 'c1', turn: 't1', index: 0, text: 'One and two.' },
    { chunk: 'c1', text: 'One and two.' },
  ]) {
    const transcript = transcriptOf({ ...published, ...chunk });
    const turns = chunk.turn === undefined ? [] : [chunk.turn];
    transcript.cut(NOON + 10_700, { turns, chunk: { id: 'c1' }, said: 'One and' });
    expect(heard(transcript, 10.5)).toEqual(['One and']);
    expect(heard(transcript, 20)).toEqual(['One and']);
    expect(phases(transcript, 20)).toEqual(['One and two.: cut']);
  }
});

test('trusts what the server counted as said over the times of words', () => {
  const transcript = transcriptOf();
  transcript.addRange(oneRange(10));
  transcript.cut(NOON + 10_700, { turns: ['t1'], chunk: { id: 'c1', turn: 't1', index: 0 }, said: 'One' });
  expect([10.2, 10.6, 20].map((at) => heard(transcript, at)[0])).toEqual(['One', 'One', 'One']);
});

test('leaves alone what was said before the cut', () => {
  const transcript = transcriptOf();
  transcript.addRange(oneRange(10));
  transcript.cut(NOON + 12_000, { turns: ['t1'] });
  expect(phases(transcript, 13)).toEqual(['One and two.: said']);
});

test('is busy while an answer is written, waits, or is still to be heard', () => {
  const started = { type: 'turn.started', turn: 't1', utterance: 'Hi?' };
  const over = [
    { type: 'llm.completed', turn: 't1', text: 'x' },
    { type: 'turn.completed', turn: 't1', outcome: 'completed' },
  ];
  expect(transcriptOf().busyAt(NOON)).toBe(false);
  expect(transcriptOf(started).busyAt(NOON)).toBe(true);
  expect(transcriptOf(started, ...over).busyAt(NOON)).toBe(false);
  expect(transcriptOf({ type: 'chunk.accepted', ...first }).busyAt(NOON)).toBe(true);
  const said = transcriptOf(started, ...over);
  said.addRange(oneRange(10));
  expect([9, 11, 12].map((at) => said.busyAt(NOON + at * 1000))).toEqual([true, true, false]);
});

test('notes quietly what did not work, once', () => {
  const note = {
    type: 'degraded',
    turn: 't1',
    stage: 'tts',
    to: 'flite',
    reason: { code: 'X', detail: 'Out of quota.' },
  };
  const transcript = transcriptOf({ type: 'turn.started', turn: 't1' }, note, note, { ...note, turn: 't9' });
  expect(transcript.turns.map(({ notes }) => notes)).toEqual([['Voice: went on with flite. Out of quota.']]);
});

test('says why there is no answer yet, until there is one', () => {
  const started = { type: 'turn.started', turn: 't1' };
  const waiting = (kind: string, stage = 'llm') => ({ type: 'waiting', turn: 't1', stage, kind });
  const of = (...events: object[]) => transcriptOf(started, ...events).turns[0]?.waiting;
  expect(of()).toBeUndefined();
  expect(of(waiting('loading'))).toBe('Language model is loading…');
  expect(of(waiting('loading'), waiting('thinking'))).toBe('Language model is thinking…');
  expect(of(waiting('silent', 'asr'))).toBe('Speech recognition has not answered yet…');
  expect(of(waiting('something new'))).toBe('Language model takes its time…');
  for (const type of ['llm.delta', 'llm.completed', 'turn.completed'])
    expect(of(waiting('loading'), { type, turn: 't1', text: 'It', outcome: 'completed' })).toBeUndefined();
});

test('passes over events that it does not know', () => {
  expect(transcriptOf({ type: 'turn.started', turn: 't1' }, { type: 'something.new', turn: 't1' }).turns).toHaveLength(
    1,
  );
});

test('gives the same array until something changes', () => {
  const transcript = transcriptOf({ type: 'chunk.accepted', ...first });
  expect(transcript.turns).toBe(transcript.turns);
});
