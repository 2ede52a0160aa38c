const NAME = 'unspoken';

/**
 * Shows which part of a text is still to be spoken, by the CSS Custom Highlight API: the words stay one text node, so nothing is laid
 * out anew and nothing is announced again. Without the API, a sentence is shown as a whole.
 */
export class Unspoken {
  readonly #highlight = typeof Highlight === 'undefined' ? undefined : new Highlight();
  readonly #ranges = new Map<Text, Range>();

  constructor() {
    if (this.#highlight !== undefined) {
      CSS.highlights.set(NAME, this.#highlight);
    }
  }

  /** @param from - Where the unspoken part begins; the text's length: nothing is left unspoken. */
  mark(text: Text, from: number): void {
    const range = this.#ranges.get(text);
    if (from >= text.length) {
      this.clear(text);
    } else if (range === undefined) {
      const added = new Range();
      added.setStart(text, from);
      added.setEnd(text, text.length);
      this.#ranges.set(text, added);
      this.#highlight?.add(added);
    } else if (range.startOffset !== from || range.endOffset !== text.length) {
      range.setEnd(text, text.length);
      range.setStart(text, from);
    }
  }

  clear(text: Text): void {
    const range = this.#ranges.get(text);
    if (range !== undefined) {
      this.#highlight?.delete(range);
      this.#ranges.delete(text);
    }
  }
}
