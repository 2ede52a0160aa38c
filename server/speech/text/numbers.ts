import { bare, firstWord, lastWords, type Stop, startsSentence } from './abbreviations.ts';

const DIGITS = /^\(?(\p{Nd}{1,4})\.$/u;
const DAY_OR_MONTH = /^\(?\p{Nd}{1,2}\.$/u;
const YEAR = /^(?:1[5-9]|20)\d\d\.$/u;
const ROMAN = /^\(?[IVXLC]{2,}\.$/u;
const HANGUL = /^\p{Script=Hangul}/u;
const ROMAN_DIGIT = /^\(?[IVX]\.$/u;

/**
 * Tells whether a sentence goes on after a number with a full stop: in "3. Oktober", "24. 12.", "2024. 5. 3.", "XX. Jahrhundert", and
 * in lists ("1. Eier 2. Milch").
 *
 * @returns `undefined` when more of what follows is needed; 'none' for what is no number.
 */
export function numberGoesOn(stop: Stop): boolean | undefined | 'none' {
  const words = lastWords(stop.core);
  const word = words[0] ?? '';
  const isRoman = ROMAN.test(word) || ROMAN_DIGIT.test(word);
  if (!DIGITS.test(word) && !isRoman) return 'none';
  if (!isRoman && isNextItem(stop.core, word)) return true;
  if (/^\p{Nd}/u.test(stop.start)) return stop.lead === '' && digitsGoOn(words, stop);
  const ordinal = ordinalGoesOn(words, stop);
  if (ordinal !== false || !ROMAN_DIGIT.test(word)) return ordinal;
  // An initial, as in "V. Woolf".
  return 'none';
}

/** "2." in a sentence that has "1." before. */
function isNextItem(core: string, word: string): boolean {
  const number = Number(DIGITS.exec(word)?.[1]);
  return number > 1 && number < 100 && new RegExp(`(?:^|\\s)\\(?${number - 1}[.)]\\s`, 'u').test(core);
}

/** A number after a number: the next part of a date. */
function digitsGoOn(
  [word = '', previous = '']: readonly string[],
  { start, isLast, rules }: Stop,
): boolean | undefined {
  if (DAY_OR_MONTH.test(word) && DAY_OR_MONTH.test(previous)) return true;
  if (!DAY_OR_MONTH.test(word) && !(rules.isYearFirst && YEAR.test(word))) return false;
  if (!isLast && /^\p{Nd}{1,2}\.?$/u.test(start)) return undefined;
  return /^\p{Nd}{1,2}\.(?!\p{Nd})/u.test(start);
}

function ordinalGoesOn(words: readonly string[], stop: Stop): boolean | undefined {
  const { rules } = stop;
  const { word: next, isWhole } = firstWord(stop);
  const word = words[0] ?? '';
  const previous = bare(words[1]);
  const isDate = DAY_OR_MONTH.test(previous) && DAY_OR_MONTH.test(word);
  if (isDate && rules.isYearFirst) return HANGUL.test(next) && isDateWord(next, isWhole, rules);
  const after = isDate ? 'out' : rules.ordinalsBefore.test(next, isWhole);
  if (after === 'in') return true;
  const isOrdinal = rules.ordinalsAfter.has(previous) || (rules.hasRomanOrdinals && !DIGITS.test(word));
  const starts = isOrdinal && !isDate ? startsSentence(stop) : true;
  if (after === 'unknown' || starts === undefined) return undefined;
  return !starts;
}

/** A word of time, with the particles that Korean adds to it. */
function isDateWord(word: string, isWhole: boolean, { dates }: Stop['rules']): boolean | undefined {
  const beginnings = Array.from(word, (_, index) => word.slice(0, index + 1));
  if (beginnings.some((beginning) => dates.has(beginning))) return true;
  return dates.test(word, isWhole) === 'unknown' ? undefined : false;
}
