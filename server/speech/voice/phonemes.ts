import type { WordTime } from '../../session/types.ts';
import { type Phoneme, parseIpa } from './ipa.ts';
import { pronounce } from './pronunciation.ts';
import type { PhonemeTime, Sound } from './speech.ts';
import { tokensOf } from './tokens.ts';
import { timeTokens } from './word-times.ts';

/** Of a word of which no phoneme is known. */
const UNKNOWN = 0.05;

function timesWithin(word: WordTime, phonemes: readonly Phoneme[]): PhonemeTime[] {
  const sum = phonemes.reduce((total, { length }) => total + length, 0);
  const pace = (word.end - word.start) / sum;
  let at = word.start;
  return phonemes.map(({ ipa, length }) => {
    const start = at;
    at += length * pace;
    return { ipa, start, end: at };
  });
}

/**
 * Words and phonemes with their times, from what espeak-ng says the phonemes are: better than letters, for any engine that
 * speaks the same language.
 *
 * @param listing - Output of `espeak-ng -q --ipa --sep=_` for the text.
 * @returns `undefined` when the listing doesn't fit the text.
 */
export function alignPhonemes(options: {
  text: string;
  listing: string;
  speech: Sound;
}): { words: WordTime[]; phonemes: PhonemeTime[] } | undefined {
  const tokens = tokensOf(options.text);
  const said = pronounce(tokens, parseIpa(options.listing));
  if (said === undefined) return undefined;
  const lengths = said.map((phonemes) => phonemes.reduce((sum, { length }) => sum + length, 0) || UNKNOWN);
  const words = timeTokens(
    tokens.map(({ text }, at) => ({ text, length: lengths[at] ?? UNKNOWN })),
    options.speech,
  );
  return { words, phonemes: words.flatMap((word, at) => timesWithin(word, said[at] ?? [])) };
}
