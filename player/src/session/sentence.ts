import type { ChunkRange } from './chunk-range.ts';

/** What a viewer sees of one sentence. */
export type Phase = 'queued' | 'speaking' | 'said' | 'cut' | 'failed' | 'dropped';

/** One sentence. Dates are program date times, in milliseconds since the epoch. */
export type Sentence = {
  /** Stable for the sentence's life. */
  readonly key: string;
  /** Place in its turn. */
  readonly index: number;
  readonly text: string;
  readonly outcome: 'queued' | 'published' | 'failed' | 'dropped';
  /** Why it failed. */
  readonly reason?: string;
  /** When it is on screen as a whole, as its event says. */
  readonly published?: { readonly startMs: number; readonly endMs: number };
  /** When it is on screen and how far, as the playlist says: better than `published`. Usually one, in order of time. */
  readonly ranges: readonly ChunkRange[];
  /** Cut off there by an interruption. */
  readonly cutMs?: number;
  /** The part of its text that was said before the cut, in whole words, as the server counts it. */
  readonly said?: string;
};

/** Half a frame: a date that rounds is on its side of a boundary. */
const ROUNDING_MS = 1;

/** When the sentence is on screen; undefined while that is not known. */
export function screenTime({ ranges, published, cutMs }: Sentence): { startMs: number; endMs: number } | undefined {
  const first = ranges[0] ?? published;
  const last = ranges.at(-1) ?? published;
  if (first === undefined || last === undefined) {
    return undefined;
  }
  return { startMs: first.startMs, endMs: Math.min(last.endMs, cutMs ?? Number.POSITIVE_INFINITY) };
}

/** @param dateMs - Program date time of what is on screen; undefined while it is not known. */
export function phaseAt(sentence: Sentence, dateMs: number | undefined): Phase {
  const { outcome, cutMs } = sentence;
  const time = screenTime(sentence);
  if (outcome === 'failed' || outcome === 'dropped') {
    return outcome;
  }
  if (time === undefined || dateMs === undefined || dateMs < time.startMs - ROUNDING_MS) {
    return 'queued';
  }
  if (dateMs < time.endMs) {
    return 'speaking';
  }
  return cutMs === undefined ? 'said' : 'cut';
}

/**
 * How many characters of the sentence have been heard: word by word where the stream tells when each is said, else all of it as
 * soon as it begins; of one that was cut, never more than was said.
 */
export function heardCharacters(sentence: Sentence, dateMs: number | undefined): number {
  const { text, said } = sentence;
  const phase = phaseAt(sentence, dateMs);
  const end = said !== undefined && text.startsWith(said) ? said.length : text.length;
  if (phase === 'queued' || phase === 'dropped' || dateMs === undefined) {
    return 0;
  }
  // A session that is opened later has no words of what its playlist lists no more.
  return phase === 'said' || (phase === 'cut' && said !== undefined) ? end : Math.min(end, spokenAt(sentence, dateMs));
}

function spokenAt({ text, ranges, cutMs }: Sentence, dateMs: number): number {
  if (ranges.length === 0) {
    return text.length;
  }
  const nowMs = Math.min(dateMs, cutMs ?? dateMs);
  let heard = 0;
  for (const range of ranges) {
    if (range.startMs <= nowMs + ROUNDING_MS) {
      heard = offsetIn(text, range) + heardOf(range, nowMs);
    }
  }
  return heard;
}

function heardOf({ text, words, endMs }: ChunkRange, nowMs: number): number {
  // What would have been said after the end was cut off, or comes in the range that goes on.
  return words.length === 0 ? text.length : (words.findLast(({ atMs }) => atMs <= nowMs && atMs < endMs)?.until ?? 0);
}

/** What goes on after a pause is the end of the sentence. */
function offsetIn(text: string, range: ChunkRange): number {
  return text.startsWith(range.text) ? 0 : Math.max(0, text.lastIndexOf(range.text));
}
