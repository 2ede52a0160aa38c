import { joinsNext } from './sentence-rules.ts';

/** One sentence's bound in UTF-16 code units: about 15 s of speech, so that the first picture is never far away. */
const MAX_LENGTH = 220;
/** A cut leaves at least this much for the next piece: no orphan endings. */
const MIN_TAIL = 30;
/** A clause end is looked for in the last part of what fits; before this share of it a cut would be too early. */
const EARLIEST_CUT = 0.4;

// C0 and C1 controls, zero-width space, word joiner and BOM, bidi marks, embeddings, overrides and isolates, tag characters, non-characters. ZWJ and
// ZWNJ stay: scripts and emoji need them.
const UNSPOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is what it is for
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\u{e0000}-\u{e007f}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: vertical tab and form feed are line ends here
const NEWLINE = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/gu;
const BULLET = /^(?:[-*+•‣◦▪–—]|#{1,6}|>)\s+/u;
const NUMBERED = /^\(?(?:\d{1,3}|\p{L})[.)]\s/u;
const BLOCK_END = /[.!?…:;。!?।॥]["'”’»)\]]*$/u;
/** Unicode does not count the one-character ellipsis as an end; it is one when a capital follows (but for "I"). */
const AFTER_ELLIPSIS = /(?<=…["”’)]?)\s+(?=["“‘(]?\p{Lu})(?!I\b)/u;
const SPEAKABLE = /[\p{L}\p{N}]/u;
const CLAUSE_END = /[,;:—–](?=\s)|[,、;:،؛]|\.{3}(?=\s)|…|\)(?=\s)/gu;

const segmenters = new Map<string, Intl.Segmenter>();
/** Languages come from requests: only so many segmenters are kept. */
const MAX_SEGMENTERS = 32;

function segmenterFor(language: string | undefined): Intl.Segmenter {
  const known = language === undefined ? [] : supported(language);
  const key = known[0] ?? 'en';
  const kept = segmenters.get(key);
  if (kept !== undefined) return kept;
  if (segmenters.size >= MAX_SEGMENTERS) segmenters.clear();
  const made = new Intl.Segmenter(key, { granularity: 'sentence' });
  segmenters.set(key, made);
  return made;
}

function supported(language: string): string[] {
  try {
    return Intl.Segmenter.supportedLocalesOf(language);
  } catch (error) {
    // Not a language tag at all: the default rules do.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Lines that belong together: a line break inside running prose is a space, any other ends a sentence. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let open = false;
  for (const raw of text.split('\n')) {
    const bare = raw.replace(/\s+/gu, ' ').trim();
    const line = bare.replace(BULLET, '');
    const continues = open && line === bare && /^\p{Ll}/u.test(line) && !NUMBERED.test(line);
    if (continues) blocks.push(`${blocks.pop() ?? ''} ${line}`);
    else if (line !== '') blocks.push(line);
    open = line !== '' && !BLOCK_END.test(line);
  }
  return blocks;
}

/** Joins what the segmenter cut apart although the sentence goes on. */
function sentencesOf(block: string, language: string | undefined): string[] {
  const sentences: string[] = [];
  let pending = '';
  let silentStart = '';
  for (const { segment } of segmenterFor(language).segment(block)) {
    if (pending !== '' && joinsNext(pending, segment, language)) {
      pending += segment;
    } else if (SPEAKABLE.test(segment)) {
      if (pending !== '') sentences.push(pending);
      pending = silentStart + segment;
      silentStart = '';
    } else if (pending === '') {
      silentStart += segment;
    } else {
      pending += segment;
    }
  }
  if (pending !== '') sentences.push(pending);
  return sentences.flatMap((sentence) => sentence.trim().split(AFTER_ELLIPSIS));
}

/** The last clause end that leaves both sides long enough, else the last space, else the last whole character. */
function cutBefore(text: string): number {
  const last = Math.min(MAX_LENGTH, text.length - MIN_TAIL);
  const head = text.slice(0, last);
  const first = Math.floor(last * EARLIEST_CUT);
  let clause = 0;
  for (const match of head.matchAll(CLAUSE_END)) clause = match.index + match[0].length;
  if (clause >= first) return clause;
  const space = head.lastIndexOf(' ');
  if (space >= first) return space;
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.slice(0, last + MAX_LENGTH));
  const whole = graphemes.containing(last)?.index ?? last;
  return whole >= first ? whole : last;
}

function withinLength(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_LENGTH) {
    const cut = cutBefore(rest);
    pieces.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  pieces.push(rest);
  return pieces;
}

/** Removes what can't be spoken and must not reach an engine: controls, direction overrides, lone surrogates. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(NEWLINE, '\n').replace(UNSPOKEN, '');
}

/**
 * Splits text into what is spoken as one chunk each: sentences, list items, lines; none longer than 220 code units.
 * Whitespace is collapsed and pieces without a letter or digit are joined to their neighbour, or dropped.
 *
 * @param language - BCP 47 tag; an unknown one is as good as none.
 */
export function splitSentences(text: string, language?: string): string[] {
  return blocksOf(cleanText(text))
    .flatMap((block) => sentencesOf(block, language))
    .flatMap(withinLength)
    .filter((piece) => SPEAKABLE.test(piece));
}
