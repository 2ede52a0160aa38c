import { Emphasis } from './emphasis.ts';
import { tagOf } from './html-tags.ts';
import { LinkReader } from './markdown-links.ts';
import type { SpeechSink } from './sentence-assembler.ts';

const ESCAPABLE = new Set('*_`~[]()#<>|$.!+-{}');

/**
 * Strips what marks text up inside a line: emphasis, code, links, images, HTML tags. It holds no more than one
 * undecided mark or link; what turns out to be no markup goes through as it is.
 */
export class InlineMarkdown {
  readonly #sink: SpeechSink;
  readonly #links: LinkReader;
  readonly #emphasis = new Emphasis();
  /** The character before, as it was written. */
  #previous = '';
  /** A character whose next one decides: a backslash, or an exclamation mark that may begin an image. */
  #held = '';
  /** Delimiters in a row: which one, how many, what was before them. */
  #run = { char: '', count: 0, before: '' };
  /** Backticks that opened code and will close it. */
  #codeTicks = 0;
  #tag = '';

  constructor(sink: SpeechSink) {
    this.#sink = sink;
    this.#links = new LinkReader((char) => sink.add(char));
  }

  add(char: string): void {
    if (this.#tag !== '') this.#inTag(char);
    else if (!this.#links.takes(char)) this.#read(char);
    this.#previous = char;
  }

  /** A line ends: what is undecided means itself, but for emphasis and code, which go on in the next one. */
  endLine(): void {
    this.#decide('');
    this.#held = '';
    this.#text(this.#takeTag());
    this.#links.end();
    this.#previous = '';
  }

  endBlock(): void {
    this.endLine();
    this.#emphasis.reset();
    this.#codeTicks = 0;
    this.#sink.endBlock();
  }

  #read(char: string): void {
    if (char === this.#run.char && this.#held === '') {
      this.#run.count += 1;
      return;
    }
    if (this.#decide(char)) return;
    if (char === '`' || (this.#codeTicks === 0 && (char === '*' || char === '_' || char === '~')))
      this.#run = { char, count: 1, before: this.#previous };
    else if (this.#codeTicks > 0) this.#text(char);
    else if (char === '\\' || char === '!') this.#held = char;
    else if (char === '<') this.#tag = char;
    else if (char === '[') this.#links.open('[');
    else if (char !== ']' || !this.#links.close()) this.#text(char);
  }

  /** Decides what was waiting for the next character. @returns Whether that is used up by it. */
  #decide(next: string): boolean {
    this.#endRun(next);
    const held = this.#held;
    this.#held = '';
    if (held === '\\' && ESCAPABLE.has(next)) this.#text(next);
    else if (held === '!' && next === '[') this.#links.open('![');
    else {
      // A backslash at the end of a line is a line break.
      if (held !== '\\' || next !== '') this.#text(held);
      return false;
    }
    return true;
  }

  #endRun(after: string): void {
    const { char, count, before } = this.#run;
    if (count === 0) return;
    this.#run = { char: '', count: 0, before: '' };
    if (char !== '`') {
      if (!this.#emphasis.isDelimiter({ char, count, before, after })) this.#text(char.repeat(count));
    } else if (this.#codeTicks === 0) this.#codeTicks = count;
    else if (this.#codeTicks === count) this.#codeTicks = 0;
    else this.#text(char.repeat(count));
  }

  #inTag(char: string): void {
    const tag = tagOf(this.#tag + char);
    if (tag?.kind === 'text' && char !== '>') {
      this.#text(this.#takeTag());
      this.#read(char);
      return;
    }
    this.#tag += char;
    if (tag === undefined) return;
    this.#takeTag();
    if (tag.kind === 'text') this.#text(tag.text);
    else if (tag.kind === 'block') {
      this.#links.end();
      this.#sink.endBlock();
    }
  }

  #takeTag(): string {
    const tag = this.#tag;
    this.#tag = '';
    return tag;
  }

  #text(text: string): void {
    for (const char of text) this.#links.add(char);
  }
}
