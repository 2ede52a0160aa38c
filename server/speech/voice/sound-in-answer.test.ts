import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Jail } from '../../lib/jail.ts';
import type { OpenAiScript } from '../testing/openai-script.ts';
import { type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { voiceTone, wavHeader } from '../testing/tone.ts';
import { createSoundDecoder, type SoundDecoder } from './decode-sound.ts';
import { createOpenAiTts } from './openai-tts.ts';
import { polish } from './polish.ts';
import { samplesFrom } from './speech.ts';

const RATE = 24_000;
const TONE = voiceTone(1200, RATE);
const never = new AbortController().signal;

let jail: Jail;
let directory: string;
let decoder: SoundDecoder;
let decoded: number;
let server: OpenAiServer;
beforeAll(async () => {
  jail = await Jail.build({ command: 'ffmpeg', devices: false });
  directory = await mkdtemp(join(tmpdir(), 'throughline-sound-'));
});
afterAll(async () => {
  expect(await readdir(directory)).toEqual([]);
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  server = await startOpenAiServer();
  const real = createSoundDecoder({ ffmpegPath: 'ffmpeg', jail: Promise.resolve(jail), temporaryDirectory: directory });
  decoded = 0;
  decoder = {
    decode: (...request) => {
      decoded += 1;
      return real.decode(...request);
    },
  };
});
afterEach(() => server.close());

/** The tone in another form. */
function as(...args: string[]): Buffer {
  const path = join(directory, 'made');
  const input = ['-f', 's16le', '-ar', `${RATE}`, '-ac', '1', '-i', 'pipe:0'];
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', ...input, ...args, path], { input: TONE });
  expect(made.stderr.toString()).toBe('');
  const cat = spawnSync('cat', [path], { maxBuffer: 1e8 });
  spawnSync('rm', [path]);
  return cat.stdout;
}

async function speechOf(script: OpenAiScript, audioRate = RATE) {
  server.always('speech', script);
  const limits = { firstByteMs: 20_000, byteMs: 20_000 };
  const tts = createOpenAiTts({ baseUrl: server.baseUrl, model: 'm', audioRate, decoder, ...limits });
  return await tts.speak({ text: 'Hello.', signal: never });
}

/** Loudness of each twentieth: the same for the same sound, whatever coded it and at whatever rate. */
function shapeOf(pcm: Int16Array): number[] {
  const step = Math.floor(pcm.length / 20);
  const shape = Array.from({ length: 20 }, (_, at) =>
    Math.sqrt(pcm.subarray(at * step, (at + 1) * step).reduce((sum, sample) => sum + sample ** 2, 0) / step),
  );
  const loudest = Math.max(...shape);
  return shape.map((value) => value / loudest);
}

/** The tone as it was, up to what a codec does to it, and as long. */
function expectTone({ pcm, audioRate }: { pcm: Int16Array; audioRate: number }): void {
  const wanted = polish({ pcm: samplesFrom(TONE), audioRate: RATE });
  const shape = shapeOf(wanted?.pcm ?? new Int16Array());
  expect(pcm.length / audioRate).toBeCloseTo((wanted?.pcm.length ?? 0) / RATE, 0.9);
  const off = shapeOf(pcm).map((value, at) => Math.abs(value - (shape[at] ?? 0)));
  expect(Math.max(...off)).toBeLessThan(0.25);
}

const typed = (type: string): Record<string, string> => ({ 'content-type': type });
const TYPES = ['audio/L16;rate=24000', 'application/octet-stream', 'audio/wav', 'audio/pcm', 'text/plain', undefined];

const FILES: readonly (readonly [name: string, ...args: string[]])[] = [
  ['MP3', '-f', 'mp3'],
  ['MP3 without tags', '-f', 'mp3', '-id3v2_version', '0', '-write_xing', '0'],
  ['MP3 at 22.05 kHz', '-f', 'mp3', '-ar', '22050', '-id3v2_version', '0'],
  ['MP3 in two channels', '-f', 'mp3', '-ac', '2', '-write_xing', '0'],
  ['AAC (ADTS)', '-f', 'adts'],
  ['M4A', '-f', 'ipod'],
  ['M4A with its index in front', '-f', 'ipod', '-movflags', '+faststart'],
  ['fragmented MP4', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov'],
  ['AIFF', '-f', 'aiff'],
  ['Ogg with Opus', '-f', 'ogg', '-c:a', 'libopus', '-ar', '48000'],
  ['Ogg with Vorbis', '-f', 'ogg', '-c:a', 'libvorbis'],
  ['FLAC', '-f', 'flac'],
  ['WebM', '-f', 'webm', '-c:a', 'libopus', '-ar', '48000'],
  ['WAV, 8 bit', '-f', 'wav', '-c:a', 'pcm_u8'],
  ['WAV, 24 bit', '-f', 'wav', '-c:a', 'pcm_s24le'],
  ['WAV, 32 bit', '-f', 'wav', '-c:a', 'pcm_s32le'],
  ['WAV, float', '-f', 'wav', '-c:a', 'pcm_f32le'],
  ['WAV, double', '-f', 'wav', '-c:a', 'pcm_f64le'],
  ['WAV, A-law', '-f', 'wav', '-c:a', 'pcm_alaw', '-ar', '8000'],
  ['WAV, µ-law', '-f', 'wav', '-c:a', 'pcm_mulaw', '-ar', '8000'],
  ['WAV, ADPCM', '-f', 'wav', '-c:a', 'adpcm_ima_wav'],
  ['WAV with MP3 in it', '-f', 'wav', '-c:a', 'libmp3lame'],
  ['RF64', '-f', 'wav', '-rf64', 'always'],
  ['Wave64', '-f', 'w64'],
  ['AU', '-f', 'au'],
  ['CAF', '-f', 'caf', '-c:a', 'pcm_s16be'],
  ['MPEG-TS', '-f', 'mpegts', '-c:a', 'aac'],
  ['AAC at 44.1 kHz in two channels', '-f', 'adts', '-ar', '44100', '-ac', '2'],
];

describe('what was sent instead of samples is heard', () => {
  it.each(FILES.map((file, index) => [index, ...file] as const))(
    'file %i: %s, whatever it is called',
    async (index, _, ...args) => {
      const sound = as(...args);
      // Each as two of them.
      for (const type of [TYPES[index % TYPES.length], TYPES[(index + 3) % TYPES.length]])
        expectTone(await speechOf({ sound, ...(type === undefined ? { untyped: true } : { headers: typed(type) }) }));
    },
  );

  it('though its end is missing', async () => {
    const sound = as('-f', 'mp3');
    const { pcm, audioRate } = await speechOf({ sound: sound.subarray(0, sound.length * 0.8) });
    expect(pcm.length / audioRate).toBeGreaterThan(0.8);
  });

  it('in pieces that each have a header', async () => {
    const half = TONE.length / 2;
    const pieces = [TONE.subarray(0, half), TONE.subarray(half)];
    const sized = Buffer.concat(pieces.flatMap((piece) => [wavHeader(piece.length, RATE), piece]));
    const unsized = Buffer.concat(pieces.flatMap((piece) => [wavHeader(undefined, RATE), piece]));
    const whole = await speechOf({ sound: TONE });
    expect((await speechOf({ sound: sized })).pcm).toEqual(whole.pcm);
    expect((await speechOf({ sound: unsized })).pcm).toEqual(whole.pcm);
    // The header of a first piece, and samples all the way.
    expect((await speechOf({ sound: Buffer.concat([wavHeader(half, RATE), TONE]) })).pcm).toEqual(whole.pcm);
    expect(decoded).toBe(0);
  });
});

describe('samples are heard', () => {
  const raw = (format: string, ...args: string[]): Buffer => as('-f', format, ...args);

  it.each<[string, () => Buffer, string]>([
    ['as they were asked for', () => TONE, 'audio/pcm'],
    ['big-endian, as audio/L16 means', () => raw('s16be'), 'audio/L16;rate=24000;channels=1'],
    ['little-endian as audio/L16, as many mean it', () => TONE, 'audio/L16;codec=pcm;rate=24000'],
    ['big-endian without saying so', () => raw('s16be'), 'audio/pcm'],
    ['big-endian as audio/wav', () => raw('s16be'), 'audio/wav'],
    ['little-endian, called big-endian', () => TONE, 'audio/l16; endianness=big-endian'],
    ['as floats', () => raw('f32le'), 'audio/pcm'],
    ['as big-endian floats', () => raw('f32be'), 'application/octet-stream'],
    ['with 32 bit', () => raw('s32le'), 'audio/pcm'],
    ['with 32 bit, big-endian', () => raw('s32be'), 'audio/pcm'],
    ['in two channels', () => raw('s16le', '-ac', '2'), 'audio/pcm;channels=2'],
    ['in two channels, big-endian', () => raw('s16be', '-ac', '2'), 'audio/L16;channels=2'],
  ])('%s, without a process', async (_, make, type) => {
    expectTone(await speechOf({ sound: make(), headers: typed(type) }));
    expect(decoded).toBe(0);
  });

  it.each<[string, string, string]>([
    ['µ-law', 'mulaw', 'audio/basic'],
    ['µ-law with a rate', 'mulaw', 'audio/x-mulaw;rate=8000'],
    ['A-law', 'alaw', 'audio/PCMA'],
    ['8 bit', 'u8', 'audio/L8;rate=8000'],
    ['24 bit, big-endian', 's24be', 'audio/L24;rate=8000'],
    ['24 bit', 's24le', 'audio/pcm;bits=24;rate=8000'],
  ])('as %s that they are called', async (_, format, type) =>
    expectTone(await speechOf({ sound: raw(format, '-ar', '8000'), headers: typed(type) })),
  );

  it.each<[string, Record<string, string>]>([
    ['of their type', typed('audio/L16; rate=22050')],
    ['of their type, in quotes', typed('audio/pcm; Rate="22050"')],
    ['of a header', { 'x-sample-rate': '22050' }],
  ])('at the rate %s, whatever the setting is', async (_, headers) => {
    const speech = await speechOf({ sound: raw('s16le', '-ar', '22050'), headers }, RATE);
    expect(speech.audioRate).toBe(22_050);
    expectTone(speech);
  });

  it.each([
    'audio/pcm;rate=0',
    'audio/pcm;rate=-1',
    'audio/pcm;rate=1e9',
    'audio/pcm;rate=;channels=999',
    'audio/pcm;;;=',
  ])('at the rate of the setting under %s', async (type) =>
    expect((await speechOf({ sound: TONE, headers: typed(type) })).audioRate).toBe(RATE),
  );
});

describe('sound within text is heard', () => {
  const base64 = TONE.toString('base64');
  const body = (value: unknown) => JSON.stringify(value);
  const pieces = (size: number) =>
    Array.from({ length: Math.ceil(TONE.length / size) }, (_, at) => TONE.subarray(at * size, (at + 1) * size));
  const sse = (values: unknown[]) => values.map((value) => `event: x\ndata: ${body(value)}\n\n`).join('');
  it.each<[string, () => string, string]>([
    ['audio', () => body({ text: 'Hello.', audio: base64 }), 'application/json'],
    ['audioContent (Google)', () => body({ audioContent: base64 }), 'application/json'],
    ['audio.data', () => body({ audio: { format: 'pcm16', data: base64 } }), 'application/json'],
    [
      'a chat with sound',
      () => body({ choices: [{ message: { content: null, audio: { id: 'x', data: base64 } } }] }),
      'application/json',
    ],
    [
      'inlineData (Gemini)',
      () =>
        body({
          candidates: [
            { content: { parts: [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: base64 } }] } },
          ],
        }),
      'application/json',
    ],
    ['a data URL', () => body({ output: `data:audio/pcm;rate=24000;base64,${base64}` }), 'application/json'],
    ['a list', () => body({ data: [{ b64_json: base64 }] }), 'application/json'],
    ['JSON without a type', () => body({ audio: base64 }), ''],
    [
      'events',
      () =>
        sse([
          ...pieces(4800).map((piece) => ({ type: 'speech.audio.delta', audio: piece.toString('base64') })),
          { type: 'speech.audio.done' },
        ]),
      'text/event-stream',
    ],
    [
      'events with files',
      () =>
        sse(
          pieces(9600).map((piece) => ({
            audio: Buffer.concat([wavHeader(piece.length, RATE), piece]).toString('base64'),
          })),
        ),
      'text/event-stream',
    ],
    [
      'events with one text that is cut anywhere',
      () =>
        sse(
          Array.from({ length: Math.ceil(base64.length / 4999) }, (_, at) => ({
            delta: base64.slice(at * 4999, (at + 1) * 4999),
          })),
        ),
      'text/event-stream',
    ],
    [
      'JSON lines',
      () =>
        pieces(4800)
          .map((piece) => body({ audio: piece.toString('base64') }))
          .join('\n'),
      'application/x-ndjson',
    ],
  ])('%s', async (_, make, type) => {
    const headers = type === '' ? {} : { headers: typed(type) };
    expectTone(await speechOf({ sound: Buffer.from(make()), untyped: type === '', ...headers }));
    expect(decoded).toBe(0);
  });

  it('MP3 in JSON, and in pieces', async () => {
    const mp3 = as('-f', 'mp3');
    expectTone(
      await speechOf({
        sound: Buffer.from(body({ audio: mp3.toString('base64') })),
        headers: typed('application/json'),
      }),
    );
    const cut = [mp3.subarray(0, 3000), mp3.subarray(3000)].map((piece) => ({ audio: piece.toString('base64') }));
    expectTone(await speechOf({ sound: Buffer.from(sse(cut)), headers: typed('text/event-stream') }));
  });

  it('at the rate that stands beside it', async () => {
    const sound = Buffer.from(body({ audio: base64, sample_rate: 16_000 }));
    expect((await speechOf({ sound, headers: typed('application/json') })).audioRate).toBe(16_000);
  });
});

/** The same bytes for the same seed. */
function randomBytes(length: number, seed = 7): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[at] = state >> 8;
  }
  return bytes;
}

describe('no noise is heard of', () => {
  it.each<[string, () => Buffer, string, RegExp]>([
    ['random bytes', () => randomBytes(96_000), 'audio/pcm', /no sound as audio\/pcm/],
    [
      'random bytes in WAV',
      () => Buffer.concat([wavHeader(96_000, RATE), randomBytes(96_000)]),
      'audio/wav',
      /bytes of noise/,
    ],
    ['µ-law as pcm', () => as('-f', 'mulaw', '-ar', '8000'), 'audio/pcm', /no sound/],
    ['A-law as pcm', () => as('-f', 'alaw'), 'audio/pcm', /no sound/],
    ['8 bit as pcm', () => as('-f', 'u8'), 'audio/pcm', /no sound/],
    ['24 bit as pcm', () => as('-f', 's24le'), 'audio/pcm', /no sound/],
    ['something compressed that nobody knows', () => as('-f', 'flac').subarray(1000), 'audio/pcm', /no sound/],
    [
      'a picture',
      () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(50_000)]),
      'audio/pcm',
      /no sound/,
    ],
    [
      'broken MP3',
      () => Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(9000)]),
      'audio/mpeg',
      /sent MP3 that can't be decoded/,
    ],
    [
      'broken Ogg',
      () => Buffer.from('OggS\0\x02 and then nothing of the kind'),
      'audio/ogg',
      /sent Ogg that can't be decoded/,
    ],
    [
      'MP4 without sound',
      () => Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'),
      'audio/mp4',
      /sent MP4 that can't be decoded/,
    ],
    [
      'an address elsewhere',
      () => Buffer.from(JSON.stringify({ url: 'http://127.0.0.1:1/sound.mp3', audio: 'http://127.0.0.1:1/sound.mp3' })),
      'application/json',
      /sent application\/json/,
    ],
    [
      'a page',
      () => Buffer.from('<html><body>Please log in first</body></html>'),
      'audio/pcm',
      /sent audio\/pcm: <html>/,
    ],
    [
      'a playlist',
      () => Buffer.from('#EXTM3U\nfile:///etc/passwd\n#EXT-X-ENDLIST'),
      'audio/mpeg',
      /sent audio\/mpeg: #EXTM3U/,
    ],
    ['JSON without sound', () => Buffer.from('{"audio":null,"detail":"model busy"}'), 'application/json', /model busy/],
    [
      'JSON that nests without end',
      () => Buffer.from(`{"a":`.repeat(5000)),
      'application/json',
      /sent application\/json/,
    ],
  ])('%s', async (_, make, type, message) => {
    const error = await speechOf({ sound: make(), headers: typed(type) }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'SPEECH_FAILED',
      kind: 'wrong_answer',
      message: expect.stringMatching(message),
    });
  });

  it('a file that its header says to be elsewhere', async () => {
    const concat = Buffer.from(`ffconcat version 1.0\nfile ${process.execPath}\n\u0001`);
    await expect(speechOf({ sound: concat, headers: typed('audio/mpeg') })).rejects.toMatchObject({
      kind: 'wrong_answer',
    });
  });

  it('minutes of silence in kilobytes', async () => {
    const silence = spawnSync(
      'ffmpeg',
      ['-v', 'error', '-f', 'lavfi', '-i', 'anullsrc=r=48000', '-t', '3000', '-f', 'flac', 'pipe:1'],
      { maxBuffer: 1e8 },
    ).stdout;
    expect(silence.length).toBeLessThan(3_000_000);
    await expect(speechOf({ sound: silence })).rejects.toMatchObject({
      code: 'SPEECH_FAILED',
      message: expect.stringMatching(/spoke for 24\d s|silence/),
    });
  });

  it('decoding that nobody waits for any more', async () => {
    const aborted = new AbortController();
    const decoding = decoder.decode(as('-f', 'mp3'), { demuxers: ['mp3'] }, aborted.signal);
    aborted.abort();
    await expect(decoding).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await readdir(directory)).toEqual([]);
  });
});
