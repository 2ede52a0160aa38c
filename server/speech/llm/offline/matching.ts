import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FRENCH } from './fr.ts';
import { ITALIAN } from './it.ts';
import type { Intent, LanguagePack, OfflineLanguage } from './pack.ts';

export const PACKS: Readonly<Record<OfflineLanguage, LanguagePack>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  it: ITALIAN,
};

/** Lower case, one space between words, nothing but letters, digits and what sums are made of. */
export const normalized = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’`´]/g, "'")
    .replace(/[^\p{L}\p{M}\p{N}'+*/^=.×÷-]+/gu, ' ')
    .replace(/\.(?!\d)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** What people leave out when they type in haste, left out: accents, apostrophes, hyphens. @param text - Normalized. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/œ/g, 'oe')
    .replace(
      /(?<=\b(?:what|how|who|where|that|it|i|you|u|he|she|there|don|doesn|didn|can|isn|won|today))'(?=[a-z])/g,
      '',
    )
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const isLanguage = (tag: string): tag is OfflineLanguage => Object.hasOwn(PACKS, tag);

/** @param text - Folded. @returns what is asked for, in the language's own words or in English ones. */
export function intentOf(text: string, language: OfflineLanguage): Intent | undefined {
  if (text === '') return 'nothingHeard';
  const rules = language === 'en' ? ENGLISH.rules : [...PACKS[language].rules, ...ENGLISH.rules];
  const fitting = rules.filter(([, rule]) => rule.test(text)).map(([intent]) => intent);
  // "No thanks" is a no before it is a thanks.
  return fitting.find((intent) => intent === 'yes' || intent === 'no') ?? fitting[0];
}

/** Letters that few of the languages have. */
const MARKS: Readonly<Record<OfflineLanguage, RegExp>> = {
  en: /$^/g,
  de: /[äöüß]/g,
  fr: /[êëîïôûçœ]/g,
  es: /[áíóúñ]/g,
  it: /[òìù]/g,
};
const MARK_SCORE = 5;

/** What a question that a language knows speaks for it, in letters of its small words. */
const KNOWN_SCORE = 5;

/**
 * The language asked for; if none was, the one whose small words and questions the text has most of.
 *
 * @param text - Normalized.
 * @returns `undefined` when it could be several.
 */
export function languageOf(tag: string | undefined, text: string): OfflineLanguage | undefined {
  const words = folded(text);
  const primary = tag?.toLowerCase().split(/[-_]/)[0];
  if (primary) return isLanguage(primary) ? primary : 'en';
  const scores = Object.entries(PACKS).map(([name, { telltales, rules, commands }]) => {
    const language = name as OfflineLanguage;
    const isKnown = [commands.spell, commands.count, ...rules.map(([, rule]) => rule)].some((rule) => rule.test(words));
    const small = (words.match(telltales) ?? []).reduce((sum, word) => sum + Math.min(word.length, 4), 0);
    const marks = (text.match(MARKS[language]) ?? []).length * MARK_SCORE;
    // Longer words tell more: "a" is in three of the languages.
    return { language, score: small + marks + (isKnown ? KNOWN_SCORE : 0) };
  });
  const [best, second] = scores.toSorted((a, b) => b.score - a.score);
  return best && best.score > (second?.score ?? 0) ? best.language : undefined;
}
