import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { level } from './level.ts';
import { integratedLoudness } from './loudness.ts';
import type { Sound } from './speech.ts';

/** Integrated loudness and true peak by ffmpeg's own meter (EBU R128). */
async function measured({ pcm, audioRate }: Sound): Promise<{ loudness: number; truePeak: number }> {
  const input = ['-f', 's16le', '-ar', String(audioRate), '-ac', '1', '-i', 'pipe:0'];
  const child = promisify(execFile)('ffmpeg', [
    '-hide_banner',
    '-nostats',
    ...input,
    '-af',
    'ebur128=peak=true',
    '-f',
    'null',
    '-',
  ]);
  child.child.stdin?.end(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  const { stderr } = await child;
  const figure = (pattern: RegExp): number => Number([...stderr.matchAll(pattern)].at(-1)?.[1]);
  return { loudness: figure(/I:\s+(-?[\d.]+) LUFS/g), truePeak: figure(/Peak:\s+(-?[\d.]+) dBFS/g) };
}

/** What speech is like: syllables of a voice with harmonics, pauses between, and clicks above it all. */
function talk({
  audioRate,
  seconds,
  gain,
  clicks,
}: {
  audioRate: number;
  seconds: number;
  gain: number;
  clicks: number;
}): Sound {
  const pcm = Int16Array.from({ length: audioRate * seconds }, (_, at) => {
    const time = at / audioRate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * time)) * (time % 1.5 < 1.1 ? 1 : 0);
    const voice = [1, 2, 3, 5, 9].reduce(
      (sum, harmonic) => sum + Math.sin(2 * Math.PI * 140 * harmonic * time) / harmonic,
      0,
    );
    const since = at % Math.round(audioRate / 3);
    const click = since < 40 ? clicks * Math.sin((Math.PI * since) / 40) : 0;
    return Math.max(-32_768, Math.min(32_767, 32_767 * (gain * syllable * voice + click)));
  });
  return { pcm, audioRate };
}

const TALKS = [
  ['quiet, 16 kHz', { audioRate: 16_000, seconds: 4, gain: 0.03, clicks: 0 }],
  ['loud, 24 kHz', { audioRate: 24_000, seconds: 4, gain: 0.4, clicks: 0 }],
  ['with peaks, 22.05 kHz', { audioRate: 22_050, seconds: 4, gain: 0.03, clicks: 0.6 }],
  ['long, 48 kHz', { audioRate: 48_000, seconds: 20, gain: 0.1, clicks: 0 }],
  ['a word, 16 kHz', { audioRate: 16_000, seconds: 1, gain: 0.1, clicks: 0 }],
] as const;

it.each(TALKS)('measures loudness as ffmpeg does: %s', async (_, shape) => {
  const sound = talk(shape);
  expect(integratedLoudness(sound)).toBeCloseTo((await measured(sound)).loudness, 0.3);
});

it.each(TALKS)('makes it -16 LUFS, and lets no peak above -1 dBTP: %s', async (_, shape) => {
  const { loudness, truePeak } = await measured(level(talk(shape)));
  expect(loudness).toBeGreaterThan(-17);
  expect(loudness).toBeLessThan(-15);
  expect(truePeak).toBeLessThanOrEqual(-1);
});

it('leaves silence silent, and lifts noise by no more than 24 dB', () => {
  const audioRate = 16_000;
  expect(level({ pcm: new Int16Array(16_000), audioRate }).pcm.every((sample) => sample === 0)).toBe(true);
  const noise = level({ pcm: Int16Array.from({ length: 16_000 }, (_, at) => (at % 2 === 0 ? 20 : -20)), audioRate });
  expect(Math.max(...noise.pcm)).toBeLessThanOrEqual(Math.ceil(20 * 10 ** (24 / 20)));
});
