import { button, find, setText } from './dom.ts';

/** `ask`: an answer is wanted; `say`: the text itself is spoken. */
export type Mode = 'ask' | 'say';

type Words = {
  readonly submit: string;
  /** Characters that the server takes at once: `TurnInput` and `SayInput` of its contract. */
  readonly most: number;
  readonly label: string;
  readonly open: string;
  readonly examples: readonly { readonly label: string; readonly text: string }[];
};

const WORDS: Record<Mode, Words> = {
  ask: {
    submit: 'Ask',
    most: 10_000,
    label: 'What to ask',
    open: 'Ask something',
    examples: [
      { label: 'Who are you?', text: 'Hello! Who are you?' },
      { label: 'How does it work?', text: 'How do you turn an answer into one stream?' },
      { label: 'Tell me a story', text: 'Tell me a short story about a thread that never broke.' },
      { label: 'What time is it?', text: 'What time is it?' },
    ],
  },
  say: {
    submit: 'Say',
    most: 50_000,
    label: 'What to say',
    open: 'Text to say',
    examples: [
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
    ],
  },
};
const CLOSED = 'This conversation is over';

/** The text box, what becomes of its text, its button and the examples. */
export class Composer {
  readonly #form = find('composer', HTMLFormElement);
  readonly #text = find('text', HTMLTextAreaElement);
  readonly #label = find('text-label', HTMLLabelElement);
  readonly #submitButton = find('say', HTMLButtonElement);
  readonly #problem = find('problem', HTMLElement);
  readonly #prompts = find('prompts', HTMLElement);
  readonly #chips = find('chips', HTMLElement);
  readonly #modes: Record<Mode, HTMLInputElement> = {
    ask: find('mode-ask', HTMLInputElement),
    say: find('mode-say', HTMLInputElement),
  };
  readonly #send: (text: string, mode: Mode) => Promise<void>;
  #enabled = false;
  #closed = false;

  /** @param send - Resolves when the server took the text; what it throws is shown. */
  constructor(send: (text: string, mode: Mode) => Promise<void>) {
    this.#send = send;
    for (const radio of Object.values(this.#modes)) {
      radio.addEventListener('change', () => this.#refresh());
    }
    // Browsers keep what was chosen over a reload.
    this.#modes.ask.checked = true;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submitTyped();
    });
    this.#text.addEventListener('input', () => this.#measure());
    this.#text.addEventListener('keydown', (event) => {
      // While an input method composes, Enter picks a candidate.
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void this.#submitTyped();
      }
    });
    this.#refresh();
  }

  get mode(): Mode {
    return this.#modes.say.checked ? 'say' : 'ask';
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    this.#closed = false;
    this.#refresh();
  }

  /** Nothing more can be said. */
  close(): void {
    this.#enabled = false;
    this.#closed = true;
    this.#refresh();
  }

  /** Shows a problem; an empty text takes it away. */
  complain(problem: string): void {
    setText(this.#problem, problem);
    this.#problem.hidden = problem === '';
  }

  /** What is being understood stands where one types; what was typed there stays. */
  whisper(words: string | undefined): void {
    this.#text.placeholder = words ?? (this.#closed ? CLOSED : WORDS[this.mode].open);
  }

  /** Takes the focus if nothing has it. Not on a phone, where it would open the keyboard over half of the page. */
  focusIfFree(): void {
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (isFree && matchMedia('(hover: hover) and (pointer: fine)').matches) {
      this.#text.focus();
    }
  }

  /** True when the server took it. */
  async submit(text: string): Promise<boolean> {
    try {
      await this.#send(text, this.mode);
      this.complain('');
      return true;
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** Puts back what could not be sent: nobody should have to type or say it again. */
  restore(text: string): void {
    if (this.#text.value === '') {
      this.#text.value = text;
    }
  }

  #refresh(): void {
    const { submit, label, examples } = WORDS[this.mode];
    this.#text.disabled = !this.#enabled;
    this.#submitButton.disabled = !this.#enabled;
    setText(this.#submitButton, submit);
    setText(this.#label, label);
    this.whisper(undefined);
    this.#prompts.hidden = this.#closed;
    this.#chips.replaceChildren(
      ...examples.map(({ label: name, text }) => {
        const chip = button(name, () => void this.submit(text), 'chip');
        chip.title = text;
        chip.disabled = !this.#enabled;
        return chip;
      }),
    );
  }

  /** Complains about a text that is too long, instead of cutting it. @returns False when it is. */
  #measure(): boolean {
    const { most } = WORDS[this.mode];
    const { length } = this.#text.value.trim();
    const count = new Intl.NumberFormat();
    this.complain(
      length > most ? `That is ${count.format(length)} characters; ${count.format(most)} can be sent at once.` : '',
    );
    return length <= most;
  }

  async #submitTyped(): Promise<void> {
    const text = this.#text.value.trim();
    if (text === '' || !this.#enabled || !this.#measure()) {
      return;
    }
    this.#text.value = '';
    if (!(await this.submit(text))) {
      this.restore(text);
    }
  }
}
