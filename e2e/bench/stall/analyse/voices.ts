import type { SoundRun } from './align-sound.ts';
import type { Stand } from './pictures.ts';

/** Less than this at the end of a run is beyond what the alignment can tell, in samples: 3 ms. */
const EDGE_SAMPLES = 144;

/** How one sentence was heard. Samples of the recording's rate. */
export type HeardSentence = {
  readonly expected: number;
  /** Never heard: in all, and of that before anything and after all of what was heard. */
  readonly missing: number;
  readonly missingAtStart: number;
  readonly missingAtEnd: number;
  /** Heard more than once. */
  readonly repeated: number;
  /** Where its first sample lies in the recording, or would if it had been heard; and the one after its last. */
  readonly startAt: number | undefined;
  readonly endAt: number | undefined;
  /** Where what was heard of it ends. */
  readonly heardTo: number | undefined;
  /** Silence between two of its runs; `atMs` is in the recording's own time. */
  readonly holes: readonly Stand[];
};

/**
 * @param samples - Length of the sentence.
 * @param runs - Of the whole recording.
 */
export function heardSentence(clip: number, samples: number, runs: readonly SoundRun[], rate: number): HeardSentence {
  const own = runs.filter((run) => run.clip === clip);
  const [first, last] = [own.at(0), own.at(-1)];
  if (first === undefined || last === undefined) {
    const nothing = { missing: samples, missingAtStart: samples, missingAtEnd: samples, repeated: 0, holes: [] };
    return { expected: samples, ...nothing, startAt: undefined, endAt: undefined, heardTo: undefined };
  }
  const holes: Stand[] = [];
  let [missing, repeated, reached] = [0, 0, first.start + first.length];
  for (const [index, run] of own.entries()) {
    const before = own[index - 1];
    if (before === undefined) continue;
    const endAt = before.heardAt + before.length;
    const silence = run.heardAt - endAt;
    if (silence > EDGE_SAMPLES) holes.push({ atMs: (endAt / rate) * 1000, ms: (silence / rate) * 1000 });
    missing += overEdge(run.start - reached);
    repeated += overEdge(Math.min(reached, run.start + run.length) - run.start);
    reached = Math.max(reached, run.start + run.length);
  }
  const missingAtStart = overEdge(first.start - overlapBefore(first, runs));
  const missingAtEnd = overEdge(samples - reached);
  missing += missingAtStart + missingAtEnd;
  return {
    ...{ expected: samples, missing, missingAtStart, missingAtEnd, repeated, holes },
    ...{ startAt: first.heardAt - first.start, endAt: last.heardAt - last.start + samples },
    heardTo: last.heardAt + last.length,
  };
}

/** Where two sentences sound at once, neither is recognised: their sum is not missing. */
function overlapBefore(first: SoundRun, runs: readonly SoundRun[]): number {
  const before = runs[runs.indexOf(first) - 1];
  if (before === undefined) return 0;
  return Math.max(0, before.heardAt + before.length - (first.heardAt - first.start));
}

const overEdge = (samples: number): number => (samples > EDGE_SAMPLES ? samples : 0);
