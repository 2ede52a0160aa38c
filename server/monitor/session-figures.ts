import type { SessionEvent } from '../session/types.ts';
import { RecentValues } from './recent-values.ts';

/** What is done for a chunk, as `chunk.published` tells it. */
export const CHUNK_STAGES = ['queued', 'tts', 'avatar', 'encode', 'first_part'] as const;
export type ChunkStage = (typeof CHUNK_STAGES)[number];

/** Stages of a conversation that something else can stand in for. */
export const DEGRADING_STAGES = ['asr', 'llm', 'tts', 'avatar'] as const;

/** Values that spreads of the last minute are made of. */
const KEPT = 2_048;
/** Sessions of which it is known when something last went wrong. */
const MAX_TROUBLED = 1_000;

export type StageSink = (stage: ChunkStage, seconds: number) => void;

type Stages = Readonly<Record<string, readonly [number, number]>>;
type Published = SessionEvent & {
  readonly chunk: { readonly index: number };
  readonly stages: Stages;
  readonly queuedMs: number;
  readonly encodeMs: number;
  readonly firstPartMs: number;
};

/** What sessions did, by their events. */
export class SessionFigures {
  readonly counts = { events: 0, accepted: 0, published: 0, failed: 0, dropped: 0, interruptions: 0, turns: 0 };
  readonly degraded: Record<(typeof DEGRADING_STAGES)[number], number> = { asr: 0, llm: 0, tts: 0, avatar: 0 };
  /** Seconds each stage took lately. */
  readonly stages: Readonly<Record<ChunkStage, RecentValues>>;
  /** The same of `first_part`, for chunks that had none before them in their turn. */
  readonly firstOfTurn = new RecentValues(KEPT);
  readonly #sink: StageSink;
  readonly #troubledMs = new Map<string, number>();

  constructor(sink: StageSink) {
    this.#sink = sink;
    this.stages = Object.fromEntries(CHUNK_STAGES.map((stage) => [stage, new RecentValues(KEPT)])) as Record<
      ChunkStage,
      RecentValues
    >;
  }

  event(sessionId: string, event: SessionEvent, nowMs: number): void {
    const { counts } = this;
    counts.events += 1;
    if (event.type === 'chunk.accepted') counts.accepted += 1;
    else if (event.type === 'chunk.published') this.#published(event as Published, nowMs);
    else if (event.type === 'chunk.dropped') counts.dropped += 1;
    else if (event.type === 'turn.started') counts.turns += 1;
    else if (event.type === 'interrupted') counts.interruptions += 1;
    else if (event.type === 'chunk.failed') {
      counts.failed += 1;
      this.#troubled(sessionId, nowMs);
    } else if (event.type === 'degraded') {
      const stage = DEGRADING_STAGES.find((known) => known === event.stage);
      if (stage) this.degraded[stage] += 1;
      this.#troubled(sessionId, nowMs);
    }
  }

  /** When a chunk of it failed, or something had to stand in, in ms since the epoch. */
  troubledMs(sessionId: string): number | undefined {
    return this.#troubledMs.get(sessionId);
  }

  forget(sessionId: string): void {
    this.#troubledMs.delete(sessionId);
  }

  #troubled(sessionId: string, nowMs: number): void {
    // The latest last: the one that is longest ago goes first.
    this.#troubledMs.delete(sessionId);
    this.#troubledMs.set(sessionId, nowMs);
    const [oldest] = this.#troubledMs.keys();
    if (this.#troubledMs.size > MAX_TROUBLED && oldest !== undefined) this.#troubledMs.delete(oldest);
  }

  #published({ stages, queuedMs, encodeMs, firstPartMs, chunk }: Published, nowMs: number): void {
    this.counts.published += 1;
    const took = (stage: ChunkStage, ms: number): void => {
      this.stages[stage].add(ms / 1000, nowMs);
      this.#sink(stage, ms / 1000);
    };
    took('queued', queuedMs);
    // What was not done took no time, but did not take 0 ms either.
    if (stages.tts) took('tts', lengthOf(stages.tts));
    if (stages.avatar) took('avatar', lengthOf(stages.avatar));
    if (stages.encode) took('encode', encodeMs);
    took('first_part', firstPartMs);
    if (chunk.index === 0) this.firstOfTurn.add(firstPartMs / 1000, nowMs);
  }
}

function lengthOf([startMs, endMs]: readonly [number, number]): number {
  return Math.max(0, endMs - startMs);
}
