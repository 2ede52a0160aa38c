/**
 * Stands where a picture was left out: a gap as a space is, but none before a full stop. Text can't bring it along
 * ({@link isUnspoken}).
 */
export const LEFT_OUT = '\ufffc';

// C0 and C1 controls, zero-width space, word joiner and BOM, bidi marks, embeddings, overrides and isolates, tag characters, non-characters. ZWJ and
// ZWNJ stay: scripts need them.
const UNSPOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is what it is for
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\u{e0000}-\u{e007f}\p{Cs}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: vertical tab and form feed are line ends here
const LINE_END = /[\n\r\u000b\u000c\u0085\u2028\u2029]/u;
/** But for signs that are read out, such as the one for a trade mark, and for arrows. */
const EMOJI =
  /(?![©®™‼⁉ℹ↔-↪Ⓜ〰〽㊗㊙])[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|[\ufe0e\ufe0f\u20e3]/u;
const ZERO_WIDTH_JOINER = '\u200d';

const UNSPOKEN_ALL = new RegExp(UNSPOKEN, 'gu');
const LINE_END_ALL = new RegExp(`\\r\\n|${LINE_END.source}`, 'gu');

/** Removes what can't be spoken and must not reach an engine: controls, direction overrides, lone surrogates. */
export function cleanText(text: string): string {
  return text.replace(LINE_END_ALL, '\n').replace(UNSPOKEN_ALL, '');
}

function isPlain(char: string): boolean {
  return char >= ' ' && char <= '~';
}

/** Takes text in pieces of any size and gives its characters one by one, as {@link cleanText} leaves them, without emoji. */
export class CharacterReader {
  readonly #take: (char: string) => void;
  /** The first half of a surrogate pair. */
  #half = '';
  #isAfterReturn = false;
  #isAfterEmoji = false;

  /** @param take - Gets whole code points; every kind of line end as a line feed. */
  constructor(take: (char: string) => void) {
    this.#take = take;
  }

  push(delta: string): void {
    const text = this.#half + delta;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#half = isHalf ? text.slice(-1) : '';
    for (const char of isHalf ? text.slice(0, -1) : text) this.#read(char);
  }

  /** What was half is nothing; the next text begins anew. */
  end(): void {
    this.#half = '';
    this.#isAfterReturn = false;
    this.#isAfterEmoji = false;
  }

  #read(char: string): void {
    const isAfterReturn = this.#isAfterReturn;
    const isAfterEmoji = this.#isAfterEmoji;
    this.#isAfterReturn = char === '\r';
    this.#isAfterEmoji = false;
    if (isPlain(char)) this.#take(char);
    else if (LINE_END.test(char)) {
      if (!(isAfterReturn && char === '\n')) this.#take('\n');
    } else if (EMOJI.test(char) || (isAfterEmoji && char === ZERO_WIDTH_JOINER)) {
      this.#isAfterEmoji = true;
      this.#take(LEFT_OUT);
    } else if (!UNSPOKEN.test(char)) this.#take(char);
  }
}
