import { StreamError } from '../errors.ts';
import type { ChunkDesk } from './chunk-desk.ts';
import type { ChunkFates } from './chunk-fates.ts';
import type { SavedSession } from './journal/saved-session.ts';
import { type RestoredChunks, restoredChunks } from './restored-session.ts';
import type { Session } from './session.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionStream } from './session-stream.ts';
import type { TurnMemory } from './turn.ts';
import type { Turns } from './turns.ts';
import type { EventType } from './types.ts';

export type ResumptionOptions = {
  readonly saved: SavedSession;
  readonly session: Session;
  readonly parts: SessionParts;
  readonly desk: ChunkDesk;
  readonly turns: Turns;
  readonly stream: SessionStream;
  readonly fates: ChunkFates;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
};

/** What an earlier server has left for the conversation: what was said, oldest first, and what requests were answered. */
export type SessionMemory = {
  readonly past: readonly { readonly user: string; readonly turn: TurnMemory }[];
  readonly answers: { readonly say: readonly KeyedAnswer[]; readonly turn: readonly KeyedAnswer[] };
};

export type KeyedAnswer = readonly [key: string, answer: unknown];

export const NO_MEMORY: SessionMemory = { past: [], answers: { say: [], turn: [] } };

/** Takes over what an earlier server had of a session, and goes on with it. */
export class Resumption {
  readonly memory: SessionMemory;
  readonly #options: Omit<ResumptionOptions, 'saved'>;
  #due: { readonly chunks: RestoredChunks; readonly brokenOff: readonly string[] } | undefined;

  constructor({ saved, ...options }: ResumptionOptions) {
    this.#options = options;
    const { session, parts, desk, turns } = options;
    const chunks = restoredChunks(saved, parts.store, (request) => {
      if (parts.remake) return parts.remake(session, request);
      throw new StreamError('SPEECH_FAILED', 'nobody here can make this sentence');
    });
    desk.restore(chunks.desk);
    turns.restore(saved.turns.open, saved.turns.barred);
    this.memory = memoryOf(saved, turns);
    this.#due = { chunks, brokenOff: saved.brokenOff };
  }

  /** @returns whether there was anything to go on with. */
  resume(): boolean {
    if (!this.#due) return false;
    const { chunks, brokenOff } = this.#due;
    const { desk, turns, stream, fates, session, emit } = this.#options;
    this.#due = undefined;
    for (const turn of brokenOff) {
      const reason = { code: 'SHUTTING_DOWN', detail: 'the server was started again while the answer was written' };
      emit('degraded', { turn, stage: 'llm', to: 'partial', reason });
    }
    for (const chunk of chunks.untold) emit('chunk.accepted', { chunk: chunk.status() });
    const { over } = chunks;
    if (over) fates.finished(over, over.state === 'failed' ? stream.heard(over) : undefined);
    turns.settleAll();
    desk.prepareAhead();
    if (session.status().state !== 'ended') stream.run();
    return brokenOff.length > 0 || over !== undefined || !desk.empty;
  }
}

function memoryOf({ turns: saved, keys }: SavedSession, turns: Turns): SessionMemory {
  if (saved.past.length === 0 && keys.say.size === 0 && keys.turn.size === 0) return NO_MEMORY;
  const past = saved.past.map(({ user, turn }) => {
    const open = turn.open ? turns.get(turn.turn) : undefined;
    const said = turn.sentences.flatMap((sentence) => sentence.said || []).join(' ');
    return { user, turn: open ?? { said, interrupted: turn.broken } };
  });
  return { past, answers: { say: [...keys.say], turn: [...keys.turn] } };
}
