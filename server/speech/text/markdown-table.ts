/** Reads the rows of a table as short phrases. A first row is one only when a delimiter row follows. */
export class TableReader {
  readonly #speak: (text: string) => void;
  #header: string | undefined;
  #isOpen = false;

  /** @param speak - Gets the text of a row. */
  constructor(speak: (text: string) => void) {
    this.#speak = speak;
  }

  /** Takes a line that begins with a bar. */
  row(line: string): void {
    const header = this.#header;
    if (this.#isOpen) {
      if (!isDelimiter(line)) this.#speak(phraseOf(line));
    } else if (header !== undefined && isDelimiter(line)) {
      this.#header = undefined;
      this.#isOpen = true;
      this.#speak(phraseOf(header));
    } else {
      this.end();
      this.#header = line;
    }
  }

  /** The next line is no row. What looked like a first row was none. */
  end(): void {
    const header = this.#header;
    this.#header = undefined;
    this.#isOpen = false;
    if (header !== undefined) this.#speak(header);
  }
}

function isDelimiter(line: string): boolean {
  return /^[\s:|-]+$/.test(line) && line.includes('-');
}

/** Cells as an enumeration. */
function phraseOf(row: string): string {
  const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return cells
    .filter((cell) => /[\p{L}\p{N}]/u.test(cell))
    .reduce((phrase, cell) => (phrase === '' ? cell : `${phrase}${/[.!?:;,]$/u.test(phrase) ? '' : ','} ${cell}`), '');
}
