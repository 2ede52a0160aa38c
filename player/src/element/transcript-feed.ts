import type { ChunkRange, PlayerEvent } from '../player.ts';
import { Transcript, type Turn } from '../session/transcript.ts';

/** The transcript of what is played, and the word when it has changed: once for each turn of the event loop, as words come in bursts. */
export class TranscriptFeed {
  readonly #onChange: () => void;
  #transcript = new Transcript();
  #isTold = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get turns(): readonly Turn[] {
    return this.#transcript.turns;
  }

  busyAt(dateMs: number | undefined): boolean {
    return this.#transcript.busyAt(dateMs);
  }

  /** Another source is played. */
  reset(): void {
    this.#transcript = new Transcript();
  }

  addRange(range: ChunkRange): void {
    this.#transcript.addRange(range);
    this.#tell();
  }

  /** @param dateMsAt - Program date time of a moment on the session's timeline. */
  apply(event: PlayerEvent, dateMsAt: (mediaTime: number) => number | undefined): void {
    this.#transcript.apply(event);
    if (event.type === 'interrupted') {
      const { cutAt, programDateTime } = event;
      this.#transcript.cut(programDateTime === undefined ? dateMsAt(cutAt) : Date.parse(programDateTime), event);
    }
    this.#tell();
  }

  #tell(): void {
    if (!this.#isTold) {
      this.#isTold = true;
      queueMicrotask(() => {
        this.#isTold = false;
        this.#onChange();
      });
    }
  }
}
