const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const LINE_FEED = 0x0a;
/** What may stand between values: white space, commas, the brackets of a list around them, record separators. */
const SEPARATOR = /^[\s,[\]\p{Cc}]*$/u;

/** Takes JSON objects apart that come one after the other, in pieces cut anywhere: each is given out as soon as it is whole. */
export class JsonSplitter {
  readonly #maxLength: number;
  readonly #tooLong: () => Error;
  /** Of a value that is not whole yet, or of what stands between values. */
  #held = '';
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  constructor(maxLength: number, tooLong: () => Error) {
    this.#maxLength = maxLength;
    this.#tooLong = tooLong;
  }

  /** What came after the last value, and is none. */
  get rest(): string {
    return wordOf(this.#held);
  }

  *read(text: string): Iterable<string> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const was = this.#depth;
      const code = text.charCodeAt(at);
      this.#step(code);
      const begins = was === 0 && this.#depth === 1;
      const isLine = was === 0 && this.#depth === 0 && code === LINE_FEED;
      if (begins || isLine) {
        const word = wordOf(this.#held + text.slice(from, at));
        if (word !== '') yield word;
        this.#held = '';
        from = at;
      } else if (was === 1 && this.#depth === 0) {
        yield this.#held + text.slice(from, at + 1);
        this.#held = '';
        from = at + 1;
      }
    }
    this.#held += text.slice(from);
    if (this.#held.length > this.#maxLength) throw this.#tooLong();
  }

  #step(code: number): void {
    if (this.#isText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isText = false;
      return;
    }
    // Between values, brackets are those of a list around them.
    if (this.#depth === 0) this.#depth = code === 0x7b ? 1 : 0;
    else if (code === QUOTE) this.#isText = true;
    else if (OPENING.has(code)) this.#depth += 1;
    else if (CLOSING.has(code)) this.#depth -= 1;
  }
}

/** @returns '' for nothing but separators. */
function wordOf(text: string): string {
  return SEPARATOR.test(text) ? '' : text.trim();
}
