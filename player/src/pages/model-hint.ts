import type { ProviderStatus } from '../../../server/session/types.ts';
import { codeBlock } from './code-block.ts';
import { find, setText } from './dom.ts';
import { readSetting, writeSetting } from './stored.ts';

/** Remembers that it was read. */
const READ = 'throughline.model-hint';

/** Says that only the built-in responder answers, and how to have a model do it. */
export class ModelHint {
  readonly #card = find('model-hint', HTMLElement);
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
    this.#code.replaceChildren(codeBlock('Start lines', hint.lines.join('\n')));
    this.#card.hidden = false;
  }
}
