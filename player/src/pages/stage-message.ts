import { button, find, setText } from './dom.ts';

export type Action = { readonly label: string; readonly run: () => void };

/** What the page itself has to say in place of the picture: of sessions, not of streams. */
export class StageMessage {
  readonly #message = find('message', HTMLElement);
  readonly #text = find('message-text', HTMLElement);
  readonly #actions = find('message-actions', HTMLElement);
  /** The player it covers. */
  readonly #player = find('player', HTMLElement);

  say(text: string, ...actions: readonly Action[]): void {
    setText(this.#text, text);
    this.#actions.replaceChildren(...actions.map(({ label, run }) => button(label, run)));
    this.#message.hidden = false;
    this.#player.inert = true;
  }

  clear(): void {
    this.#message.hidden = true;
    this.#player.inert = false;
  }
}
