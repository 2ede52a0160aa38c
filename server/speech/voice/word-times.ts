import type { WordTime } from '../../session/types.ts';
import type { Sound } from './speech.ts';
import { spread } from './spread.ts';
import { pauseAfter, type Token, tokensOf } from './tokens.ts';
import { voicedStretches } from './voiced.ts';

/** Gives tokens of known (relative) lengths their times, by the pauses in the sound. */
export function timeTokens(tokens: readonly Token[], speech: Sound): WordTime[] {
  if (tokens.length === 0) return [];
  const units = tokens.map(({ text, length }) => ({ length, pause: pauseAfter(text) }));
  const times = spread(units, voicedStretches(speech.pcm, speech.audioRate));
  return tokens.map(({ text }, index) => ({ text, start: times[index]?.start ?? 0, end: times[index]?.end ?? 0 }));
}

/**
 * When each word is said, for engines that don't tell: from the pauses in the sound, and how long words take to say.
 *
 * Each `WordTime.text` carries the punctuation around its word and the space after it, so that **joining all by '' gives the text
 * back**, whatever its script. Seconds from the start of the sound, in order, none overlapping.
 */
export function wordTimes(text: string, speech: Sound): WordTime[] {
  return timeTokens(tokensOf(text), speech);
}
