import type { ProviderStatus } from '../../../server/session/types.ts';
import { codeBlock } from './code-block.ts';
import { find, setText } from './dom.ts';
import { readSetting, writeSetting } from './stored.ts';

/** Remembers that it was read. */
const READ = 'throughline.model-hint';

/** Says that only the built-in responder answers, and how to have a model do it; folded up until somebody wants to know. */
export class ModelHint {
  readonly #card = find('model-hint', HTMLDetailsElement);
  readonly #text = find('model-hint-text', HTMLElement);
  readonly #code = find('model-hint-code', HTMLElement);

  constructor() {
    find('model-hint-close', HTMLButtonElement).addEventListener('click', () => {
      this.#card.hidden = true;
      writeSetting(READ, 'yes');
    });
  }

  show({ hint }: ProviderStatus['llm']): void {
    if (hint === undefined || readSetting(READ) !== undefined) {
      return;
    }
    setText(this.#text, hint.text);
    this.#code.replaceChildren(...hint.lines.map((line) => codeBlock('Start line', line)));
    this.#card.hidden = false;
  }
}
