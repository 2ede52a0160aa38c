import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Jail } from '../../lib/jail.ts';
import type { OpenAiScript } from '../testing/openai-script.ts';
import { type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { voiceTone, wavHeader } from '../testing/tone.ts';
import { createSoundDecoder, type SoundDecoder } from './decode-sound.ts';
import { createOpenAiTts, type OpenAiTtsOptions } from './openai-tts.ts';

const KEY = 'sk-secret-0123456789';
const never = new AbortController().signal;
const SENTENCE = 'Hello there, this is a test.';

let server: OpenAiServer;
let directory: string;
let decoder: SoundDecoder;
beforeEach(async () => {
  server = await startOpenAiServer();
  directory = await mkdtemp(join(tmpdir(), 'throughline-tts-'));
  decoder = createSoundDecoder({
    ffmpegPath: 'ffmpeg',
    jail: Promise.resolve(Jail.OPEN),
    temporaryDirectory: directory,
  });
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const tts = (options: Partial<OpenAiTtsOptions> = {}) =>
  createOpenAiTts({
    baseUrl: server.baseUrl,
    apiKey: KEY,
    model: 'tts-x',
    firstByteMs: 5000,
    byteMs: 5000,
    decoder,
    ...options,
  });
const seconds = ({ pcm, audioRate }: { pcm: Int16Array; audioRate: number }) => pcm.length / audioRate;

describe('createOpenAiTts', () => {
  it('asks for pcm and gives polished speech with its words', async () => {
    const speech = await tts({ voice: 'nova', instructions: 'Calmly.' }).speak({
      text: SENTENCE,
      language: 'en',
      signal: never,
    });
    expect(server.requests[0]).toMatchObject({ authorization: `Bearer ${KEY}` });
    expect(server.requests[0]?.body).toEqual({
      model: 'tts-x',
      voice: 'nova',
      input: SENTENCE,
      response_format: 'pcm',
      instructions: 'Calmly.',
    });
    expect(speech.audioRate).toBe(24_000);
    expect(seconds(speech)).toBeCloseTo(SENTENCE.length * 0.055 + 0.33, 1);
    expect(speech.words?.map(({ text }) => text).join('')).toBe(SENTENCE);
    expect(speech.words?.[0]?.start).toBeCloseTo(0.08, 2);
  });

  it('takes any voice to the server, and offers those that are known', async () => {
    const own = tts();
    own.check({ text: 'x', voice: 'Someone (custom)' });
    await own.speak({ text: 'Hi.', voice: 'Someone (custom)', signal: never });
    expect(server.requests[0]?.body).toMatchObject({ voice: 'Someone (custom)' });
    expect(own.voices).toEqual([{ name: 'alloy', title: 'Alloy' }]);
    expect(tts({ voice: 'af_sky', voices: ['af_sky', 'bm_george'] }).voices.map(({ name }) => name)).toEqual([
      'af_sky',
      'bm_george',
    ]);
    const { baseUrl: _, ...openai } = {
      baseUrl: '',
      model: 'tts-1',
      voice: 'nova',
      firstByteMs: 1,
      byteMs: 1,
      decoder,
    };
    expect(
      createOpenAiTts(openai)
        .voices.map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['nova', 'alloy', 'ash']);
  });

  it('refuses what no server is asked', () => {
    expect(() => tts().check({ text: 'x'.repeat(2001) })).toThrow(/at most 2000 characters/);
    expect(() => tts().check({ text: 'x', voice: '' })).toThrow(/voice must have/);
    expect(() => tts().check({ text: 'x', voice: 'v'.repeat(201) })).toThrow(/voice must have/);
  });

  it('puts samples together that were split in any way', async () => {
    const whole = await tts().speak({ text: 'Hello.', signal: never });
    server.next('speech', { oddPieces: true });
    expect(await tts().speak({ text: 'Hello.', signal: never })).toEqual(whole);
  });

  it.each([
    ['of known size', false],
    ['of unknown size', true],
  ])('reads a WAV %s that was not asked for, at its own rate', async (_, isUnknown) => {
    const tone = voiceTone(800, 16_000);
    const sound = Buffer.concat([wavHeader(isUnknown ? undefined : tone.length, 16_000), tone]);
    server.next('speech', { sound });
    const speech = await tts().speak({ text: 'Hello.', signal: never });
    expect(speech.audioRate).toBe(16_000);
    expect(seconds(speech)).toBeCloseTo(0.8 + 0.33, 1);
  });

  it('takes raw samples at the rate of the setting', async () => {
    server.next('speech', { audioRate: 22_050 });
    const speech = await tts({ audioRate: 22_050 }).speak({ text: SENTENCE, signal: never });
    expect(seconds(speech)).toBeCloseTo(SENTENCE.length * 0.055 + 0.33, 1);
  });

  const json = { 'content-type': 'application/json' };
  const mpeg = { 'content-type': 'audio/mpeg' };
  it.each<[string, OpenAiScript, RegExp]>([
    ['nothing', { sound: Buffer.alloc(0) }, /0 bytes of silence/],
    ['silence', { sound: Buffer.alloc(48_000) }, /bytes of silence/],
    ['an empty WAV', { sound: wavHeader(0, 24_000) }, /silence/],
    ['JSON', { sound: Buffer.from('{"error":"busy"}'), headers: json }, /sent application\/json/],
    ['MP3 with tags', { sound: Buffer.from('ID3\x04\0\0\0\0\0\0') }, /sent MP3/],
    [
      'a piece of MP3',
      { sound: Buffer.from([0xff, 0xfb, 0x90, 0]), headers: mpeg },
      /sent 4 bytes that are no sound as audio\/mpeg/,
    ],
    ['Ogg', { sound: Buffer.from('OggS\0\x02') }, /sent Ogg/],
    ['minutes without end', { sound: Buffer.alloc(240 * 48_002, 1) }, /spoke for 240 s|limit is 240 s/],
    ['more bytes than that', { sound: Buffer.alloc(240 * 48_000 * 4 + 100_000, 1) }, /more than 46080000 bytes/],
    ['a refusal', { status: 400, body: { error: { message: 'no such voice' } } }, /refused: 400 no such voice/],
    ['a fault', { status: 503, body: '<html>' }, /refused: 503/],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, /307/],
    ['half a sentence', { cutAfterPieces: 2 }, /failed: /],
    ['no headers', { hangBeforeHeaders: true }, /gave nothing for 250 ms/],
    ['headers only', { hangAfterPieces: 0 }, /gave nothing for 250 ms/],
    ['a pause without end', { hangAfterPieces: 3 }, /gave nothing more for 300 ms/],
  ])('fails when it is sent %s, asks once, and leaves no connection busy', async (_, script, message) => {
    server.always('speech', script);
    const hangsAtOnce = script.hangBeforeHeaders === true || script.hangAfterPieces === 0;
    const limits = { firstByteMs: hangsAtOnce ? 250 : 10_000, byteMs: script.hangAfterPieces === 3 ? 300 : 10_000 };
    const spoken = tts(limits).speak({ text: SENTENCE, signal: never });
    await expect(spoken).rejects.toMatchObject({ code: 'SPEECH_FAILED', message: expect.stringMatching(message) });
    expect(server.requests).toHaveLength(1);
    await server.requests[0]?.over;
  });

  it.each<[string, OpenAiScript]>([
    ['before the headers', { hangBeforeHeaders: true }],
    ['before the first sound', { hangAfterPieces: 0 }],
    ['in the middle', { hangAfterPieces: 4 }],
    ['while sound flows', { pieceMs: 20, characterMs: 2000 }],
  ])('closes the connection when aborted %s', async (_, script) => {
    server.next('speech', script);
    const aborted = new AbortController();
    const spoken = tts().speak({ text: SENTENCE, signal: aborted.signal });
    const request = await server.received('speech');
    const wanted = script.hangAfterPieces ?? ('pieceMs' in script ? 3 : 0);
    await expect.poll(() => request.piecesSent).toBeGreaterThanOrEqual(wanted);
    aborted.abort();
    await expect(spoken).rejects.toMatchObject({ code: 'ABORTED' });
    await request.over;
    expect(request.closedByClientAtMs).toBeDefined();
    expect(request.answeredAtMs).toBeUndefined();
  });

  it('asks nothing when it is aborted already', async () => {
    await expect(tts().speak({ text: 'x', signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(server.requests).toEqual([]);
  });

  it('says where it could not connect', async () => {
    const spoken = tts({ baseUrl: 'http://user:pass@127.0.0.1:1/v1' }).speak({ text: 'x', signal: never });
    await expect(spoken).rejects.toThrow(/ECONNREFUSED|failed/);
    await expect(spoken).rejects.not.toThrow(/pass/);
  });

  it('never tells the key, not even in a cause', async () => {
    server.next('speech', { status: 401, body: { error: { message: `Incorrect API key provided: ${KEY}` } } });
    const error = await tts()
      .speak({ text: 'x', signal: never })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SPEECH_FAILED' });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('0123456789');
  });

  it('reads no more of a refusal than it tells, and closes the connection', async () => {
    server.next('speech', { status: 500, body: 'x'.repeat(40_000_000) });
    await expect(tts().speak({ text: 'x', signal: never })).rejects.toMatchObject({ code: 'SPEECH_FAILED' });
    await server.requests[0]?.over;
    expect(server.requests[0]?.closedByClientAtMs).toBeDefined();
  });
});
