import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childProcesses } from '../../encode/test-media.ts';
import { Jail } from '../../lib/jail.ts';
import { createEspeak, parseVoices } from './espeak.ts';
import { createFlite } from './flite.ts';
import { chooseTts } from './tts.ts';

const HAS_FLITE = spawnSync('ffmpeg', ['-hide_banner', '-h', 'filter=flite']).stdout?.includes('textfile') ?? false;
const HAS_ESPEAK = spawnSync('espeak-ng', ['--version']).status === 0;
const never = new AbortController().signal;

const HOSTILE = [
  'a[x];movie=/etc/passwd hello',
  `it's "quoted" 'twice' \\' here`,
  'say %{pts} and %{localtime} and $(id) `id`',
  'back\\slash \\n \\: \\, words',
  'nul\u0000in the middle',
  'right \u202eto left\u202c override',
  'smile 😀 please 👨‍👩‍👧',
  '</speak><break time="10s"/> tags & entities &amp;',
  "[[h@'loU]] phonemes",
  '--version -w /tmp/owned.wav option',
  '-f /etc/passwd',
  '@/etc/passwd and file:///etc/passwd',
];

let temp = '';
let before: string | undefined;

beforeEach(async () => {
  before = process.env.TMPDIR;
  // Whatever the temporary directory is called, it must not reach a filter string.
  temp = await mkdtemp(join(tmpdir(), "say'[x];:,%{pts} "));
  process.env.TMPDIR = temp;
});

afterEach(async () => {
  expect(await readdir(temp)).toEqual([]);
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await rm(temp, { recursive: true });
});

async function code(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'fine',
    (error: { code?: unknown }) => error.code,
  );
}

describe.skipIf(!HAS_FLITE)('flite (skipped without an ffmpeg that has it)', () => {
  const flite = createFlite({ ffmpegPath: 'ffmpeg' });

  it.each(HOSTILE)('speaks %j as plain words', async (text) => {
    const speech = await flite.speak({ text, signal: never });
    expect(speech.audioRate).toBe(16_000);
    expect(speech.pcm.length).toBeGreaterThan(4000);
    expect(speech.pcm.length).toBeLessThan(16_000 * 20);
  });

  it('refuses a voice it does not have', async () => {
    expect(await code(flite.speak({ text: 'x', voice: 'slt:textfile=/etc/passwd', signal: never }))).toBe(
      'REQUEST_INVALID',
    );
  });

  it('ends its process when aborted', async () => {
    const leaving = new AbortController();
    const speaking = code(flite.speak({ text: 'Hello there. '.repeat(140), signal: leaving.signal }));
    await expect.poll(childProcesses).toHaveLength(1);
    leaving.abort();
    expect(await speaking).toBe('ABORTED');
    expect(childProcesses()).toEqual([]);
  });
});

describe.skipIf(!HAS_ESPEAK)('espeak-ng (skipped when not installed)', () => {
  it.each(HOSTILE)('speaks %j as plain words', async (text) => {
    const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
    const speech = await espeak.speak({ text, signal: never });
    expect(speech.audioRate).toBe(22_050);
    expect(speech.pcm.length).toBeGreaterThan(4000);
  });

  it.each(['../../etc/passwd', '-f/etc/passwd', 'en;id', 'en\nfr', 'qq', '', 'a'.repeat(5000)])(
    'refuses the voice %j',
    async (voice) => {
      const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
      expect(() => espeak.check({ text: 'x', voice })).toThrow(/must be one that espeak-ng has/);
    },
  );

  it('finds the nearest language', async () => {
    const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
    for (const language of ['de', 'de-AT', 'en-US', 'zh-CN', 'pt-BR', 'no', 'fr', 'fr-CA', 'vi'])
      espeak.check({ text: 'x', language });
  });
});

describe('in the jail of this machine', () => {
  it('every engine that speaks outside of it speaks', async () => {
    const jail = await Jail.build({ command: 'ffmpeg', devices: false });
    const [outside, inside] = await Promise.all([chooseTts({ signal: never }), chooseTts({ jail, signal: never })]);
    expect(inside.name).toBe(outside.name);
    expect(inside.voices).toEqual(outside.voices);
    const text = 'Hello there.';
    for (const { name } of inside.voices.filter((voice) => ['slt', 'de'].includes(voice.name)))
      expect((await inside.speak({ text, voice: name, signal: never })).pcm.length).toBeGreaterThan(4000);
  });
});

describe('voices of other versions of espeak-ng', () => {
  it.each([
    ['zh-CN', ['cmn'], 'cmn'],
    ['zh-CN', ['cmn', 'cmn-latn-pinyin'], 'cmn-latn-pinyin'],
    ['cmn', ['cmn', 'cmn-latn-pinyin'], 'cmn-latn-pinyin'],
    ['en', ['en-gb', 'en-us'], 'en-us'],
    ['en-GB', ['en-gb', 'en-us'], 'en-gb'],
    ['de-AT', ['de'], 'de'],
    ['fr', ['fr-be', 'fr-fr'], 'fr-fr'],
  ])('%s of %j is %s', async (language, names, voice) => {
    const fake = join(temp, 'fake');
    const listing = names.map((name) => `echo ' 5  ${name} --/M X x'`).join('\n');
    const script = `[ "$1" = --voices ] && { echo Pty; ${listing.replaceAll('\n', '; ')}; exit; }\nfor last; do :; done; echo "$last"`;
    await writeFile(fake, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const espeak = await createEspeak({ espeakPath: fake, signal: never });
    expect(await espeak.phonemesOf({ text: 'x', language, signal: never })).toBe(`${voice}\n`);
    await rm(fake);
  });
});

describe('parseVoices', () => {
  it('reads the second column', () => {
    const listing =
      'Pty Language       Age/Gender VoiceName          File\n 5  af              --/M      Afrikaans   gmw/af\n 5  ../x --/M x x\n';
    expect([...parseVoices(listing)]).toEqual(['af']);
  });
});

describe('chooseTts', () => {
  it.skipIf(!HAS_FLITE || !HAS_ESPEAK)(
    'takes flite for English and espeak-ng for other languages and scripts',
    async () => {
      const tts = await chooseTts({ signal: never });
      expect(tts.name).toBe('flite+espeak-ng');
      expect((await tts.speak({ text: 'Good morning.', signal: never })).audioRate).toBe(16_000);
      expect((await tts.speak({ text: 'Guten Morgen.', language: 'de', signal: never })).audioRate).toBe(22_050);
      expect((await tts.speak({ text: 'नमस्ते दुनिया।', signal: never })).audioRate).toBe(22_050);
      expect((await tts.speak({ text: 'Доброе утро.', signal: never })).audioRate).toBe(22_050);
      expect((await tts.speak({ text: 'Hello.', voice: 'fr', signal: never })).audioRate).toBe(22_050);
      expect(() => tts.check({ text: 'x', language: 'klingon' })).toThrow(/language must be/);
    },
  );

  it.skipIf(!HAS_FLITE || !HAS_ESPEAK)('offers voices that all speak', async () => {
    const tts = await chooseTts({ signal: never });
    const names = tts.voices.map(({ name }) => name);
    expect(names.slice(0, 5)).toEqual(['slt', 'rms', 'kal16', 'awb', 'en-us']);
    expect(new Set(names).size).toBe(names.length);
    for (const voice of tts.voices) {
      tts.check({ text: 'x', voice: voice.name });
      expect((await tts.speak({ text: 'One, 2.', voice: voice.name, signal: never })).pcm.length).toBeGreaterThan(4000);
    }
  });

  it.skipIf(!HAS_FLITE || !HAS_ESPEAK).each([
    [undefined, 'Good morning, how are you?'],
    ['de', 'Guten Morgen, wie geht es Ihnen?'],
  ])('tells when each word and phoneme is said (%s)', async (language, text) => {
    const tts = await chooseTts({ signal: never });
    const speech = await tts.speak({ text, signal: never, ...(language && { language }) });
    expect(speech.words?.map((word) => word.text).join('')).toBe(text);
    expect(speech.phonemes?.length).toBeGreaterThan(12);
    const duration = speech.pcm.length / speech.audioRate;
    for (const { start, end } of [...(speech.words ?? []), ...(speech.phonemes ?? [])])
      expect(start >= 0.07 && end > start && end <= duration - 0.2).toBe(true);
  });

  it.skipIf(!HAS_FLITE || !HAS_ESPEAK).each([
    ['fails', 'exit 1'],
    ['hangs', 'exec sleep 1000'],
    ['talks nonsense', 'echo x_y_z; exit 0'],
    ['floods', 'exec yes'],
  ])('speaks all the same when the run for the phonemes %s', async (_, script) => {
    const fake = join(temp, 'fake');
    const body = `case "$*" in *--ipa*) ${script};; esac\nexec espeak-ng "$@"\n`;
    await writeFile(fake, `#!/bin/sh\n${body}`, { mode: 0o755 });
    const tts = await chooseTts({ espeakPath: fake, signal: never });
    const text = 'Good morning to you all.';
    for (const voice of ['slt', 'en-us']) {
      const speech = await tts.speak({ text, voice, signal: never });
      expect(speech.words?.map((word) => word.text).join('')).toBe(text);
      expect(speech.phonemes).toBeUndefined();
    }
    await rm(fake);
  });

  it.skipIf(!HAS_FLITE || !HAS_ESPEAK)('ends both runs when aborted', async () => {
    const tts = await chooseTts({ signal: never });
    const leaving = new AbortController();
    const speaking = code(tts.speak({ text: 'Hello there. '.repeat(140), signal: leaving.signal }));
    await expect.poll(childProcesses).toHaveLength(2);
    leaving.abort();
    expect(await speaking).toBe('ABORTED');
    expect(childProcesses()).toEqual([]);
  });

  it('says what to install when there is no engine', async () => {
    const tts = await chooseTts({ ffmpegPath: '/nowhere/ffmpeg', espeakPath: '/nowhere/espeak-ng', signal: never });
    expect(tts.name).toBe('none');
    await expect(tts.speak({ text: 'Hello.', signal: never })).rejects.toThrow(/install espeak-ng/);
    expect(await code(tts.speak({ text: 'Hello.', signal: never }))).toBe('SPEECH_FAILED');
  });

  it('refuses two million characters', async () => {
    const tts = await chooseTts({ ffmpegPath: '/nowhere', espeakPath: '/nowhere', signal: never });
    expect(await code(tts.speak({ text: 'word '.repeat(400_000), signal: never }))).toBe('REQUEST_INVALID');
  });

  it.skipIf(!HAS_FLITE)('fails when flite is alone and the text is not English', async () => {
    const tts = await chooseTts({ espeakPath: '/nowhere', signal: never });
    expect(await code(tts.speak({ text: '你好', signal: never }))).toBe('REQUEST_INVALID');
    expect(await code(tts.speak({ text: 'Bonjour', language: 'fr', signal: never }))).toBe('REQUEST_INVALID');
    // The next sentence, in English, is spoken.
    expect((await tts.speak({ text: 'Hello.', signal: never })).pcm.length).toBeGreaterThan(0);
  });

  it.skipIf(!HAS_FLITE)('survives an engine that is not one', async () => {
    const fake = join(temp, 'fake');
    await writeFile(fake, '#!/bin/sh\necho no such thing >&2\nexit 3\n', { mode: 0o755 });
    const tts = await chooseTts({ ffmpegPath: fake, espeakPath: fake, signal: never });
    await rm(fake);
    expect(tts.name).toBe('none');
  });
});
