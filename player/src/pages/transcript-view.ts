import { type Phase, phaseAt, type Sentence, type Transcript } from '../transcript.ts';
import { find, setText } from './dom.ts';

type Row = { readonly item: HTMLLIElement; readonly words: HTMLElement; readonly note: HTMLElement };

/** Nearer to the end than this, in pixels, the list follows what is said. */
const FOLLOW_PX = 80;

/** The transcript on the page; text nodes only. */
export class TranscriptView {
  readonly #list = find('transcript', HTMLOListElement);
  readonly #scroll = find('scroll', HTMLElement);
  readonly #empty = find('empty', HTMLElement);
  readonly #rows = new Map<string, Row>();
  #speaking: string | undefined;

  show(transcript: Transcript, mediaTime: number | undefined): void {
    const sentences = transcript.sentences.filter(({ text }) => text !== '');
    const follow = this.#isAtEnd();
    const before = this.#rows.size;
    this.#forget(new Set(sentences.map(({ key }) => key)));
    for (const sentence of sentences) {
      this.#showSentence(sentence, phaseAt(sentence, mediaTime));
    }
    this.#empty.hidden = sentences.length > 0;
    if (follow && this.#rows.size > before) {
      this.#scroll.scrollTop = this.#scroll.scrollHeight;
    }
  }

  #showSentence(sentence: Sentence, phase: Phase): void {
    const row = this.#rows.get(sentence.key) ?? this.#add(sentence.key);
    setText(row.words, sentence.text);
    setText(row.note, noteOf(sentence, phase));
    if (row.item.dataset.phase === phase) {
      return;
    }
    row.item.dataset.phase = phase;
    row.item.ariaCurrent = phase === 'speaking' ? 'true' : null;
    if (phase === 'speaking' && this.#speaking !== sentence.key) {
      this.#speaking = sentence.key;
      this.#reveal(row.item);
    }
  }

  #add(key: string): Row {
    const item = document.createElement('li');
    const words = document.createElement('span');
    const note = document.createElement('span');
    item.className = 'sentence';
    words.className = 'words';
    note.className = 'note';
    item.append(words, note);
    this.#list.append(item);
    const row = { item, words, note };
    this.#rows.set(key, row);
    return row;
  }

  #forget(keep: ReadonlySet<string>): void {
    for (const [key, { item }] of this.#rows) {
      if (!keep.has(key)) {
        item.remove();
        this.#rows.delete(key);
      }
    }
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
  }

  /** Scrolls the list alone: scrollIntoView would move the page under the reader. */
  #reveal(item: HTMLElement): void {
    const { top, bottom } = item.getBoundingClientRect();
    const frame = this.#scroll.getBoundingClientRect();
    if (bottom > frame.bottom || top < frame.top) {
      this.#scroll.scrollTop += top - frame.top - frame.height / 3;
    }
  }
}

function noteOf({ reason }: Sentence, phase: Phase): string {
  switch (phase) {
    case 'failed':
      return `Could not be made: ${reason}`;
    case 'dropped':
      return 'Dropped';
    default:
      return '';
  }
}
