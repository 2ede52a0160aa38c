/** What a recogniser writes besides words: tokens of its model, times, and notes of what is no speech. */

/** Whisper's `<|startoftranscript|>`, `[_BEG_]`, `<unk>`, `<noise>`. */
const TOKENS = /<[|｜][^<>]{0,40}[|｜]>|\[_[A-Z]+_?\d*_?\]|<\/?[a-z_]{1,20}>/giu;
/** One or two times, in brackets or on a line of their own: `[00:00:00.000 --> 00:00:02.000]`, `00:01`, SRT's with the number before. */
const TIME = String.raw`(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?`;
const TIMES = [
  new RegExp(String.raw`[[(<{]\s*${TIME}(?:\s*(?:-->|[-–—~])\s*${TIME})?\s*[\])>}]`, 'gu'),
  new RegExp(String.raw`^(?:\d+\s*\n)?\s*${TIME}\s*-->\s*${TIME}.*$`, 'gmu'),
  /[[(<{]\s*\d{1,5}(?:\.\d{1,3})?s?\s*(?:-->|[-–—~])\s*\d{1,5}(?:\.\d{1,3})?s?\s*[\])>}]/gu,
  /<\d{1,5}(?:\.\d{1,3})?>/gu,
  /^WEBVTT.*$/gmu,
];
const SPEAKER = /^\s*(?:\[\s*)?speaker[ _]?[\dA-Z]{1,3}(?:\s*\])?\s*:?\s/gimu;

const MAX_NOTE = 80;
/** Brackets of any language, that open right after a word only where there are no spaces between words. */
const BRACKETS = [
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
  ['【', '】'],
  ['（', '）'],
  ['［', '］'],
  ['〔', '〕'],
  ['〈', '〉'],
  ['《', '》'],
] as const;
const escaped = (sign: string): string => (sign < '\u0080' ? `\\${sign}` : sign);
const NOTES = BRACKETS.map(([open, close]) => {
  const [begin, end] = [escaped(open), escaped(close)];
  return new RegExp(`(?<![\\p{Script=Latin}\\p{N}])${begin}([^${begin}${end}\n]{0,${MAX_NOTE}})${end}`, 'gu');
});
/** One that was not closed, or not opened, is all there is. */
const OPEN_NOTE = /^\s*[[({【（［〔*♪][^\])}】）］〕*♪]{0,40}$/u;
const LATE_NOTE = /^[^[({【（［〔*♪]{0,40}[\])}】）］〕]\s*[.。]?\s*$/u;
/** `*laughs*`; "2 * 3 * 4" has spaces inside. */
const STARRED = /(\*{1,2})(?=[^\s*\d])[^*\n]{0,80}(?<=[^\s*])\1/gu;
const POCKETSPHINX = /\+\+[A-Z_]+\+\+/gu;
const MUSIC = /[♩♪♫♬♭♯🎵🎶🎼]+/gu;
const WORD = /[\p{L}\p{N}]/u;

/** A note has letters, not a number such as "(555)". */
function isNote(inside: string): boolean {
  return !/\p{N}/u.test(inside) || /\p{L}/u.test(inside);
}

/**
 * What was said, in what a recogniser wrote: without its tokens and times, and without notes such as "[BLANK_AUDIO]", "(laughs)" or
 * "♪♪". Empty when there are no words.
 */
export function wordsIn(written: string): string {
  let text = written.replace(TOKENS, ' ').replace(/\r\n?/gu, '\n');
  for (const times of TIMES) text = text.replace(times, ' ');
  text = text.replace(SPEAKER, ' ');
  // From the inside out, for notes within notes.
  for (let round = 0; round < 2; round++)
    for (const note of NOTES) text = text.replace(note, (whole, inside: string) => (isNote(inside) ? ' ' : whole));
  text = text.replace(STARRED, ' ').replace(POCKETSPHINX, ' ');
  if (OPEN_NOTE.test(text) || LATE_NOTE.test(text)) return '';
  text = text
    .replace(MUSIC, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/ (?=[.,!?;:…\u3002\uff0c\uff01\uff1f\u3001])/gu, '')
    .trim();
  // Dashes of a dialogue, and what is left of what was taken away.
  text = text.replace(/^(?:[-–—>]+\s+|[.,…·•*\s])+/u, '');
  return WORD.test(text) ? text : '';
}
