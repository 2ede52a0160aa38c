import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Waiting } from '../providers.ts';
import type { OpenAiScript } from '../testing/openai-script.ts';
import { type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { wavHeader } from '../testing/tone.ts';
import { createOpenAiAsr } from './openai-asr.ts';

let server: OpenAiServer;
let directory: string;
beforeEach(async () => {
  server = await startOpenAiServer();
  directory = await mkdtemp(join(tmpdir(), 'throughline-heard-'));
  await writeFile(join(directory, 'recording'), Buffer.concat([wavHeader(3200, 16_000), Buffer.alloc(3200, 1)]));
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

function heard(
  script: OpenAiScript,
  options: { timeoutMs?: number; onWaiting?: (waiting: Waiting) => void; signal?: AbortSignal } = {},
) {
  server.always('transcription', script);
  const { timeoutMs = 5000, signal = new AbortController().signal, onWaiting } = options;
  const asr = createOpenAiAsr({ baseUrl: server.baseUrl, model: 'm', timeoutMs });
  return asr.transcribe({ path: join(directory, 'recording'), signal, ...(onWaiting && { onWaiting }) });
}

const raw = (body: string, type = 'application/json'): OpenAiScript => ({
  status: 200,
  body,
  headers: { 'content-type': type },
});
const json = (value: unknown): OpenAiScript => raw(JSON.stringify(value));
const events = (...values: unknown[]): OpenAiScript =>
  raw(values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join(''), 'text/event-stream');

describe('what was heard is understood as', () => {
  it.each<[string, OpenAiScript]>([
    ['JSON', json({ text: ' Hello there.\n' })],
    ['JSON under text/plain', raw('{"text":"Hello there."}', 'text/plain')],
    ['JSON after a byte order mark', raw('\ufeff{"text":"Hello there."}')],
    [
      'verbose_json',
      json({ task: 'transcribe', language: 'english', text: 'Hello there.', segments: [{ text: 'no' }] }),
    ],
    [
      'segments without a text',
      json({
        segments: [
          { id: 0, text: ' Hello' },
          { id: 1, text: ' there.' },
        ],
      }),
    ],
    ['chunks', json({ chunks: [{ timestamp: [0, 1], text: 'Hello there.' }] })],
    ['transcription', json({ transcription: 'Hello there.' })],
    ['a list of transcription (whisper.cpp)', json({ transcription: [{ text: ' Hello' }, { text: ' there.' }] })],
    [
      "Google's results",
      json({ results: [{ alternatives: [{ transcript: 'Hello there.' }, { transcript: 'Yellow hair.' }] }] }),
    ],
    ['a list', json([{ text: 'Hello' }, { text: 'there.' }])],
    ['a JSON text', json('Hello there.')],
    ['text', raw('Hello there.\n', 'text/plain; charset=utf-8')],
    ['text under application/json', raw('Hello there.')],
    ['text without a type', { status: 200, body: 'Hello there.', untyped: true }],
    [
      'events',
      events({ type: 'transcript.text.delta', delta: 'Hello' }, { type: 'transcript.text.done', text: 'Hello there.' }),
    ],
    ['events without an end', events({ type: 'transcript.text.delta', delta: 'Hello' }, { delta: ' there.' })],
    ['lines of segments', raw('{"text":"Hello"}\n{"text":"there."}\n', 'application/x-ndjson')],
  ])('%s', async (_, script) => expect((await heard(script)).text).toBe('Hello there.'));

  it.each<[string, OpenAiScript]>([
    ['an empty text', json({ text: '' })],
    ['white space', json({ text: ' \n' })],
    ['no segments', json({ segments: [] })],
    ['nothing at all', raw('', 'text/plain')],
  ])('nothing: %s', async (_, script) => expect(await heard(script)).toEqual({ text: '' }));

  it('with its language, where it is a tag', async () => {
    expect(await heard(json({ text: 'Hallo.', language: 'de-AT' }))).toEqual({ text: 'Hallo.', language: 'de' });
    expect(await heard(json({ text: 'Hallo.', language: 'german' }))).toEqual({ text: 'Hallo.' });
  });
});

it.each<[string, OpenAiScript]>([
  ['a page', raw('<html>', 'text/html')],
  ['a page called JSON', raw('<html>')],
  ['a page called text', raw('Please log in', 'text/html')],
  ['half a JSON', raw('{"text":"Hel')],
  ['JSON without text', json({ ok: true })],
  ['an error', json({ error: { message: 'no' } })],
  ['numbers', json([1, 2])],
  ['lists in lists without end', json(JSON.parse('['.repeat(200) + ']'.repeat(200)))],
  ['too much', raw('x'.repeat(10_001), 'text/plain')],
])('%s is no transcription', async (_, script) => {
  await expect(heard(script)).rejects.toMatchObject({ code: 'ASR_FAILED', kind: 'wrong_answer' });
});

describe('a server that loads its model', () => {
  const LOADING = { status: 503, body: { error: { message: 'Loading model', retry_after: 0.01 } } };

  it.each<[string, OpenAiScript, Waiting['kind']]>([
    ['says so', LOADING, 'loading'],
    ['says when to come back', { status: 429, body: '', headers: { 'retry-after': '0' } }, 'busy'],
  ])('is asked again when it %s', async (_, script, kind) => {
    const told: Waiting[] = [];
    server.next('transcription', script);
    expect(await heard({ text: 'Hello.' }, { onWaiting: (waiting) => told.push(waiting) })).toEqual({ text: 'Hello.' });
    expect(told).toEqual([{ kind, againMs: 250 }]);
    // All of the recording, each time.
    expect(server.requests.map(({ upload }) => upload?.sizeBytes)).toEqual([3244, 3244]);
  });

  it('is waited for where its first answer comes late', async () => {
    expect(await heard({ text: 'Hello.', headersMs: 600 })).toEqual({ text: 'Hello.' });
    expect(server.requests).toHaveLength(1);
  });

  it('is given up when its limit is over, and when aborted', async () => {
    await expect(heard(LOADING, { timeoutMs: 600 })).rejects.toMatchObject({ code: 'ASR_FAILED', kind: 'loading' });
    const leaving = new AbortController();
    const hearing = heard(LOADING, { signal: leaving.signal });
    await server.received('transcription', 4);
    leaving.abort();
    await expect(hearing).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('is not asked again when it refuses', async () => {
    await expect(
      heard({ status: 413, body: { error: { message: 'Maximum content size limit exceeded' } } }),
    ).rejects.toMatchObject({ kind: 'refused' });
    expect(server.requests).toHaveLength(1);
  });
});
