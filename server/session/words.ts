import { CUE_CHARACTERS } from '../playlist/webvtt.ts';
import type { TimedWord } from './chunk-date-range.ts';
import type { WordTime } from './types.ts';

/** Ends of clauses: good places to end a phrase. */
const CLAUSE_END = /[\p{Po}\p{Pd}\p{Pe}\p{Pf}]\s*$/u;
/** What ending a phrase in the middle of a clause costs, against one that is empty. */
const MID_CLAUSE = 0.25;

/**
 * Words with what lies between them, so that all of them together are `text`; times in ms that never go back.
 *
 * @returns `undefined` when these are not the words of the text.
 */
export function alignWords(text: string, words: readonly WordTime[] | undefined): readonly TimedWord[] | undefined {
  const starts: number[] = [];
  const spoken = words?.filter((word) => word.text.trim() !== '') ?? [];
  let at = 0;
  for (const word of spoken) {
    const found = text.indexOf(word.text.trim(), at);
    if (found < 0 || !Number.isFinite(word.start) || !Number.isFinite(word.end)) return undefined;
    starts.push(found);
    at = found + word.text.trim().length;
  }
  let startMs = 0;
  let endMs = 0;
  const aligned = spoken.map((word, index) => {
    startMs = Math.max(startMs, word.start * 1000);
    endMs = Math.max(startMs, endMs, word.end * 1000);
    const from = index === 0 ? 0 : starts[index];
    return { text: text.slice(from, starts[index + 1] ?? text.length), startMs, endMs };
  });
  return aligned.length > 0 ? aligned : undefined;
}

/**
 * How much of a text is said, in UTF-16 code units, with the space behind it: whole words, by their times or else by share of time.
 *
 * @param ms - Time into the text, of `totalMs`.
 */
export function spokenLength(
  text: string,
  words: readonly TimedWord[] | undefined,
  ms: number,
  totalMs: number,
): number {
  if (ms >= totalMs) return text.length;
  if (words) {
    // Frames and words are told in different units: a word that ends with the frame has been said.
    const said = words.filter((word) => word.endMs <= ms + 1);
    return said.reduce((sum, word) => sum + word.text.length, 0);
  }
  const limit = (text.length * ms) / totalMs;
  let length = 0;
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    if (index + segment.length > limit) break;
    length = index + segment.length;
  }
  return length + (/^[\p{P}\s]*(?:\s|$)/u.exec(text.slice(length))?.[0].length ?? 0);
}

/** Words in groups that fit into a cue each, of about the same length, and ending with a clause where possible. */
export function phrases(words: readonly TimedWord[]): (readonly TimedWord[])[] {
  /** For each number of words: the cheapest way to have them in phrases, and where its last phrase begins. */
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= words.length; end++) best.push(bestPhrase(words, end, best));
  const found: (readonly TimedWord[])[] = [];
  for (let end = words.length; end > 0; ) {
    const from = best[end]?.from ?? 0;
    found.unshift(words.slice(from, end));
    end = from;
  }
  return found;
}

function bestPhrase(
  words: readonly TimedWord[],
  end: number,
  best: readonly { readonly cost: number }[],
): { cost: number; from: number } {
  const ends = end === words.length || CLAUSE_END.test(words[end - 1]?.text ?? '') ? 0 : MID_CLAUSE;
  let found = { cost: Number.POSITIVE_INFINITY, from: end - 1 };
  let characters = -((words[end - 1]?.text ?? '').length - (words[end - 1]?.text ?? '').trimEnd().length);
  for (let from = end - 1; from >= 0; from--) {
    characters += words[from]?.text.length ?? 0;
    if (characters > CUE_CHARACTERS && from < end - 1) break;
    const empty = Math.max(0, 1 - characters / CUE_CHARACTERS);
    const cost = (best[from]?.cost ?? 0) + 1 + empty * empty + ends;
    if (cost < found.cost) found = { cost, from };
  }
  return found;
}
