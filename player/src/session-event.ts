import type { EventType } from '../../server/session/types.ts';

/** What an event says of the chunk it is about. */
export type ChunkRef = {
  readonly id: string;
  readonly turn?: string;
  /** Position in its turn. */
  readonly index?: number;
  readonly text?: string;
};

type Head = { readonly seq: number; readonly at: string };

/** The events a player acts on; times in seconds on the session's timeline. */
export type PlayerEvent = Head &
  (
    | { readonly type: 'sentence'; readonly turn: string; readonly index: number; readonly text: string }
    | { readonly type: 'chunk.accepted' | 'chunk.encoding' | 'chunk.dropped'; readonly chunk: ChunkRef }
    | {
        readonly type: 'chunk.published';
        readonly chunk: ChunkRef;
        readonly start: number;
        readonly duration: number;
        /** Wall clock of the presentation of its first frame. */
        readonly programDateTime?: Date;
      }
    | { readonly type: 'chunk.failed'; readonly chunk: ChunkRef; readonly reason: string }
    | { readonly type: 'session.ended' }
  );

/** Every event name a stream may carry: EventSource hands out a named event only to those who ask for its name. */
export const EVENT_TYPES = [
  'session.opened',
  'turn.started',
  'turn.completed',
  'sentence',
  'chunk.accepted',
  'chunk.encoding',
  'chunk.published',
  'chunk.failed',
  'chunk.dropped',
  'filler.started',
  'filler.stopped',
  'session.ended',
] as const satisfies readonly EventType[];

type Fields = { readonly [field: string]: unknown };

/** Reads the `data` of one server-sent event; undefined for those a player has no use for. @throws {SyntaxError} when it is not JSON. */
export function parseEvent(data: string): PlayerEvent | undefined {
  const raw: unknown = JSON.parse(data);
  if (!isFields(raw) || typeof raw.seq !== 'number') {
    return undefined;
  }
  const head = { seq: raw.seq, at: text(raw.at) ?? '' };
  switch (raw.type) {
    case 'sentence':
      return parseSentence(head, raw);
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
    case 'session.ended':
      return { ...head, type: 'session.ended' };
    default:
      return undefined;
  }
}

function parseSentence(head: Head, raw: Fields): PlayerEvent | undefined {
  const turn = text(raw.turn);
  const index = finite(raw.index);
  const words = text(raw.text);
  if (turn === undefined || index === undefined || words === undefined) {
    return undefined;
  }
  return { ...head, type: 'sentence', turn, index, text: words };
}

function parsePublished(head: Head, raw: Fields): PlayerEvent | undefined {
  const chunk = chunkRef(raw);
  const start = finite(raw.start);
  const duration = finite(raw.duration);
  if (chunk === undefined || start === undefined || duration === undefined) {
    return undefined;
  }
  const date = new Date(text(raw.programDateTime) ?? Number.NaN);
  const event = { ...head, type: 'chunk.published', chunk, start, duration } as const;
  return Number.isNaN(date.getTime()) ? event : { ...event, programDateTime: date };
}

/** `chunk` is the chunk's id, or the chunk itself as the API shows it. */
function chunkRef(raw: Fields): ChunkRef | undefined {
  const fields: Fields = isFields(raw.chunk) ? { ...raw, ...raw.chunk } : raw;
  const id = text(raw.chunk) ?? text(fields.id) ?? text(fields.chunkId);
  if (id === undefined) {
    return undefined;
  }
  const turn = text(fields.turn);
  const index = finite(fields.index);
  const words = text(fields.text);
  return {
    id,
    ...(turn !== undefined && { turn }),
    ...(index !== undefined && { index }),
    ...(words !== undefined && { text: words }),
  };
}

function reasonOf(reason: unknown): string {
  return text(isFields(reason) ? reason.detail : reason) ?? 'no reason given';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
