import type { EventType, Preferences } from '../../../server/session/types.ts';
import { type Fields, finite, isFields, named, text } from './fields.ts';

/** What an event says of the chunk it is about. */
export type ChunkRef = {
  readonly id: string;
  readonly turn?: string;
  /** Position in its turn. */
  readonly index?: number;
  readonly text?: string;
};

/** Begin and end of each stage by name, in milliseconds from the start of the turn. */
export type Stages = ReadonlyMap<string, readonly [startMs: number, endMs: number]>;

/** Lengths in milliseconds, of servers that tell no `stages`. */
export type StageLengths = Readonly<
  Record<'queuedMs' | 'ttsMs' | 'avatarMs' | 'encodeMs' | 'firstPartMs', number | undefined>
>;

type Head = { readonly seq: number; readonly at: string };

export type Published = Head & {
  readonly type: 'chunk.published';
  readonly chunk: ChunkRef;
  readonly start: number;
  readonly duration: number;
  /** Wall clock of the presentation of its first frame. */
  readonly programDateTime?: Date;
  readonly stages?: Stages;
  readonly lengths: StageLengths;
};

export type Degraded = Head & {
  readonly type: 'degraded';
  readonly turn?: string;
  /** What failed: `llm`, `tts`, `avatar` or `asr`. */
  readonly stage: string;
  /** What took its place. */
  readonly to: string;
  readonly reason: string;
};

export type Waiting = Head & {
  readonly type: 'waiting';
  readonly turn: string;
  /** What is waited for: `asr` or `llm`. */
  readonly stage: string;
  /** Why: `loading`, `busy`, `thinking`, `unreachable` or `silent`. */
  readonly kind: string;
};

export type Interrupted = Head & {
  readonly type: 'interrupted';
  readonly cutAt: number;
  readonly programDateTime?: string;
  readonly turns: readonly string[];
  /** What was on air, and the part of its text that was said before the cut. */
  readonly chunk?: ChunkRef;
  readonly said?: string;
};

/** The events a player acts on; times in seconds on the session's timeline. */
export type PlayerEvent = Head &
  (
    | { readonly type: 'turn.started'; readonly turn: string; readonly utterance?: string }
    | { readonly type: 'transcription' | 'llm.delta' | 'llm.completed'; readonly turn: string; readonly text: string }
    | { readonly type: 'turn.completed'; readonly turn: string; readonly outcome: string }
    | { readonly type: 'sentence'; readonly turn: string; readonly index: number; readonly text: string }
    | { readonly type: 'chunk.accepted' | 'chunk.encoding' | 'chunk.dropped'; readonly chunk: ChunkRef }
    | { readonly type: 'chunk.failed'; readonly chunk: ChunkRef; readonly reason: string }
    | Published
    | Interrupted
    | Degraded
    | Waiting
    | { readonly type: 'session.changed'; readonly preferences: Preferences }
    | { readonly type: 'session.ended' }
  );

/** Every event name a stream may carry: EventSource hands out a named event only to those who ask for its name. */
export const EVENT_TYPES = [
  'session.opened',
  'session.changed',
  'turn.started',
  'transcription',
  'llm.delta',
  'llm.completed',
  'sentence',
  'turn.completed',
  'interrupted',
  'degraded',
  'waiting',
  'chunk.accepted',
  'chunk.encoding',
  'chunk.published',
  'chunk.failed',
  'chunk.dropped',
  'filler.started',
  'filler.stopped',
  'session.ended',
] as const satisfies readonly EventType[];

/** Reads the `data` of one server-sent event; undefined for those a player has no use for. @throws {SyntaxError} when it is not JSON. */
export function parseEvent(data: string): PlayerEvent | undefined {
  const raw: unknown = JSON.parse(data);
  if (!isFields(raw) || typeof raw.seq !== 'number') {
    return undefined;
  }
  const head = { seq: raw.seq, at: text(raw.at) ?? '' };
  switch (raw.type) {
    case 'sentence':
    case 'turn.started':
    case 'transcription':
    case 'llm.delta':
    case 'llm.completed':
    case 'turn.completed':
      return parseOfTurn(head, raw.type, raw);
    case 'chunk.accepted':
    case 'chunk.encoding':
    case 'chunk.dropped': {
      const chunk = chunkRef(raw);
      return chunk && { ...head, type: raw.type, chunk };
    }
    case 'chunk.published':
      return parsePublished(head, raw);
    case 'chunk.failed': {
      const chunk = chunkRef(raw);
      return chunk && { ...head, type: 'chunk.failed', chunk, reason: reasonOf(raw.reason) };
    }
    case 'interrupted':
      return parseInterrupted(head, raw);
    case 'degraded':
      return {
        ...head,
        type: 'degraded',
        ...named({ turn: text(raw.turn) }),
        stage: text(raw.stage) ?? '',
        to: text(raw.to) ?? '',
        reason: reasonOf(raw.reason),
      };
    case 'waiting': {
      const turn = text(raw.turn);
      return turn === undefined
        ? undefined
        : { ...head, type: 'waiting', turn, stage: text(raw.stage) ?? '', kind: text(raw.kind) ?? '' };
    }
    case 'session.changed': {
      const { voice, language, look } = raw;
      return {
        ...head,
        type: 'session.changed',
        preferences: named({ voice: text(voice), language: text(language), look: text(look) }),
      };
    }
    case 'session.ended':
      return { ...head, type: 'session.ended' };
    default:
      return undefined;
  }
}

type OfTurn = 'sentence' | 'turn.started' | 'transcription' | 'llm.delta' | 'llm.completed' | 'turn.completed';

function parseOfTurn(head: Head, type: OfTurn, raw: Fields): PlayerEvent | undefined {
  const turn = text(raw.turn);
  const words = text(raw.text);
  if (turn === undefined) {
    return undefined;
  }
  switch (type) {
    case 'turn.started':
      return { ...head, type, turn, ...named({ utterance: text(raw.utterance) }) };
    case 'turn.completed':
      return { ...head, type, turn, outcome: text(raw.outcome) ?? 'completed' };
    case 'sentence': {
      const index = finite(raw.index);
      return index === undefined || words === undefined ? undefined : { ...head, type, turn, index, text: words };
    }
    default:
      return words === undefined ? undefined : { ...head, type, turn, text: words };
  }
}

function parseInterrupted(head: Head, raw: Fields): PlayerEvent | undefined {
  const cutAt = finite(raw.cutAt);
  if (cutAt === undefined) {
    return undefined;
  }
  const turns = Array.isArray(raw.turns) ? raw.turns.filter((turn) => typeof turn === 'string') : [];
  const known = { programDateTime: text(raw.programDateTime), chunk: chunkRef(raw), said: text(raw.said) };
  return { ...head, type: 'interrupted', cutAt, ...named(known), turns };
}

function parsePublished(head: Head, raw: Fields): PlayerEvent | undefined {
  const chunk = chunkRef(raw);
  const start = finite(raw.start);
  const duration = finite(raw.duration);
  if (chunk === undefined || start === undefined || duration === undefined) {
    return undefined;
  }
  const date = new Date(text(raw.programDateTime) ?? Number.NaN);
  return {
    ...head,
    type: 'chunk.published',
    chunk,
    start,
    duration,
    ...named({
      programDateTime: Number.isNaN(date.getTime()) ? undefined : date,
      stages: isFields(raw.stages) ? stagesOf(raw.stages) : undefined,
    }),
    lengths: {
      queuedMs: finite(raw.queuedMs),
      ttsMs: finite(raw.ttsMs),
      avatarMs: finite(raw.avatarMs),
      encodeMs: finite(raw.encodeMs),
      firstPartMs: finite(raw.firstPartMs),
    },
  };
}

function stagesOf(raw: Fields): Stages {
  const stages = new Map<string, readonly [number, number]>();
  for (const [name, times] of Object.entries(raw)) {
    const [start, end] = Array.isArray(times) ? times.map(finite) : [];
    if (start !== undefined && end !== undefined) {
      stages.set(name, [start, Math.max(start, end)]);
    }
  }
  return stages;
}

/** `chunk` is the chunk's id, or the chunk itself as the API shows it. */
function chunkRef(raw: Fields): ChunkRef | undefined {
  const fields: Fields = isFields(raw.chunk) ? { ...raw, ...raw.chunk } : raw;
  const id = text(raw.chunk) ?? text(fields.id) ?? text(fields.chunkId);
  if (id === undefined) {
    return undefined;
  }
  return { id, ...named({ turn: text(fields.turn), index: finite(fields.index), text: text(fields.text) }) };
}

function reasonOf(reason: unknown): string {
  return text(isFields(reason) ? reason.detail : reason) ?? 'no reason given';
}
