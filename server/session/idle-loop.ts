import type { FillerClip } from '../encode/types.ts';
import { Restarts } from '../lib/restarts.ts';

export type IdleLoopOptions = {
  /** Makes the loop of a look, or finds it. */
  load(look: string | undefined, signal: AbortSignal): Promise<FillerClip>;
  show(loop: FillerClip): void;
  onFailure(error: unknown): void;
};

/** Puts the idle loop in the place of the still picture that a session begins with, once it is needed. */
export class IdleLoop {
  readonly #options: IdleLoopOptions;
  readonly #restarts = new Restarts();
  readonly #closing = new AbortController();
  /** Whose loop is shown or on its way; absent: none. */
  #current: { readonly look: string | undefined } | undefined;

  constructor(options: IdleLoopOptions) {
    this.#options = options;
  }

  /** Somebody will see it. Call it as often as you like. */
  want(look: string | undefined): void {
    const { signal } = this.#closing;
    if (signal.aborted || (this.#current && this.#current.look === look) || this.#restarts.pauseMs > 0) return;
    const current = { look };
    this.#current = current;
    this.#restarts.started();
    this.#options.load(look, signal).then(
      (loop) => {
        // Another look may have been chosen meanwhile.
        if (this.#current === current && !signal.aborted) this.#options.show(loop);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        if (this.#current === current) this.#current = undefined;
        this.#restarts.ended();
        this.#options.onFailure(error);
      },
    );
  }

  /** Calls off what is on its way. */
  close(): void {
    this.#closing.abort();
  }
}
