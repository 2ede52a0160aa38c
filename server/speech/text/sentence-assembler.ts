import { LEFT_OUT } from './characters.ts';
import { LanguageGuess } from './languages/language-guess.ts';
import { hasRules, type LanguageRules, rulesFor } from './languages/language-rules.ts';
import { cutFront, MAX_WEIGHT, MIN_TAIL, weigh, weightOf } from './length-cut.ts';
import { QuoteMarks } from './quote-marks.ts';
import { judge } from './sentence-rules.ts';

/** Where the characters of speech go. */
export type SpeechSink = {
  /** Takes one character (code point) of the block. */
  add(char: string): void;
  /** The block ends here: a sentence doesn't go on after it. */
  endBlock(): void;
  /** Whether the block has ended with a stop or a colon, so that a new line is no part of it. */
  readonly isClosed: boolean;
};

const SPEAKABLE = /[\p{L}\p{N}]/u;
const SPACE = /\s/u;
const LETTER = /\p{L}/u;
const STOP = /[\p{Sentence_Terminal}…]/u;
const BLOCK_END = /[\p{Sentence_Terminal}…:\uff1a;\uff1b]["'”’“»«)\]」』\uff09]*$/u;
/** Signs that no space is made before, when a picture stood there. */
const NO_GAP_BEFORE = /[.,!?;:)\]…]/u;
const GUILLEMET = /[«»‹›]/u;
/** What closes a block is looked for in so many characters at its end. */
const BLOCK_END_REACH = 16;
/** A sentence whose end is undecided for so long has none there. */
const MAX_UNDECIDED = 2 * MAX_WEIGHT;

/**
 * Makes sentences of characters. It takes them one by one and decides by those it has: how text arrives can't make
 * a difference. It never holds more than {@link MAX_UNDECIDED} characters and one.
 */
export class SentenceAssembler implements SpeechSink {
  readonly #give: (sentence: string) => void;
  readonly #language: string | undefined;
  readonly #guess = new LanguageGuess();
  readonly #isGreek: boolean;
  readonly #quotes = new QuoteMarks();
  /** The sentence so far, with what follows its possible end. */
  #text = '';
  #weight = 0;
  /** Where in `#text` the sentence may end; 0 for nowhere. */
  #end = 0;
  #isSpeakable = false;
  #gap: 'none' | 'space' | 'leftOut' = 'none';
  /** The block has no whole sentence yet. */
  #isFirst = true;
  /** The number of the last list item of the block; 0 before one. */
  #item = 0;
  /** The last letter, which tells the script. */
  #letter = '';

  constructor(give: (sentence: string) => void, language: string | undefined) {
    this.#give = give;
    this.#language = hasRules(language) ? language : undefined;
    this.#isGreek = language?.toLowerCase().split('-')[0] === 'el';
  }

  get isClosed(): boolean {
    return BLOCK_END.test(this.#text.slice(-BLOCK_END_REACH));
  }

  get #rules(): LanguageRules {
    return rulesFor(this.#language ?? this.#guess.language);
  }

  add(char: string): void {
    if (this.#language === undefined) this.#guess.add(char);
    if (char === LEFT_OUT) this.#gap = 'leftOut';
    else if (!SPACE.test(char)) {
      const isSpaced =
        this.#gap !== 'none' && this.#text !== '' && !(this.#gap === 'leftOut' && NO_GAP_BEFORE.test(char));
      this.#gap = 'none';
      this.#put(char, isSpaced, this.#quotes.see(char));
    } else if (this.#gap === 'none') this.#endWord();
  }

  endBlock(): void {
    while (this.#end > 0) this.#judge(true);
    this.#release(this.#text);
    this.#begin('');
    this.#quotes.reset();
    this.#gap = 'none';
    this.#isFirst = true;
    this.#item = 0;
    this.#letter = '';
  }

  /** The end of the word after a possible end may be all that the decision needs. */
  #endWord(): void {
    if (this.#end > 0 && this.#text.length > this.#end) this.#judge(false, ' ');
    this.#gap = 'space';
  }

  #begin(text: string): void {
    this.#text = text;
    this.#weight = weigh(text);
    this.#isSpeakable = SPEAKABLE.test(text);
    this.#end = 0;
  }

  #put(char: string, isSpaced: boolean, closes: boolean): void {
    const isCandidate = this.#end > 0;
    const isGlued = !isSpaced && this.#text.length === this.#end;
    this.#text += isSpaced ? ` ${char}` : char;
    this.#weight += weightOf(char) + (isSpaced ? 1 : 0);
    if (!isCandidate) this.#goOn(char);
    else if (this.#belongsToEnd(char, isSpaced, isGlued, closes)) this.#end = this.#text.length;
    else this.#judge(false);
    if (this.#text.length > MAX_UNDECIDED) this.#end = 0;
    if (this.#end === 0) this.#cut();
  }

  #goOn(char: string): void {
    this.#isSpeakable ||= SPEAKABLE.test(char);
    if (LETTER.test(char)) this.#letter = char;
    if (this.#isSpeakable && this.#isStop(char)) this.#end = this.#text.length;
  }

  /** A Greek question mark is a semicolon, and a bar is what keyboards have for a danda. */
  #isStop(char: string): boolean {
    if (char === ';') return this.#isGreek || /\p{Script=Greek}/u.test(this.#letter);
    return STOP.test(char) || (char === '|' && /\p{Script=Devanagari}/u.test(this.#letter));
  }

  #belongsToEnd(char: string, isSpaced: boolean, isGlued: boolean, closes: boolean): boolean {
    if (isGlued) return closes || this.#isStop(char) || (char === '"' && /[.!?]$/u.test(this.#text.slice(0, -1)));
    // "Quoi ? !" and "« Oui. »" have a space there.
    const isNext = isSpaced && this.#text.length === this.#end + 1 + char.length;
    return isNext && (char === '!' || char === '?' || (closes && GUILLEMET.test(char)));
  }

  #judge(isLast: boolean, space = ''): void {
    const before = this.#text.slice(0, this.#end);
    const rest = this.#text.slice(this.#end);
    const start = rest.trimStart();
    const after = start + space;
    const isSpaced = start !== rest;
    const list = { isFirst: this.#isFirst, item: this.#item };
    const verdict = judge({ before, after, isSpaced, isLast, list, rules: this.#rules });
    if (verdict === 'unknown') return;
    if (verdict === 'ends') {
      this.#release(before);
      this.#begin('');
      this.#isFirst = false;
      this.#item = lastItemOf(before) ?? this.#item;
    } else {
      this.#text = before;
      this.#weight -= weigh(rest);
      this.#end = 0;
    }
    let hasGap = isSpaced && verdict === 'goesOn';
    for (const char of after) {
      if (char !== ' ') this.#put(char, hasGap, false);
      hasGap = char === ' ';
    }
  }

  #cut(): void {
    while (this.#weight >= MAX_WEIGHT + MIN_TAIL) {
      const [front, rest] = cutFront(this.#text, this.#weight);
      this.#offer(front);
      this.#begin(rest);
    }
  }

  #release(sentence: string): void {
    let rest = sentence.trim();
    for (let weight = weigh(rest); weight > MAX_WEIGHT; weight = weigh(rest)) {
      const [front, after] = cutFront(rest, weight);
      this.#offer(front);
      rest = after;
    }
    this.#offer(rest);
  }

  #offer(piece: string): void {
    if (SPEAKABLE.test(piece)) this.#give(piece);
  }
}

/** The number of the last list item in a sentence: 3 in "2. Eggs 3. Milk." */
function lastItemOf(sentence: string): number | undefined {
  const numbers = Array.from(sentence.matchAll(/(?:^|\s)\(?(\d{1,3})[.)]\s/gu), ([, digits]) => Number(digits));
  return numbers.at(-1);
}
