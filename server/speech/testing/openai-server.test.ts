import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';

let server: OpenAiServer;
let client: OpenAI;

beforeEach(async () => {
  server = await startOpenAiServer();
  client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'key-1', maxRetries: 0 });
});
afterEach(() => server.close());

const ask = (content = 'Hi') =>
  client.chat.completions.create({ model: 'm', stream: true, messages: [{ role: 'user', content }] });

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

it('streams a chat, by default one that names what was said', async () => {
  expect(await textOf(await ask('Hello there'))).toMatch(/^You said: Hello there\. /);
  const [request] = server.requests;
  await request?.over;
  expect(request).toMatchObject({ endpoint: 'chat', path: '/v1/chat/completions', authorization: 'Bearer key-1' });
  expect(request?.body).toMatchObject({ model: 'm', messages: [{ role: 'user', content: 'Hello there' }] });
  expect(request?.answeredAtMs).toBeGreaterThanOrEqual(request?.startedAtMs ?? 0);
  expect(request?.closedByClientAtMs).toBeUndefined();
});

it('answers without a stream too', async () => {
  server.next('chat', { text: 'All at once.' });
  const answer = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  expect(answer.choices[0]).toMatchObject({ message: { content: 'All at once.' }, finish_reason: 'stop' });
});

it('takes scripts from the queue, then from the function, then its own', async () => {
  server.next('chat', { text: 'one' }, { pieces: ['t', 'wo'] });
  expect(await textOf(await ask())).toBe('one');
  expect(await textOf(await ask())).toBe('two');
  server.always('chat', ({ body }) => ({ text: JSON.stringify(body).length > 100 ? 'long' : 'short' }));
  expect(await textOf(await ask('x'.repeat(200)))).toBe('long');
});

it('is read rightly when its bytes come in odd runs', async () => {
  const text = 'Größe: 5 €, 日本語 and 👋🏽 done.';
  server.next('chat', { text, oddPieces: true });
  expect(await textOf(await ask())).toBe(text);
});

it('tells when the client closed an answer early', async () => {
  server.next('chat', { text: 'one two three', hangAfterPieces: 2 });
  for await (const chunk of await ask()) if (chunk.choices[0]?.delta.content === ' two') break;
  const request = await server.received('chat');
  await request.over;
  expect(request.piecesSent).toBe(2);
  expect(request.closedByClientAtMs).toBeGreaterThanOrEqual(request.firstPieceAtMs ?? Infinity);
  expect(request.answeredAtMs).toBeUndefined();
});

it('tells when the client gave up before the headers', async () => {
  server.next('chat', { hangBeforeHeaders: true });
  const aborted = new AbortController();
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const answer = client.chat.completions.create({ model: 'm', stream: true, messages }, { signal: aborted.signal });
  const request = await server.received('chat');
  aborted.abort();
  await expect(answer).rejects.toThrow();
  await request.over;
  expect(request.closedByClientAtMs).toBeDefined();
});

it.each([
  ['cut', { cutAfterPieces: 1 }],
  ['cut before any piece', { cutAfterPieces: 0 }],
])('fails the client when %s, and does not blame it', async (_, script) => {
  server.next('chat', { text: 'one two', ...script });
  await expect(ask().then(textOf)).rejects.toThrow();
  const request = await server.received('chat');
  await request.over;
  expect(request.piecesSent).toBe(script.cutAfterPieces);
  expect(request.closedByClientAtMs).toBeUndefined();
});

it('answers with a status and a body of any kind', async () => {
  server.next('chat', { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '1' } });
  await expect(ask()).rejects.toMatchObject({ status: 429, message: '429 slow down' });
  server.next('chat', { status: 502, body: '<h1>Bad gateway</h1>' });
  await expect(ask()).rejects.toMatchObject({ status: 502 });
});

it('lists models', async () => {
  server.next('models', { models: ['a', 'b'] });
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['a', 'b']);
});

const say = (body: Partial<OpenAI.Audio.SpeechCreateParams> = {}) =>
  client.audio.speech.create({ model: 't', voice: 'alloy', input: 'x'.repeat(20), response_format: 'pcm', ...body });

it('speaks for 55 ms a character, the same each time', async () => {
  const first = Buffer.from(await (await say()).arrayBuffer());
  expect(first.length).toBe(52_800);
  expect(Buffer.from(await (await say()).arrayBuffer()).equals(first)).toBe(true);
  expect((await (await say({ speed: 2 })).arrayBuffer()).byteLength).toBe(first.length / 2);
  const peak = Math.max(...new Int16Array(first.buffer, first.byteOffset, first.length / 2));
  expect(peak).toBeGreaterThan(8000);
});

it('writes wav with a header, with sizes or without', async () => {
  const wav = Buffer.from(await (await say({ response_format: 'wav' })).arrayBuffer());
  expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
  expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  server.next('speech', { unknownWavSize: true });
  expect(Buffer.from(await (await say({ response_format: 'wav' })).arrayBuffer()).readUInt32LE(40)).toBe(0xffffffff);
});

it('speaks in pieces, as fast as told, and stops when told', async () => {
  server.next('speech', { speechRate: 4, oddPieces: true });
  expect((await (await say()).arrayBuffer()).byteLength).toBe(52_800);
  // 1.1 s of sound in pieces of 0.1 s.
  expect(server.requests.at(-1)).toMatchObject({ piecesSent: 11, lastPieceDueMs: 1000 / 4 });
  server.next('speech', { cutAfterPieces: 3 });
  await expect(say().then((response) => response.arrayBuffer())).rejects.toThrow();
  expect(server.requests.at(-1)?.piecesSent).toBe(3);
});

it('hears what it is told to hear, and remembers what it was given', async () => {
  server.next('transcription', { text: 'Good morning.' }, { language: 'de' });
  const file = () => toFile(Buffer.alloc(1234), 'said.webm', { type: 'audio/webm' });
  const heard = await client.audio.transcriptions.create({ model: 'w', file: await file(), language: 'en' });
  expect(heard.text).toBe('Good morning.');
  expect(server.requests[0]?.upload).toEqual({
    sizeBytes: 1234,
    filename: 'said.webm',
    contentType: 'audio/webm',
    fields: { model: 'w', language: 'en' },
  });
  const more = await client.audio.transcriptions.create({
    model: 'w',
    file: await file(),
    response_format: 'verbose_json',
  });
  expect(more).toMatchObject({ language: 'de', text: 'Hello, can you hear me?' });
});

it('asks for its key, and knows only its own paths', async () => {
  await using locked = await startOpenAiServer({ apiKey: 'right' });
  const stranger = new OpenAI({ baseURL: locked.baseUrl, apiKey: 'wrong', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toMatchObject({ status: 401 });
  const friend = new OpenAI({ baseURL: locked.baseUrl, apiKey: 'right', maxRetries: 0 });
  await expect(friend.embeddings.create({ model: 'm', input: 'x' })).rejects.toMatchObject({ status: 404 });
  expect(locked.requests.map(({ endpoint }) => endpoint)).toEqual(['models', 'unknown']);
});

it('closes with everything still going on', async () => {
  server.next('chat', { hangBeforeHeaders: true }, { text: 'a b', pieceMs: 60_000 });
  server.next('speech', { speechMs: 60_000 });
  const going = [ask(), ask().then(textOf), say().then((response) => response.arrayBuffer())];
  const settled = Promise.allSettled(going);
  await Promise.all([server.received('chat', 2), server.received('speech')]);
  expect(server.inFlight).toBe(3);
  await server.close();
  await server.close();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect([server.inFlight, server.connections]).toEqual([0, 0]);
  expect(server.requests.every(({ closedByClientAtMs }) => closedByClientAtMs === undefined)).toBe(true);
  expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
});
