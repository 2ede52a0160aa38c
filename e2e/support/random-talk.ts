import type { OpenAiScript } from '../../server/speech/testing/openai-server.ts';
import { type Random, wholeBelow } from './random.ts';

function oneOf<T>(random: Random, weights: readonly (readonly [weight: number, value: T])[]): T {
  let left = random() * weights.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of weights) {
    left -= weight;
    if (left < 0) return value;
  }
  throw new Error('there is nothing to choose from');
}

/** What the one who asks does next: hears the answer out, stops it, asks the next thing over it, or at once behind it. */
export type Reaction = 'hear' | 'interrupt' | 'overtake' | 'queue';

/** One turn as it is meant to go. */
export type PlannedTurn = {
  /** Names the turn, and stands in each of its sentences. */
  readonly name: string;
  readonly sentences: readonly string[];
  /** What the model does, one script for each request. */
  readonly model: readonly OpenAiScript[];
  /** What the voice does with each sentence, one script for each request. */
  readonly voice: readonly (readonly OpenAiScript[])[];
  readonly reaction: Reaction;
  /** Before that. */
  readonly afterMs: number;
};

export function plannedTurn(random: Random, name: string): PlannedTurn {
  const sentences = Array.from({ length: 1 + wholeBelow(random, 3) }, (_, index) => `Part ${name}n${index} is said.`);
  const reaction = oneOf<Reaction>(random, [
    [45, 'hear'],
    [20, 'interrupt'],
    [20, 'overtake'],
    [15, 'queue'],
  ]);
  return {
    ...{ name, sentences, reaction },
    model: modelScripts(random, sentences),
    voice: sentences.map(() => voiceScripts(random)),
    afterMs: wholeBelow(random, 1_500),
  };
}

function modelScripts(random: Random, sentences: readonly string[]): OpenAiScript[] {
  const pieces = sentences.join(' ').match(/\s*\S+/g) ?? [];
  const well: OpenAiScript = {
    pieces,
    firstTokenMs: wholeBelow(random, 300),
    pieceMs: wholeBelow(random, 60),
    oddPieces: random() < 0.2,
  };
  const at = wholeBelow(random, pieces.length);
  return oneOf<OpenAiScript[]>(random, [
    [62, [well]],
    [8, [{ status: 500 }, well]],
    [5, [{ status: 503 }]],
    [7, [{ ...well, cutAfterPieces: at }, well]],
    [4, [{ ...well, hangAfterPieces: at }, well]],
    [4, [{ hangBeforeHeaders: true }, well]],
    [5, [{ ...well, endAfterPieces: at }, well]],
    [5, [{ pieces: [] }]],
  ]);
}

function voiceScripts(random: Random): OpenAiScript[] {
  const well: OpenAiScript = { characterMs: 18, speechMs: wholeBelow(random, 400) };
  return oneOf<OpenAiScript[]>(random, [
    [93, [well]],
    [3, [{ status: 500 }, well]],
    [2, [{ ...well, cutAfterPieces: 1 }, well]],
    [1, [{ ...well, hangAfterPieces: 1 }, well]],
    [1, [{ hangBeforeHeaders: true }, well]],
  ]);
}
