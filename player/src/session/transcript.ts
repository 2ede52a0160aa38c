import { type ChunkRange, chunkOf } from './chunk-range.ts';
import { type Sentence, screenTime } from './sentence.ts';
import type { ChunkRef, Degraded, Interrupted, PlayerEvent, Published, Waiting } from './session-event.ts';

/** What was asked and what is answered; or what was given to be said. */
export type Turn = {
  readonly key: string;
  /** When it was first heard of, in milliseconds since the epoch on the server's clock. */
  readonly sinceMs: number;
  /** What the user said. */
  readonly utterance?: string;
  /** An answer is being written. */
  readonly writing: boolean;
  /** Why there is nothing of it yet, while that is known. */
  readonly waiting?: string | undefined;
  readonly outcome?: string;
  /** What did not work as it should, and what took its place. */
  readonly notes: readonly string[];
  readonly sentences: readonly Sentence[];
};

type Draft = Omit<Turn, 'sentences' | 'notes' | 'key'> & {
  readonly notes: string[];
  readonly sentences: Map<string, Sentence>;
  cutMs?: number;
};

/** What a page can show and a person can scroll through; the oldest are forgotten first. */
const MAX_SENTENCES = 500;
const MAX_TURNS = 200;
const MAX_NOTES = 4;

const WAITING_FOR: Readonly<Record<string, string>> = {
  loading: 'is loading…',
  busy: 'is busy…',
  thinking: 'is thinking…',
  unreachable: 'can’t be reached for the moment…',
  silent: 'has not answered yet…',
};

const STAGE_NAMES: Readonly<Record<string, string>> = {
  llm: 'Language model',
  tts: 'Voice',
  avatar: 'Face',
  asr: 'Speech recognition',
};

/** A session's turns in order, made from its events and from what its playlist says. Reads no clock. */
export class Transcript {
  readonly #turns = new Map<string, Draft>();
  /** By chunk: where its sentence is. */
  readonly #places = new Map<string, { turn: string; key: string }>();
  #shown: readonly Turn[] | undefined;

  /** The same array until something changes. */
  get turns(): readonly Turn[] {
    this.#shown ??= [...this.#turns]
      .map(([key, turn]) => ({ ...turn, key, sentences: [...turn.sentences.values()].sort(byIndex) }))
      .sort((a, b) => a.sinceMs - b.sinceMs);
    return this.#shown;
  }

  apply(event: PlayerEvent): void {
    const atMs = Date.parse(event.at);
    this.#shown = undefined;
    switch (event.type) {
      case 'turn.started':
        this.#change(event.turn, atMs, event.utterance === undefined ? {} : asked(event.utterance));
        break;
      case 'transcription':
        this.#change(event.turn, atMs, asked(event.text));
        break;
      case 'llm.delta':
        this.#change(event.turn, atMs, { writing: true, waiting: undefined });
        break;
      case 'llm.completed':
        this.#change(event.turn, atMs, { writing: false, waiting: undefined });
        break;
      case 'turn.completed':
        this.#change(event.turn, atMs, { writing: false, waiting: undefined, outcome: event.outcome });
        break;
      case 'waiting':
        this.#change(event.turn, atMs, { waiting: waitingFor(event) });
        break;
      case 'degraded':
        this.#note(event);
        break;
      case 'sentence':
        this.#update({ id: '', ...event }, atMs, { text: event.text });
        break;
      case 'chunk.accepted':
      case 'chunk.encoding':
        this.#update(event.chunk, atMs, {});
        break;
      case 'chunk.published':
        this.#update(event.chunk, atMs, { outcome: 'published', ...publishedAt(event) });
        break;
      case 'chunk.failed':
        this.#update(event.chunk, atMs, { outcome: 'failed', reason: event.reason });
        break;
      case 'chunk.dropped':
        this.#update(event.chunk, atMs, { outcome: 'dropped' });
        break;
    }
  }

  /** What the playlist says of a chunk, each time it says something new. */
  addRange(range: ChunkRange): void {
    const { id: _, turn, index, text } = range;
    const id = chunkOf(range);
    const chunk = { id, ...(turn !== undefined && { turn }), ...(index !== undefined && { index }) };
    const known = this.#find(chunk);
    const ranges = [...(known?.ranges ?? []).filter((other) => other.id !== range.id), range];
    ranges.sort((a, b) => a.startMs - b.startMs);
    this.#shown = undefined;
    // A continuation, or a text cut to a playlist's measure, is not the whole of it.
    const isMore = text.length > (known?.text.length ?? 0);
    this.#update(chunk, range.startMs, { outcome: 'published', ranges, ...(isMore && { text }) });
  }

  /** Speech was cut off there. @param dateMs - Program date time of the cut; undefined when it is not known. */
  cut(dateMs: number | undefined, { turns, chunk, said }: Pick<Interrupted, 'turns' | 'chunk' | 'said'>): void {
    this.#shown = undefined;
    for (const turn of turns) {
      const draft = this.#turns.get(turn);
      if (draft !== undefined) {
        Object.assign(draft, {
          writing: false,
          waiting: undefined,
          outcome: 'interrupted',
          ...(dateMs !== undefined && { cutMs: dateMs }),
        });
        for (const [key, sentence] of draft.sentences) {
          draft.sentences.set(key, cutSentence(sentence, dateMs));
        }
      }
    }
    if (chunk !== undefined && said !== undefined && dateMs !== undefined) {
      this.#update(chunk, dateMs, { said, cutMs: dateMs });
    }
  }

  /** Something is still being made or to be heard: there is something to interrupt. */
  busyAt(dateMs: number | undefined): boolean {
    return this.turns.slice(-8).some(({ writing, outcome, sentences }) => {
      const isMade = outcome !== undefined;
      return writing || sentences.some((sentence) => isAhead(sentence, dateMs, isMade));
    });
  }

  #change(key: string, atMs: number, change: Partial<Draft>): Draft {
    const known = this.#turns.get(key);
    const turn: Draft = known ?? { sinceMs: atMs, writing: false, notes: [], sentences: new Map() };
    // Of a turn known from the playlist, its events come later and tell of an earlier moment.
    Object.assign(turn, change, { sinceMs: Math.min(turn.sinceMs, Number.isNaN(atMs) ? turn.sinceMs : atMs) });
    if (known === undefined) {
      this.#turns.set(key, turn);
      this.#forget();
    }
    return turn;
  }

  #note({ turn: named, stage, to, reason }: Degraded): void {
    const key = named ?? [...this.#turns.keys()].at(-1);
    const turn = key === undefined ? undefined : this.#turns.get(key);
    const note = `${STAGE_NAMES[stage] ?? stage}: ${to === '' ? '' : `went on with ${to}. `}${reason}`;
    if (turn !== undefined && !turn.notes.includes(note) && turn.notes.length < MAX_NOTES) {
      turn.notes.push(note);
    }
  }

  #find(chunk: ChunkRef): Sentence | undefined {
    const { turn, key } = this.#places.get(chunk.id) ?? placeOf(chunk);
    return this.#turns.get(turn)?.sentences.get(key);
  }

  #update(chunk: ChunkRef, atMs: number, change: Partial<Sentence>): void {
    // What names a chunk by its id alone is about the sentence that had turn and index with it before.
    const place = this.#places.get(chunk.id) ?? placeOf(chunk);
    if (chunk.id !== '') {
      this.#places.set(chunk.id, place);
    }
    const turn = this.#change(place.turn, atMs, {});
    const known = turn.sentences.get(place.key) ?? {
      key: place.key,
      index: chunk.index ?? 0,
      text: '',
      outcome: 'queued' as const,
      ranges: [],
    };
    const text = chunk.text === undefined ? {} : { text: chunk.text };
    // What failed or was dropped stays so, whatever the playlist still lists.
    const outcome = known.outcome === 'failed' || known.outcome === 'dropped' ? { outcome: known.outcome } : {};
    const changed = { ...known, ...text, ...change, ...outcome };
    turn.sentences.set(place.key, turn.cutMs === undefined ? changed : cutSentence(changed, turn.cutMs));
    this.#forget();
  }

  #forget(): void {
    let count = 0;
    for (const { sentences } of this.#turns.values()) {
      count += sentences.size;
    }
    for (const [key, { sentences }] of this.#turns) {
      for (const [oldest] of sentences) {
        if (count <= MAX_SENTENCES) {
          break;
        }
        sentences.delete(oldest);
        count--;
      }
      if (this.#turns.size > MAX_TURNS || (sentences.size === 0 && count >= MAX_SENTENCES && this.#turns.size > 1)) {
        count -= sentences.size;
        this.#turns.delete(key);
      } else {
        break;
      }
    }
    for (const [chunk] of this.#places) {
      if (this.#places.size <= 2 * MAX_SENTENCES) {
        break;
      }
      this.#places.delete(chunk);
    }
  }
}

function waitingFor({ stage, kind }: Waiting): string {
  return `${STAGE_NAMES[stage] ?? stage} ${WAITING_FOR[kind] ?? 'takes its time…'}`;
}

function asked(utterance: string): Partial<Draft> {
  return { utterance, writing: true };
}

function publishedAt({ programDateTime, duration }: Published): Partial<Sentence> {
  const startMs = programDateTime?.getTime();
  return startMs === undefined ? {} : { published: { startMs, endMs: startMs + duration * 1000 } };
}

function cutSentence(sentence: Sentence, cutMs: number | undefined): Sentence {
  const time = screenTime(sentence);
  if (sentence.outcome === 'queued' || (cutMs !== undefined && time !== undefined && time.startMs >= cutMs)) {
    return { ...sentence, outcome: 'dropped' };
  }
  return cutMs !== undefined && time !== undefined && time.endMs > cutMs ? { ...sentence, cutMs } : sentence;
}

function isAhead(sentence: Sentence, dateMs: number | undefined, isMade: boolean): boolean {
  const { outcome } = sentence;
  if (outcome !== 'published') {
    return outcome === 'queued' && !isMade;
  }
  const endMs = screenTime(sentence)?.endMs;
  return endMs !== undefined && dateMs !== undefined && dateMs < endMs;
}

/** A sentence is announced before its chunk exists: both are known by turn and index. */
function placeOf({ id, turn, index }: ChunkRef): { turn: string; key: string } {
  const place = turn ?? `chunk ${id}`;
  return { turn: place, key: index === undefined || turn === undefined ? id : `${turn}/${index}` };
}

function byIndex(a: Sentence, b: Sentence): number {
  return a.index - b.index;
}
