import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNTRUSTED_INPUT } from '../../encode/chunk-arguments.ts';
import { Jail } from '../../lib/jail.ts';
import type { OpenAiScript } from '../testing/openai-script.ts';
import { startOpenAiServer } from '../testing/openai-server.ts';
import { wavHeader } from '../testing/tone.ts';
import { createFlite } from '../voice/flite.ts';
import { chooseAsr } from './choose-asr.ts';
import { createOpenAiAsr } from './openai-asr.ts';
import { createPocketsphinxAsr, findPocketsphinxModel, recognised } from './pocketsphinx-asr.ts';
import { recordingKind } from './recording-kind.ts';

const never = new AbortController().signal;
const modelDirectory = await findPocketsphinxModel();
const base = { ffmpegPath: 'ffmpeg', untrustedInput: UNTRUSTED_INPUT, jail: Jail.OPEN, signal: never };

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-asr-'));
  path = join(directory, 'upload.bin');
  await writeFile(path, Buffer.concat([wavHeader(3200, 16_000), Buffer.alloc(3200, 1)]));
});
afterEach(() => rm(directory, { recursive: true }));

describe('recordingKind', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  it.each([
    ['webm', bytes('\x1aE\xdf\xa3xxxxxxxxxxxx')],
    ['mp4', bytes('\0\0\0\x18ftypiso5xxxx')],
    ['ogg', bytes('OggS\0\x02xxxxxxxxxx')],
    ['wav', bytes('RIFF\0\0\0\0WAVEfmt ')],
    ['flac', bytes('fLaCxxxxxxxxxxxx')],
    ['mp3', bytes('ID3\x04xxxxxxxxxxxx')],
    ['mp3', bytes('\xff\xfb\x90xxxxxxxxxxxxx')],
    ['aac', bytes('\xff\xf1\x50xxxxxxxxxxxxx')],
    ['aac', bytes('\xff\xf9\x50xxxxxxxxxxxxx')],
    [undefined, bytes('#EXTM3U\nhttp://x/')],
    [undefined, bytes('ffconcat version')],
    [undefined, bytes('RIFF\0\0\0\0AVI LIST')],
    [undefined, bytes('')],
    [undefined, bytes('OggS')],
  ])('%s', (extension, head) => expect(recordingKind(head)?.extension).toBe(extension));
});

describe('a server with /audio/transcriptions', () => {
  it('gets the recording under a name that says what it is, and the language', async () => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({ baseUrl: server.baseUrl, apiKey: 'key-1', model: 'whisper-1', timeoutMs: 5000 });
    server.next('transcription', { text: '  Hello there.\n' });
    expect(await asr.transcribe({ path, language: 'de-AT', signal: never })).toEqual({ text: 'Hello there.' });
    expect(server.requests[0]?.upload).toEqual({
      sizeBytes: 3244,
      filename: 'recording.wav',
      contentType: 'audio/wav',
      fields: { model: 'whisper-1', response_format: 'json', language: 'de' },
    });
  });

  it.each([
    ['nb-NO', 'no'],
    ['zh-Hant-TW', 'zh'],
    ['EN', 'en'],
  ])('calls %s what models call it', async (tag, language) => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({ baseUrl: server.baseUrl, model: 'm', timeoutMs: 5000 });
    await asr.transcribe({ path, language: tag, signal: never });
    expect(server.requests[0]?.upload?.fields.language).toBe(language);
  });

  it('hears nothing in silence, and sends no language that the API does not take', async () => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({ baseUrl: server.baseUrl, model: 'm', timeoutMs: 5000 });
    server.next('transcription', { text: '' }, { text: 'x' });
    expect(await asr.transcribe({ path, language: 'yue', signal: never })).toEqual({ text: '' });
    expect(server.requests[0]?.upload?.fields.language).toBeUndefined();
    expect(await asr.transcribe({ path, signal: never })).toEqual({ text: 'x' });
  });

  it.each<[string, OpenAiScript, RegExp]>([
    ['too much text', { text: 'x'.repeat(10_001) }, /10001 characters, limit is 10000/],
    ['an endless answer', { status: 200, body: { text: 'x'.repeat(300_000) } }, /more than 200000 bytes/],
    ['no JSON', { status: 200, body: '<html>' }, /no JSON/],
    ['null', { status: 200, body: 'null' }, /no text/],
    ['no text', { status: 200, body: { text: 5 } }, /no text/],
    ['a refusal', { status: 400, body: { error: { message: 'too short' } } }, /refused: 400 too short/],
    ['silence', { hangBeforeHeaders: true }, /within|for 300 ms|longer than 300 ms/],
  ])('fails with %s', async (_, script, message) => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({
      baseUrl: server.baseUrl,
      model: 'm',
      timeoutMs: script.hangBeforeHeaders ? 300 : 10_000,
    });
    server.always('transcription', script);
    const heard = asr.transcribe({ path, signal: never });
    await expect(heard).rejects.toMatchObject({ code: 'ASR_FAILED', message: expect.stringMatching(message) });
    expect(server.requests).toHaveLength(1);
    await server.requests[0]?.over;
  });

  it('closes the connection when aborted', async () => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({ baseUrl: server.baseUrl, model: 'm', timeoutMs: 10_000 });
    server.next('transcription', { hangBeforeHeaders: true });
    const aborted = new AbortController();
    const heard = asr.transcribe({ path, signal: aborted.signal });
    const request = await server.received('transcription');
    aborted.abort();
    await expect(heard).rejects.toMatchObject({ code: 'ABORTED' });
    await request.over;
    expect(request.closedByClientAtMs).toBeDefined();
  });

  it('is not asked about what is no recording', async () => {
    await using server = await startOpenAiServer();
    const asr = createOpenAiAsr({ baseUrl: server.baseUrl, model: 'm', timeoutMs: 1000 });
    await writeFile(path, '#EXTM3U\nfile:///etc/passwd\n');
    await expect(asr.transcribe({ path, signal: never })).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
    expect(server.requests).toEqual([]);
  });
});

describe('chooseAsr', () => {
  it('asks the server that is configured', async () => {
    const asr = await chooseAsr({ ...base, openai: { model: 'm', apiKey: 'k', timeoutMs: 1000 } });
    expect(asr).toMatchObject({ name: 'openai' });
    expect(asr.unavailable).toBeUndefined();
  });

  it('says what to set when there is nothing', async () => {
    const asr = await chooseAsr({ ...base, modelPlaces: ['/nowhere'] });
    expect(asr.unavailable).toMatch(/ASR_MODEL.*OPENAI_BASE_URL.*pocketsphinx-en-us/);
    await expect(asr.transcribe({ path, signal: never })).rejects.toMatchObject({ code: 'ASR_UNAVAILABLE' });
  });

  it('says so when a model is there that does not load', async () => {
    await mkdir(join(directory, 'en-us'));
    await writeFile(join(directory, 'en-us.lm.bin'), 'no model');
    await writeFile(join(directory, 'cmudict-en-us.dict'), 'no dictionary');
    const asr = await chooseAsr({ ...base, modelPlaces: [directory] });
    expect(asr.unavailable).toMatch(/does not start/);
  });

  it('is aborted', async () => {
    await mkdir(join(directory, 'en-us'));
    for (const name of ['en-us.lm.bin', 'cmudict-en-us.dict']) await writeFile(join(directory, name), '');
    const chosen = chooseAsr({ ...base, modelPlaces: [directory], signal: AbortSignal.abort() });
    await expect(chosen).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('pocketsphinx', () => {
  /** Prints its arguments to a file, then what ffmpeg's `asr` and `ametadata` filters print. */
  async function fakeFfmpeg(script: string): Promise<string> {
    const fake = join(directory, 'ffmpeg');
    await writeFile(fake, `#!/bin/sh\nprintf '%s\\n' "$@" > ${directory}/args\n${script}\n`, { mode: 0o755 });
    return fake;
  }
  const OUTPUT = `cat <<'E'
frame:32   pts:32768   pts_time:2.048
lavfi.asr.text=good morning
frame:70   pts:71680   pts_time:4.48
lavfi.asr.text=
frame:90   pts:91680   pts_time:5.73
lavfi.asr.text=how are you
E`;

  it('joins what it heard, and reads the file as one that came from outside', async () => {
    const asr = createPocketsphinxAsr({ ...base, ffmpegPath: await fakeFfmpeg(OUTPUT), modelDirectory: '/m' });
    expect(await asr.transcribe({ path, signal: never })).toEqual({ text: 'good morning how are you', language: 'en' });
    const args = (await readFile(join(directory, 'args'), 'utf8')).split('\n');
    const at = args.indexOf('-i');
    expect(args[at + 1]).toBe(`file:${path}`);
    expect(args.slice(0, at)).toEqual(expect.arrayContaining([...UNTRUSTED_INPUT]));
    expect(args[args.indexOf('-af') + 1]).toMatch(/apad=.*hmm=\/m\/en-us:lm=\/m\/en-us\.lm\.bin:dict=/);
  });

  it('reads what strangers recorded in the jail, where it can write nothing', async () => {
    const written = join(directory, 'written');
    const ffmpegPath = join(directory, 'ffmpeg');
    // What writes is ended: not the shell that prints.
    const script = `#!/bin/sh\n(echo x > ${written}) 2>/dev/null\n${OUTPUT}\n`;
    await writeFile(ffmpegPath, script, { mode: 0o755 });
    const jail = await Jail.build({ command: ffmpegPath, devices: false });
    const text = 'good morning how are you';
    for (const [place, isWritten] of [
      [Jail.OPEN, true],
      [jail, false],
    ] as const) {
      await rm(written, { force: true });
      const asr = createPocketsphinxAsr({ ...base, ffmpegPath, modelDirectory: directory, jail: place });
      expect(await asr.transcribe({ path, signal: never })).toEqual({ text, language: 'en' });
      const size = existsSync(written) ? statSync(written).size : 0;
      expect(size > 0).toBe(isWritten);
    }
  });

  it('knows English only', async () => {
    const asr = createPocketsphinxAsr({ ...base, modelDirectory: '/m' });
    const heard = asr.transcribe({ path, language: 'de', signal: never });
    await expect(heard).rejects.toMatchObject({ code: 'ASR_UNAVAILABLE' });
  });

  it('fails as recognition when ffmpeg does', async () => {
    const asr = createPocketsphinxAsr({ ...base, modelDirectory: '/nowhere' });
    await expect(asr.transcribe({ path, signal: never })).rejects.toMatchObject({ code: 'ASR_FAILED' });
  });

  it('refuses a file without sound, and one that is broken', async () => {
    const asr = createPocketsphinxAsr({ ...base, modelDirectory: '/nowhere' });
    const video = ['-f', 'lavfi', '-i', 'color=size=64x64:duration=0.2', '-f', 'mp4', path];
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', ...video]).status).toBe(0);
    await expect(asr.transcribe({ path, signal: never })).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
    await writeFile(path, 'OggS and then nothing of the kind');
    await expect(asr.transcribe({ path, signal: never })).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  it('refuses a model path that would end in the filter string as more than a path', () => {
    expect(() => createPocketsphinxAsr({ ...base, modelDirectory: '/m:lm=/x' })).toThrow(/model directory must be/);
  });

  it('takes nothing but texts from what is printed', () => {
    expect(recognised('frame:1 pts:1\nxlavfi.asr.text=no\nlavfi.asr.text=yes\r\nlavfi.asr.text=yes\n')).toBe('yes yes');
    expect(recognised('')).toBe('');
  });

  it.skipIf(modelDirectory === undefined)('understands flite (skipped without pocketsphinx-en-us)', async () => {
    const asr = createPocketsphinxAsr({ ...base, modelDirectory: modelDirectory ?? '' });
    const sentences = ['hello how are you', 'what time is it', 'please tell me about the weather', 'open the door'];
    let wrong = 0;
    for (const text of sentences) {
      const { pcm, audioRate } = await createFlite({ ffmpegPath: 'ffmpeg' }).speak({ text, signal: never });
      await writeFile(path, Buffer.concat([wavHeader(pcm.byteLength, audioRate), Buffer.from(pcm.buffer)]));
      const heard = (await asr.transcribe({ path, signal: never })).text.split(' ');
      wrong += text.split(' ').filter((word) => !heard.includes(word)).length;
      console.log(`said '${text}', heard '${heard.join(' ')}'`);
    }
    const rate = wrong / sentences.join(' ').split(' ').length;
    console.log(`words not heard: ${Math.round(rate * 100)} %`);
    expect(rate).toBeLessThan(0.6);
  });
});
