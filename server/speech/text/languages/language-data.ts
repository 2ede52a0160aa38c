/**
 * What tells the end of a sentence from a full stop inside one, in one language. Each is a list of words between spaces, without their
 * last full stop; in those that have several ("z.B.") the space after an inner stop is left out. Words with a capital match only
 * words with a capital: "Rep. Smith", but not "one more rep."
 *
 * The abbreviations began with the sentence-break suppressions of Unicode CLDR (common/segments, Unicode License v3); Node's
 * `Intl.Segmenter` does not use them (`-u-ss-standard` is dropped, ICU 78), and they do not tell what may end a sentence from what
 * can't.
 */
export type LanguageData = {
  /** Never the last word: a name or something else follows. */
  readonly goesOn: string;
  /** Not the last word when a number follows. */
  readonly number: string;
  /** What follows decides: one of the `starters` begins a sentence, any other word goes on. */
  readonly either: string;
  /** Last before a capital, though they look like initials. */
  readonly ends?: string;
  /** Short names of months and weekdays: not the last word before a number or another one. */
  readonly calendar?: string;
  /** Full names of months and weekdays, and what else follows a time or a day. */
  readonly dates?: string;
  /** A number with a full stop is an ordinal before one of these ... */
  readonly ordinalsBefore?: string;
  /** ... or after one of these, unless one of the `starters` follows. */
  readonly ordinalsAfter?: string;
  /** Roman numerals with a full stop are ordinals unless one of the `starters` follows. */
  readonly hasRomanOrdinals?: boolean;
  /** Dates begin with the year: "2024. 5. 3." */
  readonly isYearFirst?: boolean;
  /** A single letter after one of these is no initial: "vitamin C." */
  readonly labels?: string;
  /** Words that end like this are abbreviations of addresses: "Goethestr." */
  readonly suffixes?: string;
  /** Words that begin sentences far more often than they follow an abbreviation. */
  readonly starters: string;
  /** Those of the above that are ordinary words of other languages: used only when this one is known. */
  readonly local?: string;
};
