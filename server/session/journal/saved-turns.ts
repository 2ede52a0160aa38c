/** Turns of the past that a conversation's history is made of, as `Conversation` keeps them. */
const REMEMBERED_TURNS = 60;
/** Names of turns that take nothing more, as `Turns` keeps them. */
const REMEMBERED_NAMES = 200;

export type SavedSentence = {
  readonly chunk: string;
  readonly text: string;
  fate: 'waiting' | 'said' | 'cut' | 'lost';
  said: string;
};

/** A turn that is open, or that the history names. */
export type SavedTurn = {
  readonly turn: string;
  readonly startedMs: number;
  readonly sentences: SavedSentence[];
  /** Somebody makes sentences for it. */
  making: boolean;
  /** Not completed: it is being made, or sentences of it wait. */
  open: boolean;
  /** It will have no more sentences than it has, though more were to come. */
  broken: boolean;
};

export type TurnsState = {
  readonly turns: readonly SavedTurn[];
  /** What was asked, oldest first; `at`: of the turn in `turns`. */
  readonly past: readonly { readonly user: string; readonly at: number }[];
  readonly barred: readonly string[];
};

/** A session's turns as its journal tells of them. */
export class SavedTurns {
  /** Those that are open, by name. */
  readonly #open = new Map<string, SavedTurn>();
  #past: { readonly user: string; readonly turn: SavedTurn }[] = [];
  #barred: string[] = [];

  constructor(state?: TurnsState) {
    if (!state) return;
    const turns = state.turns.map((turn) => ({ ...turn, sentences: turn.sentences.map((each) => ({ ...each })) }));
    for (const turn of turns) if (turn.open) this.#open.set(turn.turn, turn);
    this.#past = state.past.flatMap(({ user, at }) => {
      const turn = turns[at];
      return turn ? [{ user, turn }] : [];
    });
    this.#barred = [...state.barred];
  }

  get state(): TurnsState {
    const turns = [...new Set([...this.#past.map(({ turn }) => turn), ...this.#open.values()])];
    return {
      turns,
      past: this.#past.map(({ user, turn }) => ({ user, at: turns.indexOf(turn) })),
      barred: this.#barred,
    };
  }

  get open(): readonly SavedTurn[] {
    return [...this.#open.values()];
  }
  get past(): readonly { readonly user: string; readonly turn: SavedTurn }[] {
    return this.#past;
  }
  get barred(): readonly string[] {
    return this.#barred;
  }

  begin(name: string, startedMs: number): void {
    const known = this.#open.get(name);
    if (known) known.making = true;
    else this.#open.set(name, { turn: name, startedMs, sentences: [], making: true, open: true, broken: false });
  }

  asked(name: string, user: string): void {
    const turn = this.#open.get(name);
    if (!turn) return;
    this.#past.push({ user, turn });
    if (this.#past.length > REMEMBERED_TURNS) this.#past.shift();
  }

  accepted(name: string, chunk: string, text: string): void {
    this.#open.get(name)?.sentences.push({ chunk, text, fate: 'waiting', said: text });
  }

  made(name: string): void {
    const turn = this.#open.get(name);
    if (turn) turn.making = false;
  }

  fate(name: string, chunk: string, fate: SavedSentence['fate'], said?: string): void {
    const sentence = this.#open.get(name)?.sentences.find((each) => each.chunk === chunk);
    if (sentence?.fate !== 'waiting') return;
    sentence.fate = fate;
    sentence.said = fate === 'lost' ? '' : (said ?? sentence.text);
  }

  over(name: string): void {
    const turn = this.#open.get(name);
    if (turn) turn.open = false;
    this.#open.delete(name);
  }

  bar(names: readonly string[]): void {
    this.#barred = [...this.#barred.filter((name) => !names.includes(name)), ...names].slice(-REMEMBERED_NAMES);
    for (const name of names) Object.assign(this.#open.get(name) ?? {}, { broken: true });
  }

  /** Nobody makes anything any more. @returns the turns that had been going on. */
  breakOff(): string[] {
    const making = [...this.#open.values()].filter((turn) => turn.making);
    const names = making.filter((turn) => !turn.broken).map(({ turn }) => turn);
    for (const turn of making) Object.assign(turn, { making: false, broken: true });
    return names;
  }
}
