import { expect, test } from 'vitest';
import { parseEvent } from './session-event.ts';

const head = { seq: 7, at: '2026-11-20T12:00:00.000Z' };
const programDateTime = '2026-11-20T12:00:01.240Z';

test('reads a published chunk with its place on the timeline and on the wall clock', () => {
  const raw = {
    ...head,
    type: 'chunk.published',
    chunk: 'c1',
    turn: 't1',
    index: 0,
    text: 'Hi.',
    start: 4.2,
    duration: 1,
    stages: { tts: [3, 40], encode: 'soon', publish: [1] },
    queuedMs: 7,
  };
  expect(parseEvent(JSON.stringify({ ...raw, programDateTime }))).toEqual({
    ...head,
    type: 'chunk.published',
    chunk: { id: 'c1', turn: 't1', index: 0, text: 'Hi.' },
    start: 4.2,
    duration: 1,
    programDateTime: new Date(programDateTime),
    stages: new Map([['tts', [3, 40]]]),
    lengths: { queuedMs: 7 },
  });
});

test('reads the chunk as an object, as the API shows it', () => {
  const chunk = { id: 'c1', index: 2, turn: 't1', state: 'accepted', text: 'Hi.' };
  expect(parseEvent(JSON.stringify({ ...head, type: 'chunk.accepted', chunk }))).toEqual({
    ...head,
    type: 'chunk.accepted',
    chunk: { id: 'c1', turn: 't1', index: 2, text: 'Hi.' },
  });
});

test.each([
  [{ code: 'SPEECH_FAILED', detail: 'no voice' }, 'no voice'],
  ['no voice', 'no voice'],
  [undefined, 'no reason given'],
])('says why a chunk failed: %j', (reason, expected) => {
  const event = parseEvent(JSON.stringify({ ...head, type: 'chunk.failed', chunk: 'c1', reason }));
  expect(event).toMatchObject({ type: 'chunk.failed', reason: expected });
});

test.each([
  ['of a type a player has no use for', { ...head, type: 'filler.started' }],
  ['without sequence number', { type: 'session.ended' }],
  ['of a chunk without id', { ...head, type: 'chunk.accepted' }],
  ['published nowhere', { ...head, type: 'chunk.published', chunk: 'c1' }],
  ['that is no object', 3],
])('leaves out an event %s', (_title, raw) => {
  expect(parseEvent(JSON.stringify(raw))).toBeUndefined();
});

test('ignores a date that is none', () => {
  const raw = { ...head, type: 'chunk.published', chunk: 'c1', start: 0, duration: 1, programDateTime: 'soon' };
  expect(parseEvent(JSON.stringify(raw))).not.toHaveProperty('programDateTime');
});

test.each([
  ['turn.started', { utterance: 'Hi?' }],
  ['turn.started', {}],
  ['transcription', { text: 'Hi?' }],
  ['llm.delta', { text: 'H' }],
  ['llm.completed', { text: 'Hello.' }],
  ['turn.completed', { outcome: 'interrupted' }],
  ['sentence', { index: 0, text: 'Hello.' }],
])('reads %s', (type, fields) => {
  const raw = { ...head, type, turn: 't1', ...fields };
  expect(parseEvent(JSON.stringify(raw))).toEqual(raw);
});

test('reads where an interruption cut', () => {
  const raw = { ...head, type: 'interrupted', cutAt: 12.4, turns: ['t1', 3] };
  expect(parseEvent(JSON.stringify(raw))).toEqual({ ...raw, turns: ['t1'] });
  expect(parseEvent(JSON.stringify({ ...raw, cutAt: undefined }))).toBeUndefined();
});

test('reads what took the place of what, and what a session prefers now', () => {
  const degraded = { ...head, type: 'degraded', stage: 'tts', to: 'flite', reason: { code: 'X', detail: 'quota' } };
  expect(parseEvent(JSON.stringify(degraded))).toEqual({ ...degraded, reason: 'quota' });
  const changed = { ...head, type: 'session.changed', voice: 'slt', look: 'anna' };
  expect(parseEvent(JSON.stringify(changed))).toMatchObject({ preferences: { voice: 'slt', look: 'anna' } });
});
