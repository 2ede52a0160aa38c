/** A cue of a WebVTT file (W3C WebVTT 3.1). Times in milliseconds. */
export type Cue = {
  /** The same in each segment that repeats the cue: players show it once. */
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** As it is to be read: no markup. */
  readonly text: string;
};

/** What fits into a line, and into the two lines that a cue should have (Netflix and BBC guidelines: 37 to 42). */
const LINE_CHARACTERS = 42;
export const CUE_CHARACTERS = 2 * LINE_CHARACTERS;

/**
 * RFC 8216bis 3.1.4: cue times are media times, for `tfdt` starts at 0. The map says so at 1 ms and not at 0 because hls.js 1.7
 * takes an offset of 0 between the map and the media for none at all: it then shifts the cues behind a discontinuity by where that
 * begins, and places those of a viewer who joins late before it knows where the media lies. No frame but the first begins at 1 ms.
 * MPEGTS has 33 bits; a session of more than 26.5 h runs past them. Cue times don't wrap, and neither does the map: hls.js takes
 * off what is more than half a turn away from the segment, and a player that computes with 64 bits sees times that match `tfdt`.
 */
const TIMESTAMP_MAP = 'X-TIMESTAMP-MAP=MPEGTS:90,LOCAL:00:00:00.001\n';

/**
 * Text of a WebVTT file. Cues without a text to show are left out.
 *
 * @param options.segment - The file is a media segment of a subtitles rendition: its header maps cue times to the media's.
 */
export function renderWebVtt(cues: readonly Cue[], options?: { segment?: boolean }): string {
  return `WEBVTT\n${options?.segment === true ? TIMESTAMP_MAP : ''}\n${cues.map(cueBlock).join('')}`;
}

function cueBlock({ id, startMs, endMs, text }: Cue): string {
  const lines = cueText(text);
  if (lines === '') return '';
  const start = Math.round(startMs);
  // A cue ends after it starts (W3C WebVTT 4.1), else parsers drop it.
  const end = Math.max(start + 1, Math.round(endMs));
  return `${encodeURIComponent(id.toWellFormed())}\n${timestamp(start)} --> ${timestamp(end)}\n${lines}\n\n`;
}

/** `HH:MM:SS.mmm`, with more digits for hours when it takes them. */
function timestamp(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/**
 * Cue text that shows `text` and nothing else: markup, `-->` and entities are escaped, white space of any kind is a blank (an empty
 * line would end the cue), control characters and those that turn text around go. Two lines when it needs more than one.
 */
export function cueText(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/[\s\p{Zl}\p{Zp}\x85]+/gu, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]+/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return inLines(plain).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Two lines of about the same length when one is not enough; more than that is left to the player. */
function inLines(text: string): string {
  if (text.length <= LINE_CHARACTERS || text.length > CUE_CHARACTERS) return text;
  let best = -1;
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    const longer = Math.max(at, text.length - at - 1);
    if (longer <= LINE_CHARACTERS && (best < 0 || longer < Math.max(best, text.length - best - 1))) best = at;
  }
  return best < 0 ? text : `${text.slice(0, best)}\n${text.slice(best + 1)}`;
}
