import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNTRUSTED_INPUT } from '../../encode/chunk-arguments.ts';
import { Jail } from '../../lib/jail.ts';
import { wavHeader } from '../testing/tone.ts';
import { createFlite } from '../voice/flite.ts';
import { LevelMeter, recordingLevel } from './recording-level.ts';

const never = new AbortController().signal;
const tools = { ffmpegPath: 'ffmpeg', untrustedInput: UNTRUSTED_INPUT, jail: Jail.OPEN };
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'throughline-level-'));
  const { pcm, audioRate } = await createFlite({ ffmpegPath: 'ffmpeg' }).speak({
    text: 'Thank you for watching.',
    signal: never,
  });
  const speech = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  await writeFile(join(directory, 'speech.wav'), Buffer.concat([wavHeader(speech.length, audioRate), speech]));
});
afterAll(() => rm(directory, { recursive: true }));

/** Makes a recording with ffmpeg and measures it. */
async function levelOf(name: string, ...args: string[]): Promise<string> {
  const path = join(directory, name);
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args, path], { cwd: directory, encoding: 'utf8' });
  expect(made.stderr).toBe('');
  return await recordingLevel(path, tools, never);
}

const source = (filter: string): string[] => ['-f', 'lavfi', '-t', '2', '-i', filter];
const SILENCE = source('anullsrc=r=48000:cl=mono');
const noise = (amplitude: number): string[] => source(`anoisesrc=r=48000:a=${amplitude}:seed=1`);

describe('recordingLevel', () => {
  it.each([
    ['silence.wav', SILENCE],
    ['silence.webm', [...SILENCE, '-c:a', 'libopus']],
    ['silence.mp4', [...SILENCE, '-c:a', 'aac']],
    ['offset.wav', [...SILENCE, '-af', 'dcshift=0.3,atrim=start=0.5']],
    ['dither.wav', noise(0.0002)],
  ])('hears silence in %s', async (name, args) => {
    expect(await levelOf(name, ...args)).toBe('silent');
  });

  it.each([
    ['quiet-noise.wav', noise(0.005)],
    ['loud-noise.wav', noise(0.3)],
    ['hum.wav', source('sine=f=50:r=48000')],
    ['tone.wav', source('sine=f=440:r=48000')],
    ['noise-after-silence.wav', [...noise(0.01), '-af', 'adelay=700']],
    ['click.wav', [...noise(0.002), '-af', "volume='if(between(t,1,1.04),200,1)':eval=frame"]],
  ])('hears no voice in %s', async (name, args) => {
    expect(await levelOf(name, ...args)).toBe('noVoice');
  });

  it.each([
    ['speech.opus.webm', ['-i', 'speech.wav', '-c:a', 'libopus', '-b:a', '24k']],
    ['far.wav', ['-i', 'speech.wav', '-af', 'volume=-30dB']],
    ['among-silence.wav', ['-i', 'speech.wav', '-af', 'adelay=8000,apad=pad_dur=8']],
    [
      'in-noise.wav',
      [
        '-i',
        'speech.wav',
        ...noise(0.02),
        '-filter_complex',
        '[0:a]aresample=48000[s];[s][1:a]amix=duration=longest:normalize=0',
      ],
    ],
    ['cut-short.wav', ['-i', 'speech.wav', '-t', '0.6']],
  ])('hears a voice in %s', async (name, args) => {
    expect(await levelOf(name, ...args)).toBe('voice');
  });

  it('fails for what can not be decoded, and when it is aborted', async () => {
    const path = join(directory, 'nothing.wav');
    await writeFile(path, 'RIFF and nothing');
    await expect(recordingLevel(path, tools, never)).rejects.toMatchObject({ code: 'ASR_FAILED' });
    await expect(recordingLevel(path, tools, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('LevelMeter', () => {
  it('measures the same however the samples are cut', () => {
    const samples = Int16Array.from({ length: 16_000 }, (_, at) =>
      at % 4000 < 2000 ? 0 : ((at * 7919) % 6000) - 3000,
    );
    const bytes = Buffer.from(samples.buffer);
    const levels = [1, 3, 641, 4096, bytes.length].map((size) => {
      const meter = new LevelMeter();
      for (let at = 0; at < bytes.length; at += size) meter.add(bytes.subarray(at, at + size));
      return meter.level;
    });
    expect(levels).toEqual(levels.map(() => 'voice'));
    expect(new LevelMeter().level).toBe('silent');
  });
});
