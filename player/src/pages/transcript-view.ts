import type { Turn } from '../session/transcript.ts';
import { find } from './dom.ts';
import { TurnView } from './turn-view.ts';
import { Unspoken } from './unspoken.ts';

/** Nearer to the end than this, in pixels, one is at the end. */
const END_PX = 48;
/** What is being said keeps this far from the edges. */
const EDGE_PX = 24;

/** The conversation on the page; it follows what is being said until somebody scrolls away. */
export class TranscriptView {
  readonly #list = find('transcript', HTMLOListElement);
  readonly #scroll = find('scroll', HTMLElement);
  readonly #empty = find('empty', HTMLElement);
  readonly #turns = new Map<string, TurnView>();
  readonly #unspoken = new Unspoken();
  #following = true;
  #speaking: HTMLElement | undefined;

  constructor() {
    for (const type of ['wheel', 'touchmove', 'pointerup', 'keyup']) {
      this.#scroll.addEventListener(
        type,
        () =>
          requestAnimationFrame(() => {
            this.#following = this.#isAtEnd();
          }),
        { passive: true },
      );
    }
    // The place becomes smaller when something opens below it.
    new ResizeObserver(() => this.#follow(true)).observe(this.#scroll);
  }

  /** @param dateMs - Program date time of what is on screen; undefined while it is not known. */
  show(turns: readonly Turn[], dateMs: number | undefined): void {
    const shown = turns.filter(({ utterance, writing, sentences, notes }) => {
      return utterance !== undefined || writing || notes.length > 0 || sentences.some(({ text }) => text !== '');
    });
    const before = this.#list.childElementCount;
    this.#forget(new Set(shown.map(({ key }) => key)));
    let speaking: HTMLElement | undefined;
    for (const [index, turn] of shown.entries()) {
      const view = this.#turns.get(turn.key) ?? new TurnView(this.#unspoken);
      this.#turns.set(turn.key, view);
      speaking = view.show(turn, dateMs) ?? speaking;
      if (this.#list.children[index] !== view.item) {
        this.#list.insertBefore(view.item, this.#list.children[index] ?? null);
      }
    }
    this.#empty.hidden = shown.length > 0;
    const isNews = this.#list.childElementCount !== before || speaking !== this.#speaking;
    this.#speaking = speaking;
    this.#follow(isNews);
  }

  /** The user has said something: the answer is what they want to see. */
  follow(): void {
    this.#following = true;
  }

  #forget(keep: ReadonlySet<string>): void {
    for (const [key, view] of this.#turns) {
      if (!keep.has(key)) {
        view.remove();
        this.#turns.delete(key);
      }
    }
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    const frame = this.#scroll.getBoundingClientRect();
    const speaking = this.#speaking?.getBoundingClientRect();
    const isSeen = speaking !== undefined && speaking.bottom > frame.top && speaking.top < frame.bottom;
    return isSeen || scrollHeight - scrollTop - clientHeight < END_PX;
  }

  /** Scrolls the list alone: scrollIntoView would move the page under the reader. */
  #follow(isNews: boolean): void {
    if (!this.#following || !isNews) {
      return;
    }
    const target = this.#speaking ?? this.#list.lastElementChild;
    if (target === null) {
      return;
    }
    const { top, bottom } = target.getBoundingClientRect();
    const frame = this.#scroll.getBoundingClientRect();
    if (bottom > frame.bottom - EDGE_PX) {
      this.#scroll.scrollTop += Math.min(bottom - frame.bottom + EDGE_PX, top - frame.top - EDGE_PX);
    } else if (top < frame.top) {
      this.#scroll.scrollTop += top - frame.top - EDGE_PX;
    }
  }
}
