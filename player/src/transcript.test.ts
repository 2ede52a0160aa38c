import { expect, test } from 'vitest';
import { parseEvent } from './session-event.ts';
import { phaseAt, Transcript } from './transcript.ts';

let seq = 0;
function transcriptOf(...events: readonly object[]) {
  const transcript = new Transcript();
  for (const event of events) {
    const parsed = parseEvent(JSON.stringify({ seq: ++seq, at: '2026-11-20T12:00:00.000Z', ...event }));
    if (parsed) {
      transcript.apply(parsed);
    }
  }
  return transcript;
}
const phases = (transcript: Transcript, mediaTime?: number) =>
  transcript.sentences.map((sentence) => `${sentence.text}: ${phaseAt(sentence, mediaTime)}`);

const first = { chunk: 'c1', turn: 't1', index: 0, text: 'One.' };
const second = { chunk: 'c2', turn: 't1', index: 1, text: 'Two.' };

test('follows a sentence from queued over speaking to said', () => {
  const transcript = transcriptOf(
    { type: 'sentence', turn: 't1', index: 0, text: 'One.' },
    { type: 'sentence', turn: 't1', index: 1, text: 'Two.' },
    { type: 'chunk.accepted', ...first },
    { type: 'chunk.accepted', ...second },
    { type: 'chunk.published', ...first, start: 10, duration: 2 },
  );
  expect(phases(transcript)).toEqual(['One.: queued', 'Two.: queued']);
  expect(phases(transcript, 9.9)).toEqual(['One.: queued', 'Two.: queued']);
  expect(phases(transcript, 10)).toEqual(['One.: speaking', 'Two.: queued']);
  expect(phases(transcript, 12)).toEqual(['One.: said', 'Two.: queued']);
});

test('moves the highlight from one sentence to the next at their join', () => {
  const transcript = transcriptOf(
    { type: 'chunk.published', ...first, start: 10, duration: 2 },
    { type: 'chunk.published', ...second, start: 12, duration: 1 },
  );
  expect(phases(transcript, 11.99)).toEqual(['One.: speaking', 'Two.: queued']);
  expect(phases(transcript, 12)).toEqual(['One.: said', 'Two.: speaking']);
});

test('keeps the order in which sentences were announced, whatever order they fare in', () => {
  const transcript = transcriptOf(
    { type: 'sentence', turn: 't1', index: 0, text: 'One.' },
    { type: 'sentence', turn: 't1', index: 1, text: 'Two.' },
    { type: 'chunk.accepted', ...second },
    { type: 'chunk.failed', ...first, reason: { code: 'SPEECH_FAILED', detail: 'no voice' } },
    { type: 'chunk.dropped', ...second },
  );
  expect(phases(transcript, 5)).toEqual(['One.: failed', 'Two.: dropped']);
  expect(transcript.sentences[0]?.reason).toBe('no voice');
});

test('knows an uploaded chunk by its id', () => {
  const transcript = transcriptOf(
    { type: 'chunk.accepted', chunk: 'a', text: 'Uploaded.' },
    { type: 'chunk.published', chunk: 'a', start: 0, duration: 1 },
  );
  expect(phases(transcript, 0.5)).toEqual(['Uploaded.: speaking']);
});

test('forgets the oldest sentences of a very long session', () => {
  const transcript = transcriptOf(
    ...Array.from({ length: 510 }, (_, index) => ({ type: 'sentence', turn: 't1', index, text: String(index) })),
  );
  expect(transcript.sentences.length).toBe(500);
  expect(transcript.sentences[0]?.text).toBe('10');
});
