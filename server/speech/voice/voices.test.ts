import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { integratedLoudness } from './loudness.ts';
import { chooseTts } from './tts.ts';

const HAS_FLITE = spawnSync('ffmpeg', ['-hide_banner', '-h', 'filter=flite']).stdout?.includes('textfile') ?? false;
const HAS_ESPEAK = spawnSync('espeak-ng', ['--version']).status === 0;
const never = new AbortController().signal;
const MOST_WORDS_A_MINUTE = 175;

const TEXTS = {
  en: 'All of these pieces are joined into one continuous video stream, which any player can play.',
  de: 'Alle diese Stücke werden zu einem einzigen Videostrom verbunden, den jeder Player abspielen kann.',
  fr: 'Tous ces morceaux sont réunis en un seul flux vidéo continu, que tout lecteur peut lire.',
  es: 'Todas estas piezas se unen en un solo vídeo continuo, que cualquier reproductor puede mostrar.',
  it: 'Tutti questi pezzi sono uniti in un unico video continuo, che qualsiasi lettore può mostrare.',
} as const;

const ROWS = Object.keys(TEXTS).flatMap((language) => ['ada', 'noah', 'bolt'].map((look) => [language, look] as const));
const tts = await chooseTts({ signal: never });

it.each(ROWS)('speaks %s as %s, as loud as all others and not too fast', async (language, look) => {
  if (!HAS_ESPEAK && (language !== 'en' || !HAS_FLITE)) return;
  const text = TEXTS[language as keyof typeof TEXTS];
  const speech = await tts.speak({ text, language, look, signal: never });
  const loudness = integratedLoudness(speech);
  expect(loudness).toBeGreaterThan(-17);
  expect(loudness).toBeLessThan(-15);
  const minutes = speech.pcm.length / speech.audioRate / 60;
  expect(text.split(' ').length / minutes).toBeLessThanOrEqual(MOST_WORDS_A_MINUTE);
});

it.skipIf(!HAS_FLITE)('has another voice for another look, and the one that was chosen for any', async () => {
  const soundOf = async (request: { look: string; voice?: string }) =>
    (await tts.speak({ text: 'Good morning.', ...request, signal: never })).pcm.length;
  const [ada, noah, bolt] = await Promise.all(['ada', 'noah', 'bolt'].map((look) => soundOf({ look })));
  expect(new Set([ada, noah, bolt]).size).toBe(3);
  expect(await soundOf({ look: 'bolt', voice: 'slt' })).toBe(ada);
});
