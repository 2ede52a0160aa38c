import type { LanguageRules } from './languages/language-rules.ts';
import type { Membership } from './languages/word-set.ts';

/** The end of a sentence that may be none, and what follows. */
export type Stop = {
  /** The sentence up to its full stop, which is the last character. */
  readonly core: string;
  /** What follows as far as it is known, from its first letter or digit. */
  readonly start: string;
  /** Signs between the space and `start`. */
  readonly lead: string;
  /** Nothing follows after `start`. */
  readonly isLast: boolean;
  readonly rules: LanguageRules;
};

/** Abbreviations of several words have no more: "u. A. w. g." */
const MAX_PARTS = 4;
/** In so much of a sentence's end all of them are found. */
const REACH = 100;
const OPENERS = /^["'“”‘’«»‹›„‚¿¡\p{Ps}]+/u;
/** Scripts whose single letters are words or syllables have no initials. */
const ACRONYM =
  /^(?![\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])(?:\p{L}\p{M}*\.-?)*\p{L}\p{M}*$/u;
const SMALL_LETTER = /^\p{Ll}$/u;
/** "And", which Arabic writes as a part of the next word. */
const ARABIC_AND = /^و(?=\p{L}\p{M}*\.$)/u;
/** Also the ends of street names: "Main St." */
const STREETS = new Set(['St', 'Dr', 'Ft', 'Mt']);
const NUMBER = /^[^\p{L}\p{N}]{0,3}\p{N}/u;
const LETTER_BEFORE_NUMBER = /^\p{Lu}\./u;
const CAPITAL = /^\p{Lu}$/u;
const ROMAN = /^[IVXLCDM]+$/u;

/** The last words of a sentence, the last one first. */
export function lastWords(core: string): string[] {
  return core.slice(-REACH).split(' ').toReversed();
}

/** The first word of what follows, and whether it is whole. */
export function firstWord({ start, isLast }: Pick<Stop, 'start' | 'isLast'>): { word: string; isWhole: boolean } {
  const word = /^[\p{L}\p{M}]*/u.exec(start)?.[0] ?? '';
  return { word, isWhole: word.length < start.length || isLast };
}

/** A word without what opens before it. */
export function bare(word: string | undefined): string {
  return (word ?? '').replace(OPENERS, '');
}

/** What a word may be listed as: the longest of "z.B", then "B"; of "Karl-Marx-Str" also "Str". */
function namesOf(words: readonly string[]): string[] {
  const names: string[] = [];
  let name = '';
  for (const word of words.slice(0, MAX_PARTS)) {
    if (!word.endsWith('.')) break;
    name = `${bare(word).replace(ARABIC_AND, '')}${name}`;
    names.unshift(name.slice(0, -1));
    if (OPENERS.test(word)) break;
  }
  const last = names.at(-1) ?? '';
  const part = last.slice(Math.max(...Array.from("-'’/", (sign) => last.lastIndexOf(sign))) + 1);
  return part === last || part === '' ? names : [...names, part];
}

type List = 'goesOn' | 'number' | 'calendar' | 'ends' | 'either';
const LISTS: readonly List[] = ['goesOn', 'number', 'calendar', 'ends', 'either'];

/** The lists that a word is in, by the longest of its names that is in any. */
function listsOf(words: readonly string[], { core, rules }: Stop): { name: string; lists: ReadonlySet<List> } {
  const names = namesOf(words);
  const isShouting = !/\p{Ll}/u.test(core);
  for (const name of names) {
    const lists = LISTS.filter((list) => rules[list].has(name, isShouting));
    if (lists.length > 0) return { name, lists: new Set(lists) };
  }
  const name = lastName(words);
  const isAddress = rules.suffixes.some((suffix) => name.length > suffix.length + 2 && name.endsWith(suffix));
  return { name, lists: new Set(isAddress ? ['number', 'either'] : []) };
}

function lastName(words: readonly string[]): string {
  return bare(words[0]).replace(/\.$/u, '');
}

/** Whether a sentence begins with what follows. */
export function startsSentence(stop: Stop): boolean | undefined {
  const { word, isWhole } = firstWord(stop);
  // A sign, a digit: no name; but for "et al. (2020)".
  if (word === '') return !stop.lead.includes('(');
  if (stop.lead !== '' && !OPENERS.test(stop.lead)) return true;
  if (Array.from(word).length === 1 && stop.start[word.length] === '.') return false;
  const membership = stop.rules.starters.test(word, isWhole);
  return membership === 'unknown' ? undefined : membership === 'in';
}

/** Whether a number follows, in digits or Roman, perhaps with a letter: "art. L. 123". */
function isNumberNext(stop: Stop): boolean | undefined {
  if (NUMBER.test(stop.lead + stop.start)) return true;
  const { word, isWhole } = firstWord(stop);
  if (LETTER_BEFORE_NUMBER.test(stop.start)) return true;
  if (!ROMAN.test(word)) return CAPITAL.test(stop.start) && !stop.isLast ? undefined : false;
  return isWhole ? !stop.rules.starters.has(word) : undefined;
}

/** Whether the name of a month or a weekday follows. */
function isDateNext(stop: Stop): boolean | undefined {
  const { word, isWhole } = firstWord(stop);
  const memberships: Membership[] = [stop.rules.dates.test(word, isWhole), stop.rules.calendar.test(word, isWhole)];
  return memberships.includes('in') || (memberships.includes('unknown') ? undefined : false);
}

/** Whether the next part of an abbreviation follows: the "B." of "z. B." */
function isPartNext(words: readonly string[], { start, lead, isLast, rules }: Stop): boolean | undefined {
  if (lead !== '') return false;
  const next = start.toLowerCase();
  let mayBe: boolean | undefined = false;
  for (const name of namesOf(words)) {
    for (const part of rules.continuations.get(`${name.toLowerCase()}.`) ?? []) {
      if (next.startsWith(part)) return true;
      if (!isLast && part.startsWith(next)) mayBe = undefined;
    }
  }
  return mayBe;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Whether any is true; `undefined` when one may be. */
function any(...values: readonly (boolean | undefined)[]): boolean | undefined {
  return values.includes(true) || (values.includes(undefined) ? undefined : false);
}

/**
 * Tells whether a sentence goes on after a word with a full stop.
 *
 * @returns `undefined` when more of what follows is needed.
 */
export function abbreviationGoesOn(stop: Stop): boolean | undefined {
  const words = lastWords(stop.core);
  const { name, lists } = listsOf(words, stop);
  const previous = bare(words[1]);
  if (lists.has('goesOn') && !isTimeOrStreet(name, previous, lists)) return true;
  const isNext = any(
    isPartNext(words, stop),
    (lists.has('number') || isNumberedLetter(words, name)) && isNumberNext(stop),
    lists.has('calendar') && any(NUMBER.test(stop.lead + stop.start), isDateNext(stop)),
  );
  if (isNext !== false) return isNext;
  const starts = startsSentence(stop);
  if (lists.has('goesOn')) return lists.has('ends') ? false : not(starts);
  if (lists.has('ends')) return starts === false ? isDateNext(stop) : starts === true ? false : undefined;
  return (lists.has('either') || isInitial(lastName(words), previous, stop.rules)) && not(starts);
}

/** "s. 12", "art. L. 123" */
function isNumberedLetter(words: readonly string[], name: string): boolean {
  return SMALL_LETTER.test(name) || (/^\p{Lu}$/u.test(name) && (words[1] ?? '').endsWith('.'));
}

/** "5 م." is a time, "Main St." a street; before a name both are titles. */
function isTimeOrStreet(name: string, previous: string, lists: ReadonlySet<List>): boolean {
  if (lists.has('ends')) return /^\p{Nd}[\p{Nd}.:]*$/u.test(previous);
  return STREETS.has(name) && /^(?:\p{Lu}\p{L}{2}|\d+(?:st|nd|rd|th)$)/u.test(previous);
}

function isInitial(name: string, previous: string, rules: LanguageRules): boolean {
  if (!ACRONYM.test(name)) return false;
  // "Frankfurt a. d. Oder", but "the value of x."
  if (SMALL_LETTER.test(name)) return /^\p{Ll}\.$/u.test(previous);
  return !(name === 'I' && rules.starters.has('i')) && !rules.labels.has(previous);
}
