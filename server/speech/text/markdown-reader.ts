import { LEFT_OUT } from './characters.ts';
import { lineStartOf } from './line-start.ts';
import { InlineMarkdown } from './markdown-inline.ts';
import { TableReader } from './markdown-table.ts';
import type { SpeechSink } from './sentence-assembler.ts';
import { isLowercase } from './sentence-rules.ts';

/** So much of a line may name the language of fenced code; more is no fence. */
const MAX_INFO = 200;
/** Longer rows are read as they are written. */
const MAX_ROW = 4000;
/** What may close fenced code or thoughts is found in so much. */
const MAX_CLOSING = 200;

type Mode = 'start' | 'prose' | 'heading' | 'fenceInfo' | 'fenced' | 'thought' | 'row';

/**
 * Reads markdown, or plain text, as what is spoken of it. Each line that is not a part of running prose is a block of its
 * own: headings, list items, rows of tables. Fenced code and the thoughts of reasoning models are left out.
 */
export class MarkdownReader {
  readonly #sink: SpeechSink;
  readonly #inline: InlineMarkdown;
  readonly #table: TableReader;
  #mode: Mode = 'start';
  /** The part of the line that is undecided. */
  #line = '';
  #fence = '';
  #isItem = false;
  /** The last line was prose without an end: a small letter goes on with it. */
  #isOpen = false;

  constructor(sink: SpeechSink) {
    this.#sink = sink;
    this.#inline = new InlineMarkdown(sink);
    this.#table = new TableReader((text) => this.#block(text));
  }

  add(char: string): void {
    if (char === '\n') this.#endLine();
    else if (this.#mode === 'prose') this.#inline.add(char);
    else if (this.#mode === 'heading') this.#inHeading(char);
    else if (this.#mode === 'start') this.#start(char);
    else if (this.#mode === 'fenceInfo') this.#inFenceInfo(char);
    else if (this.#mode === 'row') this.#inRow(char);
    else this.#inLeftOut(char);
  }

  /** The text ends; the next one begins anew. */
  end(): void {
    if (this.#mode !== 'fenced' && this.#mode !== 'thought') this.#endLine();
    this.#table.end();
    this.#inline.endBlock();
    this.#mode = 'start';
    this.#line = '';
    this.#isItem = false;
    this.#isOpen = false;
  }

  #start(char: string): void {
    if (this.#line === '' && (char === LEFT_OUT || /\s/u.test(char))) {
      // A picture at the beginning is a bullet.
      if (char === LEFT_OUT) this.#closeBlock();
      return;
    }
    this.#line += char;
    if (this.#isOpen && !isLowercase(this.#line)) this.#closeBlock();
    const start = lineStartOf(this.#line, { isItem: this.#isItem, isOpen: this.#isOpen });
    if (start === undefined) return;
    if (start.kind !== 'row') this.#table.end();
    if (start.kind === 'marker') {
      this.#closeBlock();
      this.#isItem = true;
      const rest = this.#line.slice(start.length);
      this.#line = '';
      for (const next of rest) this.#start(next);
    } else if (start.kind === 'prose') this.#prose(start.goesOn);
    else {
      this.#mode = start.kind;
      if (start.kind === 'heading' || start.kind === 'thought') this.#line = '';
    }
  }

  #prose(goesOn: boolean): void {
    if (this.#isOpen && !goesOn) this.#closeBlock();
    if (this.#isOpen) this.#inline.add(' ');
    this.#isOpen = false;
    this.#mode = 'prose';
    this.#flushLine();
  }

  #flushLine(): void {
    const line = this.#line;
    this.#line = '';
    for (const char of line) this.#inline.add(char);
  }

  #closeBlock(): void {
    if (this.#isOpen) this.#inline.endBlock();
    this.#isOpen = false;
  }

  #block(text: string): void {
    for (const char of text) this.#inline.add(char);
    this.#inline.endBlock();
  }

  /** The signs that may end a heading as they begin it are kept back. */
  #inHeading(char: string): void {
    const mayClose = char === '#' ? this.#line !== '' : char === ' ';
    if (mayClose && this.#line.length < MAX_CLOSING) {
      this.#line += char;
      return;
    }
    this.#flushLine();
    this.#inline.add(char);
  }

  #inFenceInfo(char: string): void {
    const isFence = this.#line.endsWith('`') && !/[^`]/.test(this.#line);
    this.#line += char;
    // Backticks in it: code on one line.
    const isInline = char === '`' && this.#line.startsWith('`') && !isFence;
    if (isInline || this.#line.length > MAX_INFO) this.#prose(false);
  }

  #inRow(char: string): void {
    this.#line += char;
    if (this.#line.length <= MAX_ROW) return;
    this.#table.end();
    this.#prose(false);
  }

  #inLeftOut(char: string): void {
    if (this.#mode === 'fenced') {
      if (this.#line.length < MAX_CLOSING) this.#line += char;
      return;
    }
    this.#line = (this.#line + char).slice(-MAX_CLOSING);
    if (char !== '>' || !/<\/think(?:ing)?>$/i.test(this.#line)) return;
    this.#line = '';
    this.#mode = 'start';
  }

  #endLine(): void {
    const line = this.#line;
    const mode = this.#mode;
    if (mode === 'thought') return;
    if (mode === 'start' && line !== '') this.#prose(/^\p{Ll}$/u.test(line));
    this.#line = '';
    this.#mode = 'start';
    this.#isItem = false;
    if (mode === 'fenceInfo') this.#openFence(line);
    else if (mode === 'fenced') this.#mode = this.#closesFence(line) ? 'start' : 'fenced';
    else if (mode === 'row') this.#table.row(line);
    else if (mode === 'heading') this.#endHeading(line);
    else if (mode === 'start' && line === '') this.#endBlank();
    else this.#endProse();
  }

  #openFence(line: string): void {
    this.#fence = /^(?:`+|~+)/.exec(line)?.[0] ?? '';
    this.#mode = 'fenced';
  }

  #closesFence(line: string): boolean {
    const run = /^[\s>]*(`+|~+)\s*$/.exec(line)?.[1] ?? '';
    return run.length >= this.#fence.length && run[0] === this.#fence[0];
  }

  #endHeading(line: string): void {
    if (!/^ +#+ *$/.test(line)) for (const char of line) this.#inline.add(char);
    this.#inline.endBlock();
  }

  #endBlank(): void {
    this.#table.end();
    this.#closeBlock();
  }

  #endProse(): void {
    this.#inline.endLine();
    if (this.#sink.isClosed) this.#inline.endBlock();
    else this.#isOpen = true;
  }
}
