/** A link's text has at most so many characters; a longer wait would keep a sentence from being spoken. */
const MAX_TEXT = 300;
const MAX_ADDRESS = 2000;
const MAX_FOOTNOTE = 12;
/** An address, and perhaps a title in quotation marks. */
const DESTINATION = /^\(\s*(?:<[^<>]*>|[^\s"'<]\S*)?(?:\s+["'(].*)?\)$/s;

/** Reads `[text](address)` and `![text](address)` as their text, and any other brackets as what they are. */
export class LinkReader {
  readonly #give: (char: string) => void;
  /** Text since the first open bracket. */
  #held: string[] = [];
  /** Where in `#held` brackets opened, the innermost last. */
  #open: number[] = [];
  #state: 'text' | 'closed' | 'address' = 'text';
  #address = '';
  #depth = 0;

  constructor(give: (char: string) => void) {
    this.#give = give;
  }

  add(char: string): void {
    if (this.#open.length === 0) {
      this.#give(char);
      return;
    }
    this.#held.push(char);
    if (this.#held.length > MAX_TEXT) this.#giveHeld();
  }

  /** @param bracket - `[`, or `![` of an image. */
  open(bracket: '[' | '!['): void {
    this.#open.push(this.#held.length);
    this.add(bracket);
  }

  /** A bracket closes. @returns Whether one was open; if not, it is text. */
  close(): boolean {
    if (this.#open.length === 0) return false;
    this.#state = 'closed';
    return true;
  }

  /** Shows the next character as it is written. @returns Whether it is part of an address, and so used up. */
  takes(char: string): boolean {
    if (this.#state === 'text') return false;
    if (this.#state === 'closed') {
      if (char !== '(') this.#endBrackets();
      else {
        this.#state = 'address';
        this.#address = char;
        this.#depth = 1;
      }
      return char === '(';
    }
    this.#inAddress(char);
    return true;
  }

  /** What is open stays so: it is text. */
  end(): void {
    if (this.#state === 'closed') this.#endBrackets();
    else if (this.#state === 'address') this.#endAddress();
    this.#giveHeld();
  }

  #inAddress(char: string): void {
    const isProse =
      /\s$/.test(this.#address) &&
      !this.#address.startsWith('(<') &&
      !/["'()\s]/.test(char) &&
      !/["']/.test(this.#address);
    this.#address += char;
    if (char === '(') this.#depth += 1;
    if (char === ')') this.#depth -= 1;
    if (this.#depth === 0 && DESTINATION.test(this.#address)) this.#resolve('');
    else if (this.#depth === 0 || isProse || this.#address.length > MAX_ADDRESS) this.#endAddress();
  }

  #endAddress(): void {
    this.#state = 'text';
    this.#open.pop();
    this.#addAll(`]${this.#address}`);
    this.#giveClosed();
  }

  /** Brackets that are no link: text, but for a footnote's mark. */
  #endBrackets(): void {
    this.#state = 'text';
    const start = this.#open.at(-1) ?? 0;
    const isFootnote = this.#held[start + 1] === '^' && this.#held.length - start <= MAX_FOOTNOTE;
    if (isFootnote) {
      this.#held.length = start;
      this.#open.pop();
    } else {
      this.#open.pop();
      this.#held.push(']');
    }
    this.#giveClosed();
  }

  #resolve(bracket: string): void {
    this.#state = 'text';
    const start = this.#open.pop();
    if (start !== undefined) this.#held[start] = bracket;
    this.#giveClosed();
  }

  #addAll(text: string): void {
    for (const char of text) this.#held.push(char);
  }

  #giveClosed(): void {
    if (this.#open.length === 0) this.#giveHeld();
  }

  #giveHeld(): void {
    const held = this.#held;
    this.#held = [];
    this.#open = [];
    for (const piece of held) for (const char of piece) this.#give(char);
  }
}
