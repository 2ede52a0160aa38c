import { spokenLength } from './spoken-length.ts';
import type { Unit } from './spread.ts';

/** A word of a text as it is shown. */
export type Token = {
  /** With the punctuation around it and the space after it: all tokens joined by '' are the text. */
  readonly text: string;
  /** About how long it takes to say, as `spokenLength` has it; only proportions count. */
  readonly length: number;
};

/** Scripts that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const OPENING = /^[\p{Ps}\p{Pi}¿¡"'*_]+$/u;

/** Pieces of one run without spaces: words where its script has none between them, otherwise the run as it is. */
function pieces(run: string): string[] {
  return UNSPACED.test(run) ? Array.from(segmenter.segment(run), ({ segment }) => segment) : [run];
}

/** Splits text into what is said: each token holds exactly one word, and joining all by '' gives the text back. */
export function tokensOf(text: string): Token[] {
  const tokens: { text: string; length: number }[] = [];
  // What stands before the word it belongs to: opening marks, or anything unsaid at the very start.
  let before = '';
  for (const piece of (text.match(/\s+|\S+/gu) ?? []).flatMap(pieces)) {
    const length = spokenLength(piece);
    const last = tokens.at(-1);
    if (length > 0) {
      tokens.push({ text: before + piece, length });
      before = '';
    } else if (last === undefined || before !== '' || OPENING.test(piece)) before += piece;
    else last.text += piece;
  }
  const last = tokens.at(-1);
  if (last !== undefined) last.text += before;
  else if (text !== '') tokens.push({ text, length: 1 });
  return tokens;
}

const SENTENCE_END = /[.!?…。！？।]["'”’»)\]]*\s*$/u;
const PHRASE_END = /[,;:—–،、，；：]["'”’»)\]]*\s*$/u;

/** What punctuation asks for after a token: 2 the pause of a sentence's end, 1 a comma's, 0 none. */
export function pauseAfter(token: string): Unit['pause'] {
  if (SENTENCE_END.test(token)) return 2;
  return PHRASE_END.test(token) || /\s[-–—]\s*$/u.test(token) ? 1 : 0;
}
