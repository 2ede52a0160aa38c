import type { Unit } from './spread.ts';

/** One sound of a language, as espeak-ng names it. */
export type Phoneme = {
  /** IPA without stress and tone, such as `ə`, `iː`, `aɪ`, `tʃ`. */
  readonly ipa: string;
  /** Typical duration in seconds; only proportions count. */
  readonly length: number;
};

/** What espeak-ng says as one word: mostly one of the text's, sometimes two ("of the") or a part of one ("42"). */
export type Group = { readonly phonemes: readonly Phoneme[]; readonly pause: Unit['pause'] };

const VOWEL = /^[aeiouyæøœɐɑɒɔəɘɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻäãẽĩõũ]/u;
const REDUCED = /^[əɪʊᵻɐʌiɚɨ]$/u;

/** Means over 25 sentences that espeak-ng and flite spoke and told the times of. */
const CONSONANTS: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/^(?:[td]s|[td]z|[td][ʃʒɕʑʂʐ])/u, 0.09],
  [/^[ɾðɽɹrʁʀ]/u, 0.052],
  [/^[ptkcqʔbdɡgɟʈɖ]/u, 0.055],
  [/^[szʃʒɕʑʂʐfθχxçħ]/u, 0.09],
  [/^[mnŋɲɳɴɱ]/u, 0.075],
  [/^[lɫʎɭɬ]/u, 0.07],
];
const OTHER_CONSONANT = 0.072;
const LONG_VOWEL = 0.125;
const SHORT_VOWEL = 0.095;
const REDUCED_VOWEL = 0.06;
const STRESS = 1.2;
/** The last syllable before a pause is drawn out. */
const BEFORE_PAUSE = 1.35;

export function isVowel(ipa: string): boolean {
  return VOWEL.test(ipa);
}

function typicalLength(ipa: string, isStressed: boolean): number {
  if (!isVowel(ipa)) return CONSONANTS.find(([pattern]) => pattern.test(ipa))?.[1] ?? OTHER_CONSONANT;
  const letters = ipa.replace(/\p{M}/gu, '');
  const length = REDUCED.test(letters) ? REDUCED_VOWEL : letters.length > 1 ? LONG_VOWEL : SHORT_VOWEL;
  return isStressed ? length * STRESS : length;
}

function phonemeOf(written: string): Phoneme | undefined {
  const ipa = written.replace(/[^\p{L}\p{M}ː]|[ˈˌ]/gu, '');
  return ipa === '' ? undefined : { ipa, length: typicalLength(ipa, /[ˈˌ]/u.test(written)) };
}

function drawnOut(phonemes: readonly Phoneme[]): Phoneme[] {
  const from = phonemes.findLastIndex(({ ipa }) => isVowel(ipa));
  return phonemes.map((phoneme, at) => (at < from ? phoneme : { ...phoneme, length: phoneme.length * BEFORE_PAUSE }));
}

/**
 * Reads what `espeak-ng -q --ipa --sep=_` prints: a line for each clause, a space between words, `_` between phonemes; `(en)`
 * where the language changes.
 */
export function parseIpa(listing: string): Group[] {
  return listing.split('\n').flatMap((line) => {
    const words = line.replace(/\([a-z0-9-]{1,20}\)/giu, '').split(/\s+/u);
    const clause = words.map((word) => word.split('_').flatMap((written) => phonemeOf(written) ?? []));
    const said = clause.filter((phonemes) => phonemes.length > 0);
    return said.map((phonemes, at): Group => {
      const isLast = at === said.length - 1;
      return { phonemes: isLast ? drawnOut(phonemes) : phonemes, pause: isLast ? 1 : 0 };
    });
  });
}
