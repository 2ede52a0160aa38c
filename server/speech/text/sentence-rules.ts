import { abbreviationGoesOn } from './abbreviations.ts';

/** A place after a stop where a sentence may end. */
export type Boundary = {
  /** The sentence up to its stop, with what closes after it. */
  readonly before: string;
  /** What follows as far as it is known, from its first character that is no space. */
  readonly after: string;
  /** Whether there is space in between. */
  readonly isSpaced: boolean;
  /** Nothing follows after `after`. */
  readonly isLast: boolean;
  readonly language: string | undefined;
};

/** `unknown`: what follows decides, and is not known far enough. Whatever follows can't change another verdict. */
export type Verdict = 'ends' | 'goesOn' | 'unknown';

/** So many signs in a row are not the beginning of anything. */
const MAX_SIGNS = 16;

/** Marks that may also be inside a sentence: what follows decides. */
const FULL_STOP = /[.\u2024\ufe52\uff0e]/u;
const CLOSERS = /["'\p{Pe}\p{Pf}\p{Pi}]+$/u;
/** Unicode's SContinue (UAX 29): a sentence goes on with these. */
const CONTINUES = /^[,:;\-–—՝،؛、\uff0c\uff1a\uff1b\uff0d]/u;
/** A negative number, a smiley. */
const BEGINS = /^(?:[-–]\p{N}|[:;]-?[()DP])/u;
const MAY_BEGIN = /^(?:[-–]|[:;]-?)$/u;
const OPENERS = /^[\p{Ps}“‘«‹¿¡]+$/u;
/** Georgian has small letters only, whatever Unicode calls them. */
const LOWER = /^(?!\p{Script=Georgian})\p{Ll}/u;
const CASED = /^(?:\p{Lu}|\p{Ll}|\p{Lt})/u;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Web and mail addresses, versions and file names: a mark inside them ends nothing. */
const ADDRESS = /(?:https?:\/\/|www\.|\w@\w|\w\.\w+\/)\S*$/iu;
const LATIN_START = /^["'“‘(]?[\p{Script=Latin}\p{N}/&=_-]/u;
const LIST_NUMBER = /^\(?(?:\d{1,3}|\p{L}|[ivx]{1,5})[.)]$/iu;
const LIST_AFTER_COLON = /:\s\(?\d{1,2}\.$/u;
const ORDINAL = /^\d{1,2}\.$/u;

export function isLowercase(text: string): boolean {
  return LOWER.test(text);
}

/** Tells whether a sentence ends at a stop. */
export function judge(boundary: Boundary): Verdict {
  const { before, after, isLast } = boundary;
  if (after === '') return isLast ? 'ends' : 'unknown';
  const core = before.replace(CLOSERS, '');
  const sign = core.at(-1) ?? '';
  if (CONTINUES.test(after) && !BEGINS.test(after)) return MAY_BEGIN.test(after) && !isLast ? 'unknown' : 'goesOn';
  const quoted = afterQuote(before, after, isLast);
  if (quoted !== undefined) return quoted;
  if (!FULL_STOP.test(sign) && /[^\p{ASCII}…]/u.test(sign)) return 'ends';
  const lead = /^[^\p{L}\p{N}]*/u.exec(after)?.[0] ?? '';
  const start = after.slice(lead.length);
  if (start === '') return isLast || lead.length > MAX_SIGNS ? 'ends' : 'unknown';
  const isEllipsis = /(?:\.{2,}|…)$/u.test(core);
  if (!boundary.isSpaced) {
    const glued = judgeGlued({ before, after, lead, start, isEllipsis, isStop: FULL_STOP.test(sign) });
    if (glued !== undefined) return glued;
  }
  if (isEllipsis) return judgeEllipsis(lead, start, isLast);
  if (!FULL_STOP.test(sign)) return LOWER.test(start) && lead === '' && core !== before ? 'goesOn' : 'ends';
  return judgeStop(boundary, lead, start);
}

/** Who said it often follows in Japanese without a space: 「…。」と言った. */
function afterQuote(before: string, after: string, isLast: boolean): Verdict | undefined {
  if (!/[」』]$/u.test(before)) return undefined;
  if (/^(?:と|って|を)/u.test(after)) return 'goesOn';
  return after === 'っ' && !isLast ? 'unknown' : undefined;
}

type Glued = {
  readonly before: string;
  readonly after: string;
  readonly lead: string;
  readonly start: string;
  readonly isEllipsis: boolean;
  readonly isStop: boolean;
};

/** Without a space, most marks are inside something: 3.14, main.ts, J.R.R., a?b=c. */
function judgeGlued({ before, after, lead, start, isEllipsis, isStop }: Glued): Verdict | undefined {
  if (LATIN_START.test(after) && ADDRESS.test(lastWord(before))) return 'goesOn';
  if (lead !== '' && !OPENERS.test(lead)) return 'goesOn';
  if (isEllipsis) return CASED.test(start) ? undefined : 'goesOn';
  if (isStop) return UNSPACED.test(start) ? 'ends' : 'goesOn';
  return LOWER.test(start) || /^\p{N}/u.test(start) ? 'goesOn' : undefined;
}

function judgeEllipsis(lead: string, start: string, isLast: boolean): Verdict {
  if (LOWER.test(start) || /^\p{N}/u.test(start)) return 'goesOn';
  if (lead === '' && start === 'I' && !isLast) return 'unknown';
  return lead === '' && /^I\b/u.test(start) ? 'goesOn' : 'ends';
}

function judgeStop({ before, isLast, language }: Boundary, lead: string, start: string): Verdict {
  if (LOWER.test(start)) return 'goesOn';
  if (LIST_NUMBER.test(before) || LIST_AFTER_COLON.test(before)) return 'goesOn';
  const word = lastWord(before);
  if (language?.toLowerCase().startsWith('de') && ORDINAL.test(word)) return /^\p{Lu}/u.test(start) ? 'goesOn' : 'ends';
  if (!word.endsWith('.')) return 'ends';
  const goesOn = abbreviationGoesOn(word, lead === '' ? start : lead, isLast);
  return goesOn === undefined ? 'unknown' : goesOn ? 'goesOn' : 'ends';
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}
