import { button, find } from './dom.ts';
import { rememberedSessions } from './remembered-sessions.ts';

/** The conversations this browser was in, to go back to. */
export class EarlierList {
  readonly #button = find('earlier-button', HTMLButtonElement);
  readonly #list = find('earlier', HTMLUListElement);
  readonly #onChoose: (id: string) => void;
  #current: string | undefined;

  constructor(onChoose: (id: string) => void) {
    this.#onChoose = onChoose;
    this.#panel?.addEventListener('toggle', () => this.show(this.#current));
  }

  /** @param current - The session that is on the page: it is not listed. */
  show(current: string | undefined): void {
    this.#current = current;
    const sessions = rememberedSessions().filter(({ id, title }) => id !== current && title !== undefined);
    this.#button.hidden = sessions.length === 0;
    this.#list.replaceChildren(
      ...sessions.map(({ id, title = '', seenMs }) => {
        const item = document.createElement('li');
        const choose = button(title, () => this.#choose(id), 'earlier-session');
        const seen = document.createElement('time');
        seen.dateTime = new Date(seenMs).toISOString();
        seen.textContent = new Date(seenMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
        choose.append(seen);
        item.append(choose);
        return item;
      }),
    );
  }

  get #panel(): HTMLElement | null {
    return this.#list.closest<HTMLElement>('[popover]');
  }

  #choose(id: string): void {
    this.#panel?.hidePopover();
    this.#onChoose(id);
  }
}
