import { ARABIC_CASES } from './ar.ts';
import { DANISH_CASES } from './da.ts';
import { GERMAN_CASES } from './de.ts';
import { ENGLISH_CASES } from './en.ts';
import { SPANISH_CASES } from './es.ts';
import { FRENCH_CASES } from './fr.ts';
import { HINDI_CASES } from './hi.ts';
import { ITALIAN_CASES } from './it.ts';
import { JAPANESE_CASES } from './ja.ts';
import { KOREAN_CASES } from './ko.ts';
import { NORWEGIAN_CASES } from './nb.ts';
import { DUTCH_CASES } from './nl.ts';
import { CZECH_CASES, FINNISH_CASES, GREEK_CASES, HUNGARIAN_CASES, ROMANIAN_CASES } from './others.ts';
import { POLISH_CASES } from './pl.ts';
import { PORTUGUESE_CASES } from './pt.ts';
import { RUSSIAN_CASES } from './ru.ts';
import { SWEDISH_CASES } from './sv.ts';
import { TURKISH_CASES } from './tr.ts';
import { UKRAINIAN_CASES } from './uk.ts';
import { CHINESE_CASES } from './zh.ts';

/** A text, its sentences, and whether they are the same where the language is unknown. */
export type LanguageCase = {
  readonly text: string;
  readonly sentences: readonly string[];
  readonly isForKnown: boolean;
};

const WITHOUT_SPACES: readonly string[] = ['zh', 'ja'];

function caseOf(line: string, language: string): LanguageCase {
  const isForKnown = line.startsWith('!');
  const sentences = line
    .replace(/^!/u, '')
    .split('|')
    .map((sentence) => sentence.trim());
  return { text: sentences.join(WITHOUT_SPACES.includes(language) ? '' : ' '), sentences, isForKnown };
}

const LINES: Readonly<Record<string, readonly string[]>> = {
  en: ENGLISH_CASES,
  de: GERMAN_CASES,
  fr: FRENCH_CASES,
  es: SPANISH_CASES,
  it: ITALIAN_CASES,
  pt: PORTUGUESE_CASES,
  nl: DUTCH_CASES,
  pl: POLISH_CASES,
  sv: SWEDISH_CASES,
  da: DANISH_CASES,
  nb: NORWEGIAN_CASES,
  ru: RUSSIAN_CASES,
  uk: UKRAINIAN_CASES,
  tr: TURKISH_CASES,
  ar: ARABIC_CASES,
  hi: HINDI_CASES,
  ko: KOREAN_CASES,
  zh: CHINESE_CASES,
  ja: JAPANESE_CASES,
  fi: FINNISH_CASES,
  cs: CZECH_CASES,
  hu: HUNGARIAN_CASES,
  ro: ROMANIAN_CASES,
  el: GREEK_CASES,
};

/** Texts of real use in each language: news, recipes, appointments, addresses, law, quotes, lists, numbers, names. */
export const LANGUAGE_CASES: readonly (readonly [language: string, cases: readonly LanguageCase[]])[] = Object.entries(
  LINES,
).map(([language, lines]) => [language, lines.map((line) => caseOf(line, language))]);
