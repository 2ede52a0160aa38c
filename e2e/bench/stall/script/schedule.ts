import type { Conversation } from './conversation.ts';

/** A sentence and when the generator has made it; times in ms from the start of the conversation, the same for every player. */
export type ScheduledSentence = {
  /** From 1, in the order of the conversation. */
  readonly clip: number;
  readonly turn: number;
  /** Position in its turn. */
  readonly index: number;
  readonly durationMs: number;
  readonly releaseMs: number;
  /** When it would end on a screen without any latency, all sentences being played one after the other. */
  readonly idealEndMs: number;
  /** `first` of its turn; `ready` a second before the sentence ahead of it ends, so that no picture need be missing; or `late`. */
  readonly kind: 'first' | 'ready' | 'late';
  /** It is interrupted, or dropped before it begins. */
  readonly isCut: boolean;
};

export type Schedule = {
  readonly sentences: readonly ScheduledSentence[];
  readonly interrupts: readonly { readonly turn: number; readonly atMs: number }[];
  readonly endMs: number;
};

/** A sentence that is released so long before it is needed is called ready: the slowest link carries its first pictures in that time. */
const READY_MS = 1_000;

/** Lays out when each sentence is released; those that would be released after an interruption are never made. */
export function scheduleOf(conversation: Conversation, durationsMs: readonly number[]): Schedule {
  const sentences: ScheduledSentence[] = [];
  const interrupts: { turn: number; atMs: number }[] = [];
  let [clip, endMs] = [1, 0];
  for (const [turn, { pauseMs, speed, sentences: texts, interruptAfterMs }] of conversation.entries()) {
    const startMs = endMs + pauseMs;
    const cutMs = interruptAfterMs === undefined ? Number.POSITIVE_INFINITY : startMs + interruptAfterMs;
    let releaseMs = startMs;
    endMs = startMs;
    for (const index of texts.keys()) {
      const durationMs = durationsMs[clip - 1] ?? Number.NaN;
      if (index > 0) releaseMs += durationMs / speed;
      const previousEndMs = endMs;
      const kind = index === 0 ? 'first' : releaseMs + READY_MS <= previousEndMs ? 'ready' : 'late';
      endMs = Math.max(previousEndMs, releaseMs) + durationMs;
      const sentence = { clip, turn, index, durationMs, releaseMs, idealEndMs: endMs, kind, isCut: endMs > cutMs };
      if (releaseMs < cutMs) sentences.push(sentence as ScheduledSentence);
      clip += 1;
    }
    if (endMs > cutMs) {
      interrupts.push({ turn, atMs: cutMs });
      endMs = cutMs;
    }
  }
  return { sentences, interrupts, endMs };
}
