import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createEspeak } from './espeak.ts';
import { createFlite } from './flite.ts';
import { alignPhonemes } from './phonemes.ts';
import type { Sound } from './speech.ts';
import { tokensOf } from './tokens.ts';
import { wordTimes } from './word-times.ts';

const HAS_FLITE = spawnSync('ffmpeg', ['-hide_banner', '-h', 'filter=flite']).stdout?.includes('textfile') ?? false;
const HAS_ESPEAK = spawnSync('espeak-ng', ['--version']).status === 0;
const never = new AbortController().signal;
const RATE = 16_000;

/** Tones and silences in turn, in seconds; the first is a silence. */
function sound(...lengths: number[]): Sound {
  const pieces = lengths.map((length, index) =>
    Int16Array.from({ length: Math.round(length * RATE) }, (_, at) => (index % 2 ? 9000 * Math.sin(at / 5) : 0)),
  );
  return { pcm: Int16Array.from(pieces.flatMap((piece) => [...piece])), audioRate: RATE };
}

function stepwise(words: readonly { start: number; end: number }[], duration: number): void {
  let before = 0;
  for (const { start, end } of words) {
    expect(start).toBeGreaterThanOrEqual(before - 1e-9);
    expect(end).toBeGreaterThan(start);
    before = end;
  }
  expect(before).toBeLessThanOrEqual(duration + 1e-9);
}

describe('tokensOf', () => {
  it.each([
    ['Hello, world!', ['Hello, ', 'world!']],
    ['  two\n\nlines ', ['  two\n\n', 'lines ']],
    ['So — yes… (no) "maybe" ?', ['So — ', 'yes… ', '(no) ', '"maybe" ?']],
    ['- first 😀 👍🏽 second', ['- first 😀 👍🏽 ', 'second']],
    ['50 % & more', ['50 ', '% ', '& ', 'more']],
    ['今天很好,我们去。', ['今天', '很好,', '我们', '去。']],
    ['“今天”很好', ['“今天”', '很好']],
    ['안녕하세요 세계', ['안녕하세요 ', '세계']],
    ['¿Qué tal?', ['¿Qué ', 'tal?']],
    ['…', ['…']],
    ['', []],
  ])('%j', (text, tokens) => expect(tokensOf(text).map((token) => token.text)).toEqual(tokens));

  it('gives back any text', () => {
    const characters = [...'ab 1,.-—…"(“今日はไทย한 \n\t😀👨‍👩‍👧&%é\u0301\u202e\ud800'];
    let seed = 7;
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    const spoken = sound(0.1, 1, 0.1);
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: next() % 30 }, () => characters[next() % characters.length]).join('');
      const words = wordTimes(text, spoken);
      expect(words.map((word) => word.text).join('')).toBe(text);
      stepwise(words, 1.2);
    }
  });
});

describe('wordTimes', () => {
  it('begins with the first sound and ends with the last', () => {
    const [word] = wordTimes('Hello.', sound(0.3, 0.5, 0.4));
    expect(word?.start).toBeCloseTo(0.3, 2);
    expect(word?.end).toBeCloseTo(0.8, 2);
  });

  it('matches pauses with commas, however unevenly time is shared', () => {
    const words = wordTimes('One, two three four, five.', sound(0.1, 0.8, 0.3, 0.9, 0.4, 0.3));
    expect(words[0]?.end).toBeCloseTo(0.9, 2);
    expect(words[1]?.start).toBeCloseTo(1.2, 2);
    expect(words[3]?.end).toBeCloseTo(2.1, 2);
    expect(words[4]?.start).toBeCloseTo(2.5, 2);
  });

  it('finds a pause that no punctuation asks for', () => {
    const words = wordTimes('wonderful wonderful wonderful wonderful', sound(0, 0.6, 0.5, 1.8));
    expect(words[0]?.end).toBeCloseTo(0.6, 2);
    expect(words[1]?.start).toBeCloseTo(1.1, 2);
  });

  it('takes a short silence within a word for a closure', () => {
    const words = wordTimes('tomato potato', sound(0, 0.3, 0.09, 0.3, 0.09, 0.5));
    stepwise(words, 1.3);
    expect(words[0]?.end).toBeGreaterThan(0.5);
    expect(words[0]?.end).toBeLessThan(0.8);
  });

  it('goes through noise under the speech', () => {
    const { pcm } = sound(0.2, 1, 0.4, 1, 0.2);
    const noisy = pcm.map((sample, at) => sample + ((at * 7919) % 401) - 200);
    const words = wordTimes('Anna sings, Bella dances.', { pcm: noisy, audioRate: RATE });
    expect(words[1]?.end).toBeCloseTo(1.2, 1);
    expect(words[2]?.start).toBeCloseTo(1.6, 1);
  });

  it('hears one short word in long noise', () => {
    const { pcm } = sound(2, 0.3, 4);
    const noisy = pcm.map((sample, at) => sample + ((at * 7919) % 61) - 30);
    const [word] = wordTimes('No.', { pcm: noisy, audioRate: RATE });
    expect(word?.start).toBeCloseTo(2, 1);
    expect(word?.end).toBeCloseTo(2.3, 1);
  });

  it.each([
    ['no sound', new Int16Array(0)],
    ['silence', new Int16Array(RATE)],
    ['more pauses than words', sound(...Array.from({ length: 40 }, () => 0.2)).pcm],
    ['full scale', new Int16Array(RATE).fill(-32_768)],
  ])('gives times in order for %s', (_, pcm) => {
    const words = wordTimes('Hello there.', { pcm, audioRate: RATE });
    expect(words.map(({ text }) => text)).toEqual(['Hello ', 'there.']);
    for (const { start, end } of words) expect(start <= end && end <= pcm.length / RATE).toBe(true);
  });
});

/**
 * When words begin, in hundredths of a second, as the engines themselves tell: WORD events of libespeak-ng 1.51 (`en-us`), ends of
 * segments of libflite 2.2 (`slt`). `-`: said together with the word before.
 */
const TRUTH: readonly (readonly [text: string, espeak: string, flite: string])[] = [
  ['Hello world, this is 42 of the best.', '0 30 89 108 122 174 - 196', '16 55 114 132 145 216 228 236'],
  ['The quick brown fox jumps over the lazy dog.', '0 11 46 75 114 156 179 189 219', '18 26 57 92 129 173 196 206 250'],
  [
    'I have been thinking about your question, and I believe the answer is simple.',
    '0 8 - 45 84 119 133 207 223 231 265 277 311 327',
    '21 30 47 62 96 119 140 220 234 247 285 300 334 345',
  ],
  [
    'Throughline turns an answer, sentence by sentence, into one continuous stream.',
    '0 39 74 80 143 193 207 283 309 335 398',
    '20 60 89 102 173 235 249 326 355 387 456',
  ],
  [
    'There are three reasons for this: cost, speed, and reliability.',
    '0 - 33 56 98 118 178 237 292 311',
    '20 44 61 89 132 146 187 238 288 304',
  ],
  [
    'Unfortunately the server could not be reached, so please try again later.',
    '0 74 85 119 140 162 175 232 251 284 312 344',
    '21 111 121 156 182 206 217 269 297 341 366 396',
  ],
  ['Good morning! How are you feeling?', '0 20 99 117 128 138', '22 36 99 123 137 156'],
  [
    'We walked through the old town and had coffee near the harbour.',
    '0 13 49 68 79 110 153 171 194 230 247 259',
    '22 34 68 86 99 125 158 172 186 230 252 259',
  ],
];

function report(title: string, errors: number[]): number {
  const sorted = errors.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  const p90 = sorted[Math.floor(sorted.length * 0.9)] ?? Infinity;
  console.log(`${title}: median ${Math.round(median * 1000)} ms, 90th percentile ${Math.round(p90 * 1000)} ms`);
  return median;
}

/** Both are asked to speak slower than they would by themselves, at which they were listened to: 93 %, and 152 words for 175. */
const SLOWER = { flite: 1 / 0.93, 'espeak-ng': 175 / 152 } as const;

function errorsOf(words: readonly { start: number }[], truth: string, slower: number): number[] {
  return truth
    .split(' ')
    .flatMap((at, index) => (at === '-' ? [] : Math.abs((words[index]?.start ?? 0) - (Number(at) / 100) * slower)));
}

describe.skipIf(!HAS_ESPEAK || !HAS_FLITE)('against what engines tell (skipped without them)', () => {
  it.each(['espeak-ng', 'flite'] as const)('%s', async (engine) => {
    const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
    const tts = engine === 'flite' ? createFlite({ ffmpegPath: 'ffmpeg' }) : espeak;
    const letters: number[] = [];
    const phonemes: number[] = [];
    for (const [text, ofEspeak, ofFlite] of TRUTH) {
      const truth = engine === 'flite' ? ofFlite : ofEspeak;
      const speech = await tts.speak({ text, signal: never });
      letters.push(...errorsOf(wordTimes(text, speech), truth, SLOWER[engine]));
      const aligned = alignPhonemes({ text, listing: await espeak.phonemesOf({ text, signal: never }), speech });
      phonemes.push(...errorsOf(aligned?.words ?? [], truth, SLOWER[engine]));
    }
    // Proportional to characters, medians are 166 ms and more.
    expect(report(`${engine}, words by letters`, letters)).toBeLessThan(0.1);
    expect(report(`${engine}, words by phonemes`, phonemes)).toBeLessThan(0.08);
  });
});
