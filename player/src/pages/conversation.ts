import type { ThroughlinePlayer } from '../element/index.ts';
import type { Cut, PlayerEvent } from '../player.ts';
import { ask, type OpenedSession, say } from '../session/api.ts';
import { type Asked, TurnTimings } from '../session/turn-timings.ts';

/** How long an interruption that a new question brings may take to be told. */
const CUT_MS = 3_000;
/** After the turn that would have interrupted has started, nothing more is cut. */
const STARTED_MS = 200;
/** Older events are of the past, which a late joiner is told of. */
const NOW_MS = 3_000;

/** What is said in one session, by its user and by the stream. */
export class Conversation {
  readonly timings = new TurnTimings();
  readonly #session: OpenedSession;
  readonly #player: ThroughlinePlayer;
  readonly #waiting = new Set<(event: PlayerEvent) => void>();
  #asking = 0;

  constructor(session: OpenedSession, player: ThroughlinePlayer) {
    this.#session = session;
    this.#player = player;
  }

  apply(event: PlayerEvent): void {
    const isNow = this.#asking > 0 || Math.abs(Date.now() - Date.parse(event.at)) < NOW_MS;
    this.timings.apply(event, performance.now(), isNow);
    for (const tell of [...this.#waiting]) {
      tell(event);
    }
  }

  /** The text itself is spoken, after what is being said. */
  async say(text: string): Promise<void> {
    await this.#timed({ askedMs: performance.now(), sentMs: performance.now(), recorded: false }, () =>
      say(this.#session.id, text),
    );
  }

  /**
   * An answer is wanted; what is being said makes room.
   *
   * @param askedMs - performance.now() of the moment the user was done.
   */
  async ask(input: string | Blob, askedMs: number): Promise<void> {
    const asked = { askedMs, sentMs: performance.now(), recorded: input instanceof Blob };
    const send = (): Promise<void> => this.#timed(asked, () => ask(this.#session.id, input));
    // A recording interrupts when it is understood, if something was said in it.
    if (!this.#player.busy || asked.recorded) {
      await send();
      return;
    }
    await this.#player.interrupt(async () => {
      const cut = this.#nextCut();
      try {
        await send();
        return await cut.told;
      } finally {
        cut.stop();
      }
    });
  }

  /** Silence. */
  async stop(): Promise<void> {
    if (this.#player.busy) {
      await this.#player.interrupt();
    }
  }

  async #timed(asked: Asked, send: () => Promise<{ turn: string }>): Promise<void> {
    this.#asking++;
    this.timings.ask(asked);
    try {
      const { turn } = await send();
      this.timings.taken(turn, asked);
    } catch (error) {
      this.timings.refused(asked);
      throw error;
    } finally {
      this.#asking--;
    }
  }

  /** Where the next interruption cuts; undefined when none comes. */
  #nextCut(): { told: Promise<Cut | undefined>; stop(): void } {
    let stop = (): void => undefined;
    const told = new Promise<Cut | undefined>((resolve) => {
      let timer = setTimeout(resolve, CUT_MS);
      const tell = (event: PlayerEvent): void => {
        if (event.type === 'interrupted') {
          const { cutAt: at, programDateTime } = event;
          resolve({ at, ...(programDateTime !== undefined && { programDateTime }) });
        } else if (event.type === 'turn.started') {
          clearTimeout(timer);
          timer = setTimeout(resolve, STARTED_MS);
        }
      };
      this.#waiting.add(tell);
      stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(tell);
      };
    });
    return { told, stop: () => stop() };
  }
}
