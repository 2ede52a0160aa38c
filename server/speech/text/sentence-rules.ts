import { abbreviationGoesOn, bare, lastWords, startsSentence } from './abbreviations.ts';
import type { LanguageRules } from './languages/language-rules.ts';
import { numberGoesOn } from './numbers.ts';

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
  /** Whether the sentence is the first one of its block, and the number of the last list item in it. */
  readonly list: { readonly isFirst: boolean; readonly item: number };
  readonly rules: LanguageRules;
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
const LIST_NUMBER = /^\(?(?:(\d{1,3})|[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]|[ivx]{1,5})[.)]$/iu;
const LIST_AFTER_COLON = /:\s\(?\d{1,2}\.$/u;
/** A name that begins small (iPhone, eBay, macOS), or an address. */
const SMALL_NAME = /^(?:\p{Ll}{1,3}\p{Lu}|www\.|https?:)/u;
const MAY_BE_SMALL_NAME = /^(?:\p{Ll}{1,3}|https?)$/u;
/** A letter of a script without capitals: a small Latin letter after it may begin a sentence. */
const UNCASED_END = /(?!\p{Script=Latin})[\p{Lo}\p{M}][^\p{L}]*$/u;
/** A bracket that was opened inside of a sentence and closes without a space after it. */
const CLOSES_INSIDE = /[^(\uff08][(\uff08][^(\uff08]*[)\uff09]$/u;
/** The number of a list item in a script without spaces: "1.鸡蛋2.牛奶" */
const LIST_STEP = /(?<![\d.])\d{1,2}\.$/u;
/** Before a name in a script without spaces: "Dr." */
const LATIN_WORD = /(?<![\p{Script=Latin}.])[\p{Script=Latin}.]+$/u;
/** Japanese particles that go on after a quotation, and what begins like them but does not. */
const PARTICLE = /^(?:と|って|を|の|が|は(?![いじ]))/u;
const MAY_BE_PARTICLE = /^(?:っ|は)$/u;

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
  if (!boundary.isSpaced && UNSPACED.test(after) && CLOSES_INSIDE.test(before)) return 'goesOn';
  if (!FULL_STOP.test(sign) && /[^\p{ASCII}…]/u.test(sign)) return 'ends';
  const lead = /^[^\p{L}\p{N}]*/u.exec(after)?.[0] ?? '';
  const start = after.slice(lead.length);
  if (start === '') return isLast || lead.length > MAX_SIGNS ? 'ends' : 'unknown';
  const isEllipsis = /(?:\.{2,}|…)$/u.test(core);
  if (!boundary.isSpaced) {
    const glued = judgeGlued({ ...boundary, lead, start, isEllipsis, isStop: FULL_STOP.test(sign) });
    if (glued !== undefined) return glued;
  }
  if (isEllipsis) return judgeEllipsis(lead, start, isLast);
  if (!FULL_STOP.test(sign)) return LOWER.test(start) && lead === '' && core !== before ? 'goesOn' : 'ends';
  return judgeStop(boundary, core, { lead, start });
}

/** Who said it often follows in Japanese without a space: 「…。」と言った. */
function afterQuote(before: string, after: string, isLast: boolean): Verdict | undefined {
  if (!/[」』]$/u.test(before)) return undefined;
  if (MAY_BE_PARTICLE.test(after) && !isLast) return 'unknown';
  return PARTICLE.test(after) ? 'goesOn' : undefined;
}

type Glued = Boundary & {
  readonly lead: string;
  readonly start: string;
  readonly isEllipsis: boolean;
  readonly isStop: boolean;
};

/** Without a space, most marks are inside something: 3.14, main.ts, J.R.R., a?b=c. */
function judgeGlued({ before, after, lead, start, isEllipsis, isStop, isLast, rules }: Glued): Verdict | undefined {
  if (LATIN_START.test(after) && ADDRESS.test(lastWord(before))) return 'goesOn';
  if (lead !== '' && !OPENERS.test(lead)) return 'goesOn';
  if (isEllipsis) return CASED.test(start) ? undefined : 'goesOn';
  if (!isStop) return LOWER.test(start) || /^\p{N}/u.test(start) ? 'goesOn' : undefined;
  if (!UNSPACED.test(start) || LIST_STEP.test(before)) return 'goesOn';
  const core = LATIN_WORD.exec(before)?.[0];
  return core !== undefined && abbreviationGoesOn({ core, lead, start, isLast, rules }) ? 'goesOn' : 'ends';
}

function judgeEllipsis(lead: string, start: string, isLast: boolean): Verdict {
  if (LOWER.test(start) || /^\p{N}/u.test(start)) return 'goesOn';
  if (lead === '' && start === 'I' && !isLast) return 'unknown';
  return lead === '' && /^I\b/u.test(start) ? 'goesOn' : 'ends';
}

function judgeStop(boundary: Boundary, core: string, { lead, start }: { lead: string; start: string }): Verdict {
  const { before, isLast, rules } = boundary;
  const stop = { core, lead, start, isLast, rules };
  if (LOWER.test(start) && !SMALL_NAME.test(start) && !UNCASED_END.test(core)) {
    if (MAY_BE_SMALL_NAME.test(start) && !isLast) return 'unknown';
    return isSmallStyle(core) ? verdictOf(smallGoesOn(stop)) : 'goesOn';
  }
  if (isListNumber(boundary)) return 'goesOn';
  if (core !== before && !isInBrackets(core, before.slice(core.length))) return 'ends';
  const number = numberGoesOn(stop);
  return verdictOf(number === 'none' ? abbreviationGoesOn(stop) : number);
}

function verdictOf(goesOn: boolean | undefined): Verdict {
  return goesOn === undefined ? 'unknown' : goesOn ? 'goesOn' : 'ends';
}

/** Everything is in small letters: a small letter may begin a sentence. */
function isSmallStyle(core: string): boolean {
  return !/\p{Lu}/u.test(core) && lastWords(core).length > 1 && /\p{Ll}{2}\.$/u.test(core);
}

function smallGoesOn(stop: Parameters<typeof abbreviationGoesOn>[0]): boolean | undefined {
  const starts = startsSentence(stop);
  return starts === true ? abbreviationGoesOn({ ...stop, isLast: true }) : starts === undefined ? undefined : true;
}

/** "1." at the beginning of a block, after a colon, or where the item before it had the number before. */
function isListNumber({ before, list }: Boundary): boolean {
  if (LIST_AFTER_COLON.test(before)) return true;
  const match = LIST_NUMBER.exec(before);
  if (match === null) return false;
  const number = Number(match[1]);
  return list.isFirst || Number.isNaN(number) || number === 1 || number === list.item + 1;
}

/** Whether an abbreviation ends what is in brackets or quotes, inside of a sentence: "(bzw.)", "U.S." in quotes. */
function isInBrackets(core: string, closers: string): boolean {
  const word = core.slice(core.lastIndexOf(' ') + 1);
  if (bare(word) !== word) return core.length > word.length;
  return /^[)\]]+$/u.test(closers) && Math.max(core.lastIndexOf('('), core.lastIndexOf('[')) > 0;
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}
