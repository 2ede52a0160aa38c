/** One sentence's bound in {@link weightOf}: about 15 s of speech, so that the first picture is never far away. */
export const MAX_WEIGHT = 220;
/** A cut leaves at least this much for the next piece: no orphan endings. */
export const MIN_TAIL = 30;
/** A clause end is looked for in the last part of what fits; before this share of it a cut would be too early. */
const EARLIEST_CUT = 0.4;

const CLAUSE_END = /[,;:—–](?=\s)|[\uff0c、\uff1b\uff1a،؛]|\.{3}(?=\s)|…|\)(?=\s)/gu;
/** One of these is about a syllable, and a syllable is about three letters. */
const SYLLABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const SYLLABLE_WEIGHT = 3;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How long a character takes to say, in letters of alphabetic writing (one per UTF-16 code unit). */
export function weightOf(char: string): number {
  return char > '\u1100' && SYLLABLE.test(char) ? SYLLABLE_WEIGHT : char.length;
}

export function weigh(text: string): number {
  let weight = 0;
  for (const char of text) weight += weightOf(char);
  return weight;
}

/** The index up to which text weighs no more than a bound. */
function indexAt(text: string, bound: number): number {
  let weight = 0;
  let index = 0;
  for (const char of text) {
    weight += weightOf(char);
    if (weight > bound) break;
    index += char.length;
  }
  return index;
}

/** The last clause end that leaves both sides long enough, else the last space, else the last whole character. */
function cutOf(text: string, weight: number): number {
  const last = indexAt(text, Math.min(MAX_WEIGHT, weight - MIN_TAIL));
  const head = text.slice(0, last);
  const first = Math.floor(last * EARLIEST_CUT);
  let clause = 0;
  for (const match of head.matchAll(CLAUSE_END)) clause = match.index + match[0].length;
  if (clause >= first) return clause;
  const space = head.lastIndexOf(' ');
  if (space >= first) return space;
  const whole = graphemes.segment(text).containing(last)?.index ?? last;
  return whole >= first ? whole : last;
}

/** Cuts off the front of text that is heavier than {@link MAX_WEIGHT}: what to say now, and the rest. */
export function cutFront(text: string, weight: number): [front: string, rest: string] {
  const cut = cutOf(text, weight);
  return [text.slice(0, cut).trim(), text.slice(cut).trim()];
}
