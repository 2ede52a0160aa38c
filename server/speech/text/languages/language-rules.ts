import { ARABIC } from './ar.ts';
import { CZECH } from './cs.ts';
import { DANISH } from './da.ts';
import { GERMAN } from './de.ts';
import { GREEK } from './el.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FINNISH } from './fi.ts';
import { FRENCH } from './fr.ts';
import { HINDI } from './hi.ts';
import { HUNGARIAN } from './hu.ts';
import { ITALIAN } from './it.ts';
import { JAPANESE } from './ja.ts';
import { KOREAN } from './ko.ts';
import type { LanguageData } from './language-data.ts';
import { NORWEGIAN } from './nb.ts';
import { DUTCH } from './nl.ts';
import { POLISH } from './pl.ts';
import { PORTUGUESE } from './pt.ts';
import { ROMANIAN } from './ro.ts';
import { RUSSIAN } from './ru.ts';
import { SWEDISH } from './sv.ts';
import { TURKISH } from './tr.ts';
import { UKRAINIAN } from './uk.ts';
import { WordSet } from './word-set.ts';
import { CHINESE } from './zh.ts';

const LATIN: Readonly<Record<string, LanguageData>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  it: ITALIAN,
  pt: PORTUGUESE,
  nl: DUTCH,
  pl: POLISH,
  sv: SWEDISH,
  da: DANISH,
  nb: NORWEGIAN,
  fi: FINNISH,
  tr: TURKISH,
  cs: CZECH,
  hu: HUNGARIAN,
  ro: ROMANIAN,
};
const CYRILLIC: Readonly<Record<string, LanguageData>> = { ru: RUSSIAN, uk: UKRAINIAN };
const OTHERS: Readonly<Record<string, LanguageData>> = {
  el: GREEK,
  ar: ARABIC,
  hi: HINDI,
  ko: KOREAN,
  zh: CHINESE,
  ja: JAPANESE,
};
/** Tags of languages that are written like another one's. */
const ALIASES: Readonly<Record<string, string>> = {
  no: 'nb',
  nn: 'nb',
  cmn: 'zh',
  yue: 'zh',
  be: 'ru',
  ur: 'ar',
  fa: 'ar',
  mr: 'hi',
  ne: 'hi',
};

/** In every language: names and companies keep their titles. */
const INTERNATIONAL: LanguageData = {
  goesOn: 'Dr Mr Mrs Ms Prof St Sra Srta Mme Mlle Msgr vs cf e.g i.e P.S P.P.S N.B',
  number: 'No Nr Vol Fig',
  either: 'Inc Ltd Co Corp Jr',
  starters: '',
};

type WordLists = 'goesOn' | 'number' | 'either' | 'ends' | 'calendar' | 'dates';
type Lists = WordLists | 'ordinalsBefore' | 'ordinalsAfter' | 'labels' | 'starters';

/** {@link LanguageData} of one language or of several, made ready to be looked up. */
export type LanguageRules = Readonly<Record<Lists, WordSet>> & {
  readonly suffixes: readonly string[];
  readonly hasRomanOrdinals: boolean;
  readonly isYearFirst: boolean;
  /** What goes on an abbreviation of several parts: "z." -> "b." */
  readonly continuations: ReadonlyMap<string, readonly string[]>;
};

function wordsIn(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/u).filter((word) => word !== '');
}

/** A language's data without what would be wrong in a text of another one. */
function withoutLocal(data: LanguageData): LanguageData {
  const local = new Set(wordsIn(data.local));
  const rest = (list: string | undefined): string =>
    wordsIn(list)
      .filter((word) => !local.has(word))
      .join(' ');
  return {
    ...data,
    goesOn: rest(data.goesOn),
    number: rest(data.number),
    either: rest(data.either),
    calendar: rest(data.calendar),
  };
}

function continuationsOf(abbreviations: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const abbreviation of abbreviations) {
    const parts = abbreviation.toLowerCase().split('.');
    for (let count = 1; count < parts.length; count++) {
      const start = `${parts.slice(0, count).join('.')}.`;
      map.set(start, [...(map.get(start) ?? []), `${parts[count]}.`]);
    }
  }
  return map;
}

/** @param own - Of the language itself: how it writes numbers is no other one's matter. */
function rulesFrom(all: readonly LanguageData[], own: readonly LanguageData[]): LanguageRules {
  const of = (list: Lists): WordSet => new WordSet(all.flatMap((data) => wordsIn(data[list])));
  const abbreviations = all.flatMap(({ goesOn, number, either, ends }) =>
    [goesOn, number, either, ends].flatMap((list) => wordsIn(list).filter((word) => word.includes('.'))),
  );
  return {
    goesOn: of('goesOn'),
    number: of('number'),
    either: of('either'),
    ends: of('ends'),
    calendar: of('calendar'),
    dates: of('dates'),
    ordinalsBefore: of('ordinalsBefore'),
    ordinalsAfter: of('ordinalsAfter'),
    labels: of('labels'),
    starters: of('starters'),
    suffixes: all.flatMap(({ suffixes }) => wordsIn(suffixes)),
    hasRomanOrdinals: own.length === 1 && own.some(({ hasRomanOrdinals }) => hasRomanOrdinals === true),
    isYearFirst: own.some(({ isYearFirst }) => isYearFirst === true),
    continuations: continuationsOf(abbreviations),
  };
}

/** Of these, words of one never look like words of another one. */
const SCRIPTS = [LATIN, CYRILLIC, OTHERS];
/** Names of languages that have rules of their own. */
export const RULED_LANGUAGES: readonly string[] = SCRIPTS.flatMap((script) => Object.keys(script));

const made = new Map<string, LanguageRules>();

/** Of each language whose script several share: the words that begin sentences, which are its most frequent ones. */
export function frequentWords(): readonly (readonly [language: string, words: readonly string[]])[] {
  return [LATIN, CYRILLIC].flatMap((script) =>
    Object.entries(script).map(([language, { starters }]) => [language, wordsIn(starters)] as const),
  );
}

function baseOf(tag: string | undefined): string {
  const base = tag?.toLowerCase().split('-')[0] ?? '';
  const known = ALIASES[base] ?? base;
  return RULED_LANGUAGES.includes(known) ? known : '';
}

/** Whether a language has rules of its own. */
export function hasRules(tag: string | undefined): boolean {
  return baseOf(tag) !== '';
}

/**
 * The rules for a language, with those of all languages of other scripts; for an unknown one those of all, but for abbreviations that
 * are ordinary words elsewhere.
 *
 * @param tag - BCP 47.
 */
export function rulesFor(tag: string | undefined): LanguageRules {
  const base = baseOf(tag);
  const known = made.get(base);
  if (known !== undefined) return known;
  const own = SCRIPTS.flatMap((script) => script[base] ?? []);
  const others = SCRIPTS.flatMap((script) =>
    base in script && script !== OTHERS ? [] : Object.values(script).filter((data) => !own.includes(data)),
  );
  const all = [INTERNATIONAL, ...own, ...others.map(withoutLocal)];
  const rules = rulesFrom(all, own.length > 0 ? own : all);
  made.set(base, rules);
  return rules;
}
