import type { Chunk, ChunkOrigin, StageTimes } from './chunk.ts';
import type { JournalRecord } from './journal/records.ts';
import type { SavedTurn } from './journal/saved-turns.ts';
import type { ChunkStatus, EventType } from './types.ts';

/** Media made in this process on demand: one sentence of a turn. */
export type ClipRequest = {
  readonly text: string;
  readonly origin: Extract<ChunkOrigin, { kind: 'render' }>;
  /** What was done for the sentence so far. */
  readonly stages?: StageTimes;
};

export type TurnHost = {
  /** @throws {StreamError} `QUEUE_FULL`, `SESSION_ENDED`, `TURN_INTERRUPTED`. */
  append(turn: Turn, clip: ClipRequest): Chunk;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
  /** Nobody makes anything for the turn any more. */
  left(turn: Turn): void;
  /** For the journal. */
  record(record: JournalRecord): void;
};

/** `cut`: only the first words were heard. */
type Sentence = { readonly text: string; fate: 'waiting' | 'said' | 'cut' | 'lost'; said: string };

/** What a conversation remembers of a turn. */
export type TurnMemory = {
  /** What is said of it, or will be unless it is interrupted. */
  readonly said: string;
  readonly interrupted: boolean;
};

/** The answer to one utterance while it is being made and played: whoever makes it appends clips and leaves. */
export class Turn implements TurnMemory {
  readonly id: string;
  /** In ms since the epoch. */
  readonly startedMs: number;
  readonly #host: TurnHost;
  readonly #abort = new AbortController();
  /** By chunk. */
  readonly #sentences = new Map<string, Sentence>();
  #waiting = 0;
  #makers = 0;
  /** The server was started again while it was made. */
  readonly #isBroken: boolean;
  /** Those who wait for room. */
  #waiters: (() => void)[] = [];

  /** @param saved - What an earlier server had of it. */
  constructor(id: string, startedMs: number, host: TurnHost, saved?: SavedTurn) {
    this.id = id;
    this.startedMs = startedMs;
    this.#host = host;
    this.#isBroken = saved?.broken ?? false;
    for (const { chunk, text, fate, said } of saved?.sentences ?? []) {
      this.#sentences.set(chunk, { text, fate, said });
      if (fate === 'waiting') this.#waiting += 1;
    }
  }

  /** What was to be said of it was not, or not all. */
  get interrupted(): boolean {
    return this.#isBroken || this.signal.aborted;
  }

  /** Aborted when the turn is interrupted or the session deleted. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Neither being made nor waiting to be played. */
  get settled(): boolean {
    return this.#makers === 0 && this.#waiting === 0;
  }

  /** Sentences so far. */
  get sentences(): number {
    return this.#sentences.size;
  }

  /** Somebody makes it. */
  get beingMade(): boolean {
    return this.#makers > 0;
  }

  /** What is said of it, or will be unless it is interrupted. */
  get said(): string {
    return [...this.#sentences.values()]
      .map(({ said }) => said)
      .filter(Boolean)
      .join(' ');
  }

  /** Queues a sentence. @throws {StreamError} `QUEUE_FULL`, `SESSION_ENDED`, `TURN_INTERRUPTED`. */
  append(clip: ClipRequest): ChunkStatus {
    const chunk = this.#host.append(this, clip);
    return chunk.status();
  }

  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void {
    this.#host.emit(type, { turn: this.id, ...fields });
  }

  /** Waits until fewer than `limit` sentences wait to be played. @throws the signal's reason. */
  async room(limit: number): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      if (this.#waiting < limit) return;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Somebody begins to make it; each ends with one `leave()`. */
  join(): void {
    this.#makers += 1;
    this.#host.record({ t: 'turn', turn: this.id, startedMs: this.startedMs });
  }

  leave(): void {
    this.#makers -= 1;
    if (this.#makers === 0) this.#host.record({ t: 'made', turn: this.id });
    this.#host.left(this);
  }

  /** A sentence of it was accepted. */
  accepted(chunk: Chunk): void {
    const text = chunk.text ?? '';
    this.#sentences.set(chunk.id, { text, fate: 'waiting', said: text });
    this.#waiting += 1;
  }

  /** What became of a sentence. @param said - All that was heard of it. */
  settle(chunkId: string, fate: 'said' | 'cut' | 'lost', said?: string): void {
    const sentence = this.#sentences.get(chunkId);
    if (sentence?.fate !== 'waiting') return;
    sentence.fate = fate;
    sentence.said = fate === 'lost' ? '' : (said ?? sentence.text);
    this.#waiting -= 1;
    this.#wake();
  }

  interrupt(reason: unknown): void {
    this.#abort.abort(reason);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
