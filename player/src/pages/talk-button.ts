import { type Heard, type Listener, type Listening, ListeningError } from '../hearing/listening.ts';
import { find, setText } from './dom.ts';

export type TalkHandlers = {
  /** Listening begins: what is being said makes room. */
  readonly onBegin: () => void;
  /** @param releasedMs - performance.now() of the moment the button was let go. */
  readonly onHeard: (heard: Heard, releasedMs: number) => Promise<void>;
  /** What was understood so far; undefined when nobody listens any more. */
  readonly onWords: (words: string | undefined) => void;
  readonly onProblem: (problem: string) => void;
};

/** Shorter presses switch listening on, and the next one off: for who can't or does not want to hold a button. */
const TAP_MS = 350;

/** Hold to talk: by pointer, by the space bar, or as a switch. */
export class TalkButton {
  readonly #button = find('talk', HTMLButtonElement);
  readonly #status = find('listening', HTMLElement);
  readonly #listener: Listener;
  readonly #handlers: TalkHandlers;
  /** Set from the press to the end of listening. */
  #listening: Promise<Listening> | undefined;
  #pressedMs = 0;
  /** This press began it: letting go after a while ends it. */
  #holding = false;

  constructor(listener: Listener, handlers: TalkHandlers) {
    this.#listener = listener;
    this.#handlers = handlers;
    this.#wire();
    this.enabled = false;
  }

  set enabled(enabled: boolean) {
    this.#button.disabled = !enabled;
    if (!enabled) {
      this.cancel();
    }
  }

  get active(): boolean {
    return this.#listening !== undefined;
  }

  /** Hears no more, and forgets what it heard. */
  cancel(): void {
    const listening = this.#listening;
    if (listening !== undefined) {
      this.#end();
      listening.then(
        (ear) => ear.cancel(),
        () => undefined, // #begin tells
      );
    }
  }

  #wire(): void {
    const button = this.#button;
    button.addEventListener('pointerdown', (event) => {
      if (event.button === 0) {
        button.setPointerCapture(event.pointerId);
        this.#press();
      }
    });
    button.addEventListener('pointerup', () => this.#release());
    button.addEventListener('pointercancel', () => this.#release());
    button.addEventListener('contextmenu', (event) => event.preventDefault());
    button.addEventListener('keydown', (event) => {
      if (event.key === ' ') {
        // The browser's own click on key up would be one press too many.
        event.preventDefault();
        if (!event.repeat) {
          this.#press();
        }
      }
    });
    button.addEventListener('keyup', (event) => {
      if (event.key === ' ') {
        event.preventDefault();
        this.#release();
      }
    });
    // Enter, and assistive technology, which presses without a pointer.
    button.addEventListener('click', ({ detail }) => {
      if (detail === 0) {
        this.#press();
        this.#holding = false;
      }
    });
    button.addEventListener('blur', () => this.#release());
  }

  #press(): void {
    if (this.#button.disabled) {
      return;
    }
    if (this.#listening === undefined) {
      this.#holding = true;
      this.#pressedMs = performance.now();
      void this.#begin();
    } else {
      void this.#finish();
    }
  }

  #release(): void {
    const isHeld = this.#holding && performance.now() - this.#pressedMs >= TAP_MS;
    this.#holding = false;
    if (isHeld && this.#listening !== undefined) {
      void this.#finish();
    }
  }

  async #begin(): Promise<void> {
    const { onBegin, onWords, onProblem } = this.#handlers;
    const isCurrent = (): boolean => this.#listening === listening;
    const fail = (error: unknown): void => {
      if (isCurrent()) {
        this.#end();
        onProblem(messageOf(error));
      }
    };
    const listening = this.#listener.start((words) => {
      if (isCurrent()) {
        onWords(words);
      }
    }, fail);
    this.#listening = listening;
    this.#show('Listening…');
    onProblem('');
    onWords('Listening…');
    try {
      await listening;
      if (isCurrent()) {
        onBegin();
      }
    } catch (error) {
      fail(error);
    }
  }

  async #finish(): Promise<void> {
    const listening = this.#listening;
    const releasedMs = performance.now();
    if (listening === undefined) {
      return;
    }
    this.#end();
    setText(this.#status, 'Understanding…');
    this.#handlers.onWords('Understanding…');
    try {
      const heard = await (await listening).finish();
      if (heard === undefined) {
        this.#handlers.onProblem('Nothing was heard. Hold the button while you talk.');
      } else {
        await this.#handlers.onHeard(heard, releasedMs);
      }
    } catch (error) {
      this.#handlers.onProblem(messageOf(error));
    } finally {
      if (this.#listening === undefined) {
        setText(this.#status, '');
        this.#handlers.onWords(undefined);
      }
    }
  }

  #show(status: string): void {
    this.#button.ariaPressed = 'true';
    setText(this.#status, status);
  }

  #end(): void {
    this.#listening = undefined;
    this.#holding = false;
    this.#button.ariaPressed = 'false';
    setText(this.#status, '');
    this.#handlers.onWords(undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof ListeningError || error instanceof Error ? error.message : String(error);
}
