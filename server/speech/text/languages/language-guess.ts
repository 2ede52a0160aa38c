import { frequentWords } from './language-rules.ts';

/** So much must speak for a language: 1 for a word of it alone, a half for one that two languages have. */
const LEAST_SCORE = 1.5;
/** And so many times as much as for any other. */
const LEAST_LEAD = 1.5;
/** Longer ones are none of the frequent words. */
const MAX_WORD = 16;
const LETTER = /[\p{L}\p{M}]/u;
/** The same words, and the same abbreviations. */
const TWINS: Readonly<Record<string, string>> = { da: 'nb', nb: 'da' };

let index: ReadonlyMap<string, readonly string[]> | undefined;

function languagesByWord(): ReadonlyMap<string, readonly string[]> {
  if (index !== undefined) return index;
  const map = new Map<string, string[]>();
  for (const [language, words] of frequentWords())
    for (const word of new Set(words)) map.set(word, [...(map.get(word) ?? []), language]);
  index = map;
  return map;
}

/** Tells the language of a text by its most frequent words, as it is read. Scripts that only one language has need no guess. */
export class LanguageGuess {
  readonly #scores = new Map<string, number>();
  #word = '';
  #language: string | undefined;

  /** The language so far; `undefined` while it could be several. */
  get language(): string | undefined {
    return this.#language;
  }

  add(char: string): void {
    if (LETTER.test(char)) {
      if (this.#word.length <= MAX_WORD) this.#word += char;
      return;
    }
    // Single letters are parts of abbreviations.
    if (this.#word.length > 1) this.#count(this.#word.toLowerCase());
    this.#word = '';
  }

  reset(): void {
    this.#scores.clear();
    this.#word = '';
    this.#language = undefined;
  }

  #count(word: string): void {
    const languages = languagesByWord().get(word);
    if (languages === undefined) return;
    for (const language of languages)
      this.#scores.set(language, (this.#scores.get(language) ?? 0) + 1 / languages.length);
    const [best, ...others] = [...this.#scores].toSorted(([, one], [, other]) => other - one);
    if (best === undefined) return;
    const second = others.find(([language]) => language !== TWINS[best[0]])?.[1] ?? 0;
    this.#language = best[1] >= LEAST_SCORE && best[1] >= second * LEAST_LEAD ? best[0] : undefined;
  }
}
