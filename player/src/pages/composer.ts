import { button, find, setText } from './dom.ts';

const EXAMPLES: readonly { readonly label: string; readonly text: string }[] = [
  { label: 'Say hello', text: 'Hello! I am a live stream. Everything I say becomes part of one unbroken line.' },
  {
    label: 'Five short sentences',
    text: 'One sentence. Then another. Each was made on its own. None of them knows the others. Can you hear where they meet?',
  },
  {
    label: 'A long one',
    text: 'Once upon a time there was a thread so long that nobody had ever seen both of its ends, and yet everyone who held it could feel, from one hand to the next, that it had never been cut.',
  },
  { label: 'Count to ten', text: 'One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten.' },
];

const OPEN = 'Write something to say';
const CLOSED = 'This session has ended';

/** The text box, its button and the examples. */
export class Composer {
  readonly #form = find('composer', HTMLFormElement);
  readonly #text = find('text', HTMLTextAreaElement);
  readonly #say = find('say', HTMLButtonElement);
  readonly #problem = find('problem', HTMLElement);
  readonly #chips: readonly HTMLButtonElement[];
  readonly #send: (text: string) => Promise<void>;

  /** @param send - Resolves when the server took the text; what it throws is shown. */
  constructor(send: (text: string) => Promise<void>) {
    this.#send = send;
    this.#chips = EXAMPLES.map(({ label, text }) => {
      const chip = button(label, () => void this.#submit(text), 'chip');
      chip.title = text;
      return chip;
    });
    find('chips', HTMLElement).replaceChildren(...this.#chips);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submitTyped();
    });
    this.#text.addEventListener('keydown', (event) => {
      // While an input method composes, Enter picks a candidate.
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void this.#submitTyped();
      }
    });
    this.enabled = false;
  }

  set enabled(enabled: boolean) {
    this.#text.disabled = !enabled;
    this.#text.placeholder = OPEN;
    for (const element of [this.#say, ...this.#chips]) {
      element.disabled = !enabled;
    }
  }

  /** Nothing more can be said. */
  close(): void {
    this.enabled = false;
    this.#text.placeholder = CLOSED;
  }

  /** Shows a problem; an empty text takes it away. */
  complain(problem: string): void {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }

  async #submitTyped(): Promise<void> {
    const text = this.#text.value.trim();
    if (text === '' || this.#say.disabled) {
      return;
    }
    this.#text.value = '';
    if (!(await this.#submit(text)) && this.#text.value === '') {
      // Nobody should have to type it again.
      this.#text.value = text;
    }
  }

  /** True when the server took it. */
  async #submit(text: string): Promise<boolean> {
    try {
      await this.#send(text);
      this.complain('');
      return true;
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
      return false;
    }
  }
}
