import { heardCharacters, type Phase, phaseAt, type Sentence } from '../session/sentence.ts';
import type { Turn } from '../session/transcript.ts';
import { setText } from './dom.ts';
import type { Unspoken } from './unspoken.ts';

type Row = { readonly element: HTMLElement; readonly words: HTMLElement; readonly text: Text };

/** One turn on the page: what was asked, and the answer as far as it is known; text nodes only. */
export class TurnView {
  readonly item = document.createElement('li');
  readonly #utterance = paragraph('utterance');
  readonly #answer = paragraph('answer');
  readonly #writing = paragraph('writing');
  readonly #notes = document.createElement('ul');
  readonly #rows = new Map<string, Row>();
  readonly #unspoken: Unspoken;

  constructor(unspoken: Unspoken) {
    this.#unspoken = unspoken;
    this.item.className = 'turn';
    this.#notes.className = 'notes';
    this.#writing.ariaHidden = 'true';
    this.#writing.append(...Array.from({ length: 3 }, () => document.createElement('i')));
    this.item.append(this.#utterance, this.#answer, this.#writing, this.#notes);
  }

  /** @returns the sentence that is being said, if any. */
  show(turn: Turn, dateMs: number | undefined): HTMLElement | undefined {
    const { utterance, sentences, writing } = turn;
    setText(this.#utterance, utterance ?? '');
    this.#utterance.hidden = utterance === undefined;
    // What an interruption left unsaid is counted, not shown.
    const isCut = turn.outcome === 'interrupted';
    const shown = sentences.filter(({ text, outcome }) => text !== '' && !(isCut && outcome === 'dropped'));
    let speaking: HTMLElement | undefined;
    let isUnderWay = false;
    for (const [index, sentence] of shown.entries()) {
      const { element } = this.#showSentence(sentence, dateMs, index);
      speaking = element.dataset.phase === 'speaking' ? element : speaking;
      isUnderWay ||= element.dataset.phase !== 'queued';
    }
    this.#forget(new Set(shown.map(({ key }) => key)));
    this.#answer.hidden = shown.length === 0;
    this.#writing.hidden = !writing || shown.length > 0;
    this.#showNotes(notesOf(turn, dateMs));
    this.item.dataset.phase = speaking ? 'speaking' : isUnderWay ? 'said' : 'queued';
    return speaking;
  }

  remove(): void {
    this.#forget(new Set());
    this.item.remove();
  }

  #showSentence(sentence: Sentence, dateMs: number | undefined, index: number): Row {
    const row = this.#rows.get(sentence.key) ?? addRow();
    const heard = heardCharacters(sentence, dateMs);
    const phase = shownPhase(phaseAt(sentence, dateMs), heard);
    const text =
      phase === 'cut' && heard < sentence.text.length ? `${sentence.text.slice(0, heard).trimEnd()}—` : sentence.text;
    // Before it is in the page: what is added there is announced, whole sentences at a time.
    if (row.text.data !== text) {
      row.text.data = text;
    }
    if (phase === 'speaking') {
      this.#unspoken.mark(row.text, heard);
    } else {
      this.#unspoken.clear(row.text);
    }
    setData(row.element, 'phase', phase);
    setData(row.element, 'heard', String(heard));
    row.element.ariaCurrent = phase === 'speaking' ? 'true' : null;
    this.#rows.set(sentence.key, row);
    if (this.#answer.children[index] !== row.element) {
      this.#answer.insertBefore(row.element, this.#answer.children[index] ?? null);
    }
    return row;
  }

  #showNotes(notes: readonly string[]): void {
    while (this.#notes.children.length > notes.length) {
      this.#notes.lastElementChild?.remove();
    }
    for (const [index, note] of notes.entries()) {
      const item = this.#notes.children[index] ?? document.createElement('li');
      setText(item, note);
      if (item.parentElement === null) {
        this.#notes.append(item);
      }
    }
    this.#notes.hidden = notes.length === 0;
  }

  #forget(keep: ReadonlySet<string>): void {
    for (const [key, { element, text }] of this.#rows) {
      if (!keep.has(key)) {
        this.#unspoken.clear(text);
        element.remove();
        this.#rows.delete(key);
      }
    }
  }
}

function addRow(): Row {
  const element = document.createElement('span');
  const words = document.createElement('span');
  const text = document.createTextNode('');
  element.className = 'sentence';
  words.className = 'words';
  words.append(text);
  element.append(words, ' ');
  return { element, words, text };
}

/** Cut before its first word, it was not said at all. */
function shownPhase(phase: Phase, heard: number): Phase {
  return phase === 'cut' && heard === 0 ? 'dropped' : phase;
}

function notesOf({ notes, sentences, outcome, waiting }: Turn, dateMs: number | undefined): string[] {
  const failed = sentences.flatMap(({ outcome: fate, reason }) =>
    fate === 'failed' ? [`A sentence could not be made: ${reason ?? 'no reason given'}`] : [],
  );
  const ends: string[] = [];
  if (outcome === 'failed' && notes.length + failed.length === 0) {
    ends.push('The answer failed.');
  }
  // Not before the listener gets there.
  const isHeard = sentences.every((sentence) => phaseAt(sentence, dateMs) !== 'speaking');
  if (outcome === 'interrupted' && isHeard) {
    const unsaid = sentences.filter(({ outcome: fate }) => fate === 'dropped').length;
    ends.push(
      unsaid === 0 ? 'Interrupted' : `Interrupted, ${unsaid} ${unsaid === 1 ? 'sentence' : 'sentences'} left unsaid`,
    );
  }
  return [...new Set([...notes, ...failed, ...ends, ...(waiting === undefined ? [] : [waiting])])];
}

function paragraph(className: string): HTMLParagraphElement {
  const element = document.createElement('p');
  element.className = className;
  return element;
}

function setData(element: HTMLElement, name: string, value: string): void {
  if (element.dataset[name] !== value) {
    element.dataset[name] = value;
  }
}
