import type { DateRange } from '../playlist/types.ts';

/**
 * What an EXT-X-DATERANGE says of a chunk, for players that show a transcript. One per chunk, listed with the chunk's first part:
 *
 *     #EXT-X-DATERANGE:ID="k3v9",CLASS="throughline.chunk",START-DATE="2026-11-20T12:00:04.000Z",DURATION=2.4,PLANNED-DURATION=2.4,
 *       X-TURN="t1",X-INDEX=0,X-TEXT="Hello there, friend.",X-WORDS="6:0:310 7:310:640 7:640:1100"      (one line)
 *
 * | attribute          | is                                                                                                     |
 * |--------------------|--------------------------------------------------------------------------------------------------------|
 * | `ID`               | the chunk's id; `<id>.2`, `<id>.3`... for what follows after filler had to come between                |
 * | `START-DATE`       | EXT-X-PROGRAM-DATE-TIME of its first frame: hls.js gives its media time (`dateRange.startTime`)        |
 * | `PLANNED-DURATION` | how long it is as a whole, in seconds; always there                                                    |
 * | `DURATION`         | how long it was on air, in seconds: once it has ended, or was cut short (then it is the smaller one)   |
 * | `X-TURN`           | the turn it belongs to; absent without one; percent-encoded as `X-TEXT` is                             |
 * | `X-INDEX`          | its place in the turn, from 0 (a number, without quotes)                                               |
 * | `X-TEXT`           | what is said, percent-encoded as far as a playlist needs it: `decodeURIComponent` gives it back. Bounded: see `MAX_TEXT_CHARACTERS`. Absent without a text. In `<id>.2`, only what was not said before |
 * | `X-WORDS`          | when each word is said, if that is known: see `parseWords`. Absent otherwise                           |
 *
 * Attributes that are there never change; only `DURATION` is added.
 */
export type ChunkOnAir = {
  readonly id: string;
  readonly turn?: string;
  readonly index: number;
  readonly text: string;
  readonly words?: readonly TimedWord[];
  readonly startDate: Date;
  /** In seconds. */
  readonly plannedDuration: number;
  /** In seconds, once it has ended. */
  readonly duration?: number;
};

/** A word with what separates it from the next one: all of them together are the text. In ms from the start of the range. */
export type TimedWord = { readonly text: string; readonly startMs: number; readonly endMs: number };

export const CHUNK_CLASS = 'throughline.chunk';
/** A sentence is 80 to 200 characters; a page of text is no use in a playlist that is fetched several times a second. */
const MAX_TEXT_CHARACTERS = 1_000;
/** ffmpeg reads lines of 4,095 bytes and takes what is left for a line of its own. The rest of the line is below 900 bytes. */
const MAX_TEXT_BYTES = 2_000;
const MAX_WORDS_BYTES = 1_100;
/** A turn's name has 128 characters at most; as UTF-8 and percent-encoded it might be longer than all else. */
const MAX_NAME_BYTES = 400;

/**
 * What would end the attribute or the line (RFC 8216bis 4.1, 4.2), what would be taken for a variable (4.3, `{$name}`), what is
 * invisible or turns text around, and the escape character itself.
 */
const UNSAFE = /["%{\p{C}\p{Zl}\p{Zp}]/gu;

/** EXT-X-DATERANGE of a chunk. */
export function chunkDateRange(chunk: ChunkOnAir): DateRange {
  const { id, turn, index, text, words, startDate, plannedDuration, duration } = chunk;
  const kept = fitting(text, MAX_TEXT_BYTES, MAX_TEXT_CHARACTERS);
  const timed = words && formatWords(words, kept.length);
  return {
    id,
    className: CHUNK_CLASS,
    startDate,
    plannedDuration,
    ...(duration !== undefined && { duration }),
    attributes: {
      ...(turn !== undefined && { 'X-TURN': encodeText(fitting(turn, MAX_NAME_BYTES)) }),
      'X-INDEX': index,
      ...(kept !== '' && { 'X-TEXT': encodeText(kept) }),
      ...(timed && { 'X-WORDS': timed }),
    },
  };
}

/**
 * Text as a quoted-string of a playlist can carry it; `decodeURIComponent` is the inverse (half a surrogate pair becomes U+FFFD).
 * Most texts come out as they are.
 */
export function encodeText(text: string): string {
  const encoded = text.toWellFormed().replace(UNSAFE, encodeURIComponent);
  // RFC 8216bis 4.1: a playlist is normalized (NFC). What is not, travels as bytes.
  return encoded === encoded.normalize('NFC') ? encoded : encoded.replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}

/** `X-WORDS`: `<characters>:<startMs>:<endMs>` for each word, separated by spaces. Words that do not fit are left out at the end. */
function formatWords(words: readonly TimedWord[], maxCharacters: number): string {
  let list = '';
  let characters = 0;
  for (const { text, startMs, endMs } of words) {
    characters += text.length;
    const entry = `${list === '' ? '' : ' '}${text.length}:${Math.round(startMs)}:${Math.round(endMs)}`;
    if (characters > maxCharacters || list.length + entry.length > MAX_WORDS_BYTES) break;
    list += entry;
  }
  return list;
}

/**
 * Reads `X-WORDS`, the inverse of how it is written. Each entry is `<characters>:<startMs>:<endMs>`: how many characters of the
 * decoded `X-TEXT` the word takes (UTF-16 code units, with the space behind it), and when it is said, in ms from the start of the
 * date range. The words follow each other from the start of the text; a very long text may have untimed words at its end.
 *
 * @param text - `X-TEXT`, decoded.
 */
export function parseWords(text: string, attribute: string | undefined): TimedWord[] {
  let from = 0;
  return (attribute ?? '').split(' ').flatMap((entry) => {
    const match = /^(\d+):(\d+):(\d+)$/.exec(entry);
    if (!match) return [];
    const start = from;
    from += Number(match[1]);
    return [{ text: text.slice(start, from), startMs: Number(match[2]), endMs: Number(match[3]) }];
  });
}

/** The start of a text, as far as it fits; characters are not cut in half. */
function fitting(text: string, maxBytes: number, maxCharacters = Number.POSITIVE_INFINITY): string {
  // Three bytes of UTF-8 at most per UTF-16 unit, each three characters when percent-encoded.
  if (text.length <= maxCharacters && text.length * 9 <= maxBytes) return text;
  if (text.length <= maxCharacters && Buffer.byteLength(encodeText(text)) <= maxBytes) return text;
  let low = 0;
  let high = Math.min(text.length, maxCharacters);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (Buffer.byteLength(encodeText(text.slice(0, middle))) <= maxBytes) low = middle;
    else high = middle - 1;
  }
  return /[\ud800-\udbff]$/.test(text.slice(0, low)) ? text.slice(0, low - 1) : text.slice(0, low);
}
