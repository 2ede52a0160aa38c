import type { ChunkRef, PlayerEvent } from './session-event.ts';

/** What a viewer sees of one sentence. */
export type Phase = 'queued' | 'speaking' | 'said' | 'failed' | 'dropped';

/** One sentence; times in seconds on the session's timeline, present once it is published. */
export type Sentence = {
  /** Stable for the sentence's life. */
  readonly key: string;
  readonly text: string;
  readonly outcome: 'queued' | 'published' | 'failed' | 'dropped';
  readonly start?: number;
  readonly duration?: number;
  /** Why it failed. */
  readonly reason?: string;
};

/** What a page can show and a person can scroll through; the oldest are forgotten first. */
const MAX_SENTENCES = 500;

/** The sentences of a session in the order they will be said, made from its events. Reads no clock. */
export class Transcript {
  readonly #sentences = new Map<string, Sentence>();

  get sentences(): readonly Sentence[] {
    return [...this.#sentences.values()];
  }

  apply(event: PlayerEvent): void {
    switch (event.type) {
      case 'sentence':
        this.#update(`${event.turn}/${event.index}`, { text: event.text });
        break;
      case 'chunk.accepted':
      case 'chunk.encoding':
        this.#update(keyOf(event.chunk), words(event.chunk));
        break;
      case 'chunk.published':
        this.#update(keyOf(event.chunk), {
          ...words(event.chunk),
          outcome: 'published',
          start: event.start,
          duration: event.duration,
        });
        break;
      case 'chunk.failed':
        this.#update(keyOf(event.chunk), { ...words(event.chunk), outcome: 'failed', reason: event.reason });
        break;
      case 'chunk.dropped':
        this.#update(keyOf(event.chunk), { ...words(event.chunk), outcome: 'dropped' });
        break;
      case 'session.ended':
        break;
    }
  }

  #update(key: string, change: Partial<Sentence>): void {
    const known = this.#sentences.get(key) ?? { key, text: '', outcome: 'queued' };
    this.#sentences.set(key, { ...known, ...change });
    if (this.#sentences.size > MAX_SENTENCES) {
      const [oldest] = this.#sentences.keys();
      this.#sentences.delete(oldest ?? key);
    }
  }
}

/** @param mediaTime - Playback position on the session's timeline; undefined while it is not known. */
export function phaseAt(sentence: Sentence, mediaTime: number | undefined): Phase {
  const { outcome, start, duration } = sentence;
  if (outcome !== 'published') {
    return outcome;
  }
  if (start === undefined || duration === undefined || mediaTime === undefined || mediaTime < start) {
    return 'queued';
  }
  return mediaTime < start + duration ? 'speaking' : 'said';
}

/** A sentence is announced before its chunk exists: both are known by turn and index. */
function keyOf(chunk: ChunkRef): string {
  return chunk.turn !== undefined && chunk.index !== undefined ? `${chunk.turn}/${chunk.index}` : chunk.id;
}

function words(chunk: ChunkRef): { text?: string } {
  return chunk.text === undefined ? {} : { text: chunk.text };
}
