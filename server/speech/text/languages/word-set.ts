/** What is known of a word that may not be whole yet. */
export type Membership = 'in' | 'out' | 'unknown';

/**
 * A set of words. Words in small letters match in any case but all capitals ("BV" is not "bv."); words with a capital only as they are.
 */
export class WordSet {
  readonly #words: ReadonlySet<string>;
  /** Every beginning of every word, in small letters: tells early that a word is none of them. */
  readonly #beginnings: ReadonlySet<string>;

  constructor(words: readonly string[]) {
    this.#words = new Set(words.map((word) => (/^\p{Ll}/u.test(word) ? word.toLowerCase() : word)));
    this.#beginnings = new Set(
      words.flatMap((word) => Array.from(word, (_, index) => word.slice(0, index + 1).toLowerCase())),
    );
  }

  /** @param isShouting - All around is in capitals, too. */
  has(word: string, isShouting = false): boolean {
    if (this.#words.has(word)) return true;
    const small = word.toLowerCase();
    const isCapitals = /\p{Lu}{2}/u.test(word) && word === word.toUpperCase();
    if (!isCapitals) return this.#words.has(small);
    return isShouting && (this.#words.has(small) || this.#words.has(word.slice(0, 1) + small.slice(1)));
  }

  /** @param isWhole - Nothing is to be added to the word. */
  test(word: string, isWhole: boolean): Membership {
    if (isWhole) return this.has(word) ? 'in' : 'out';
    return this.#beginnings.has(word.toLowerCase()) ? 'unknown' : 'out';
  }
}
