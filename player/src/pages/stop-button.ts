import { find } from './dom.ts';

/** Stops the answer; there while there is something to stop. */
export class StopButton {
  readonly #button = find('stop', HTMLButtonElement);
  readonly #text = find('text', HTMLTextAreaElement);

  constructor(onStop: () => void) {
    this.#button.addEventListener('click', onStop);
  }

  set enabled(enabled: boolean) {
    if (this.#button.disabled !== enabled) {
      return;
    }
    // Who stopped an answer by keyboard goes on typing; focus on nothing would be lost.
    if (!enabled && document.activeElement === this.#button) {
      this.#text.focus();
    }
    this.#button.disabled = !enabled;
  }
}
