import { sampleAt } from '../../timeline/axis.ts';
import type { SessionSettings } from '../settings.ts';
import type { ChunkStatus, Preferences, SessionEvent, SessionState } from '../types.ts';
import { unreadable } from './journal-line.ts';
import {
  type AirRecord,
  JOURNAL_VERSION,
  type JournalRecord,
  type KeyKind,
  type OpenRecord,
  type ReopenRecord,
} from './records.ts';
import { type QueueState, SavedQueue } from './saved-queue.ts';
import { SavedStream, type StreamState } from './saved-stream.ts';
import { SavedTurns, type TurnsState } from './saved-turns.ts';

/** Events and keys that are remembered, as `BoundedEventLog` and `IdempotencyKeys` do. */
const REMEMBERED_EVENTS = 2_000;
const REMEMBERED_KEYS = 1_000;

/** All that a journal says of a session, as data. */
export type SavedState = {
  readonly open: Omit<OpenRecord, 't'>;
  readonly preferences: Preferences;
  readonly state: SessionState;
  readonly endedMs?: number;
  /** Of the last record that says when it was written, in ms since the epoch. */
  readonly atMs: number;
  readonly queue: QueueState;
  readonly turns: TurnsState;
  readonly keys: Readonly<Record<KeyKind, readonly (readonly [key: string, answer: unknown])[]>>;
  readonly events: readonly SessionEvent[];
  /** Of the newest event, remembered or not. */
  readonly lastSeq: number;
  readonly stream: StreamState;
};

/** A session as its journal tells of it: records go in, in order, and what they come to can be asked for at any time. */
export class SavedSession {
  readonly open: Omit<OpenRecord, 't'>;
  readonly queue: SavedQueue;
  readonly turns: SavedTurns;
  readonly stream: SavedStream;
  readonly keys: Readonly<Record<KeyKind, Map<string, unknown>>>;
  preferences: Preferences;
  state: SessionState;
  endedMs: number | undefined;
  atMs: number;
  /** Turns that were being made when the server went down last. */
  brokenOff: readonly string[] = [];
  lastSeq: number;
  #events: SessionEvent[];

  /** @throws {StreamError} `INTERNAL` when a journal does not begin with this record, or it is of a version that is not known here. */
  constructor(first: JournalRecord | undefined) {
    const saved = first?.t === 'snapshot' ? first.state : undefined;
    if (first?.t !== 'open' && first?.t !== 'snapshot') throw unreadable('it does not say what session it is of');
    if (first.version !== JOURNAL_VERSION)
      throw unreadable(`it is of version ${first.version}, not ${JOURNAL_VERSION}`);
    this.open = saved?.open ?? openOf(first as OpenRecord);
    const { settings } = this.open;
    this.queue = new SavedQueue(saved?.queue);
    this.turns = new SavedTurns(saved?.turns);
    this.stream = new SavedStream(settings, saved?.stream);
    if (!saved) this.stream.begin(this.open);
    const keys = (kind: KeyKind) => new Map(saved?.keys[kind] ?? []);
    this.keys = { chunk: keys('chunk'), say: keys('say'), turn: keys('turn') };
    this.preferences = saved?.preferences ?? this.open.preferences;
    this.state = saved?.state ?? 'open';
    this.endedMs = saved?.endedMs;
    this.atMs = saved?.atMs ?? this.open.createdMs;
    this.#events = [...(saved?.events ?? [])];
    this.lastSeq = saved?.lastSeq ?? 0;
  }

  get settings(): SessionSettings {
    return this.open.settings;
  }
  get events(): readonly SessionEvent[] {
    return this.#events.slice(-REMEMBERED_EVENTS);
  }

  /** All of it in one record. */
  snapshot(): JournalRecord {
    const { open, preferences, state, endedMs, atMs, queue, turns, keys, events, lastSeq, stream } = this;
    const saved: SavedState = {
      ...{ open, preferences, state, atMs, events, lastSeq },
      ...(endedMs !== undefined && { endedMs }),
      ...{ queue: queue.state, turns: turns.state, stream: stream.state },
      keys: { chunk: [...keys.chunk], say: [...keys.say], turn: [...keys.turn] },
    };
    return { t: 'snapshot', version: JOURNAL_VERSION, state: saved };
  }

  /** @throws {StreamError} When the record contradicts those before it. */
  apply(record: JournalRecord): void {
    if ('atMs' in record) this.atMs = Math.max(this.atMs, record.atMs);
    switch (record.t) {
      case 'preferences':
        this.preferences = record.preferences;
        break;
      case 'event':
        this.#event(record.event);
        break;
      case 'accept':
        this.#accept(record);
        break;
      case 'key':
        this.#key(record.kind, record.key, record.answer);
        break;
      case 'state':
        this.state = record.state;
        if (record.state === 'ended') this.endedMs = record.atMs;
        if (record.state === 'ended') this.stream.end();
        break;
      case 'air':
        this.#air(record);
        break;
      case 'off':
        this.#off(record.chunk, record.shown);
        break;
      case 'fate':
        this.#fate(record);
        break;
      case 'reopen':
        this.#reopen(record);
        break;
      default:
        this.#applyToParts(record);
    }
  }

  #applyToParts(record: JournalRecord): void {
    const { turns, stream } = this;
    switch (record.t) {
      case 'turn':
        turns.begin(record.turn, record.startedMs);
        break;
      case 'asked':
        turns.asked(record.turn, record.user);
        break;
      case 'made':
        turns.made(record.turn);
        break;
      case 'over':
        turns.over(record.turn);
        break;
      case 'barred':
        turns.bar(record.turns);
        break;
      case 'init':
        stream.init(record.tracks);
        break;
      case 'filler':
        stream.filler(record);
        break;
      case 'part':
        stream.part(record);
        break;
      case 'lost':
        stream.lost(record.msn);
        break;
      default:
        throw unreadable(`a record '${String(record.t).slice(0, 20)}' is not known here, or comes where it can't`);
    }
  }

  #event(event: SessionEvent): void {
    this.#events.push(event);
    this.lastSeq = event.seq;
    if (this.#events.length > 2 * REMEMBERED_EVENTS) this.#events = this.#events.slice(-REMEMBERED_EVENTS);
    this.atMs = Math.max(this.atMs, Date.parse(event.at));
  }

  #accept({ chunk, key, answer }: Extract<JournalRecord, { t: 'accept' }>): void {
    this.queue.accept(chunk);
    if (chunk.turn !== undefined && chunk.origin.kind === 'render')
      this.turns.accepted(chunk.turn, chunk.id, chunk.text ?? '');
    if (key !== undefined) this.#key('chunk', key, answer satisfies ChunkStatus | undefined);
  }

  #key(kind: KeyKind, key: string, answer: unknown): void {
    const known = this.keys[kind];
    known.set(key, answer);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED_KEYS && oldest !== undefined) known.delete(oldest);
  }

  #air(record: AirRecord): void {
    const { chunk: id, frame, played, sample, frames, words } = record;
    const chunk = this.queue.chunk(id);
    const caption = {
      ...{ id, index: chunk?.index ?? 0, text: chunk?.text ?? '', frames },
      ...(chunk?.turn !== undefined && { turn: chunk.turn }),
      ...(words && { words }),
    };
    this.stream.air(record, caption);
    this.queue.air({ chunk: id, frame, played, sample, frames });
  }

  #off(chunk: string, shown: number): void {
    this.stream.off(chunk, shown);
    const { onAir } = this.queue;
    if (onAir?.chunk === chunk) this.#holdAt(onAir);
  }

  /** Counts what is out of the chunk on air. */
  #holdAt(onAir: NonNullable<SavedQueue['onAir']>): void {
    if (onAir.paused) return;
    const { endFrame } = this.stream.timeline;
    const { profile } = this.settings;
    onAir.played += endFrame - onAir.frame;
    onAir.sample += sampleAt(profile, endFrame) - sampleAt(profile, onAir.frame);
    onAir.frame = endFrame;
    onAir.paused = true;
  }

  #fate({ chunk: id, fate, said, shown }: Extract<JournalRecord, { t: 'fate' }>): void {
    const turn = this.queue.chunk(id)?.turn;
    const failsOnAir = fate === 'failed' && this.queue.onAir?.chunk === id;
    this.queue.fate(id, fate);
    if (fate === 'refused') this.#forgetAnswer(id);
    if (failsOnAir || fate === 'refused') return;
    this.stream.leave(id, shown);
    if (turn !== undefined) this.turns.fate(turn, id, fate === 'said' || fate === 'cut' ? fate : 'lost', said);
  }

  #forgetAnswer(chunk: string): void {
    for (const [key, answer] of this.keys.chunk)
      if ((answer as ChunkStatus | undefined)?.id === chunk) this.keys.chunk.delete(key);
  }

  #reopen({ leap, seq }: ReopenRecord): void {
    if (seq !== undefined) {
      this.#events = [];
      this.lastSeq = seq;
    }
    const { onAir } = this.queue;
    if (onAir) this.#holdAt(onAir);
    const shown = this.stream.reopen(leap);
    if (onAir) this.stream.off(onAir.chunk, shown);
    if (onAir?.played === 0) this.queue.takeBack();
    this.brokenOff = this.turns.breakOff();
  }
}

function openOf({ t: _, ...open }: OpenRecord): Omit<OpenRecord, 't'> {
  return open;
}
