import { AUDIO_RATE } from '../script/speech.ts';
import { median, quantile, STALL_MS, sum } from './definitions.ts';
import type { Analysed, JoinFigures, SentenceFigures } from './run-figures.ts';

/** A picture changes with the display: at 60 Hz nothing shorter than one refresh is a gap. In ms. */
export const REFRESH_MS = 1000 / 60;

/** What all runs of one player over one link amount to. */
export type Summary = {
  /** Sentences that count: those that were interrupted or dropped do not. */
  readonly sentences: number;
  /** That stood still after they had begun, that began late, and that did either. */
  readonly stalledWithin: number;
  readonly startedLate: number;
  readonly stalled: number;
  /** Of all those stalls and late starts. */
  readonly rebufferMs: number;
  /** Joins of sentences where the second was ready in time. */
  readonly joins: number;
  /** Picture gaps beyond one frame interval; and how many of them a display shows. */
  readonly pictureGapMs: Spread;
  readonly pictureGaps: number;
  /** Sound put in between (above 0) or sounding at once (below 0). */
  readonly soundGapSamples: Spread;
  readonly soundGapMs: Spread;
  /** Joins with neither. */
  readonly exactSoundJoins: number;
  readonly framesSkipped: number;
  readonly framesRepeated: number;
  readonly samplesMissing: number;
  readonly samplesRepeated: number;
  /** From release to the first picture: of the first sentence of each turn. */
  readonly latencyMs: Spread;
  readonly firstPictureMs: Spread;
  readonly interruptionMs: Spread;
};

export type Spread = { readonly median: number; readonly min: number; readonly max: number; readonly p90: number };

function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: quantile(values, 0),
    max: quantile(values, 1),
    p90: quantile(values, 0.9),
  };
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

export function isStalled({ stalls, lateMs }: SentenceFigures): boolean {
  return stalls.length > 0 || lateMs > STALL_MS;
}

/** @param runs - Of one player over one link. */
export function summarise(runs: readonly Analysed[]): Summary {
  const sentences = runs.flatMap((run) => run.sentences).filter(({ isCut }) => !isCut);
  const joins = runs.flatMap((run) => run.joins);
  const first = sentences.filter(({ kind }) => kind === 'first');
  const late = sentences.filter(({ lateMs }) => lateMs > STALL_MS);
  return {
    sentences: sentences.length,
    stalledWithin: sentences.filter(({ stalls }) => stalls.length > 0).length,
    startedLate: late.length,
    stalled: sentences.filter(isStalled).length,
    rebufferMs:
      sum(late.map(({ lateMs }) => lateMs)) + sum(sentences.flatMap(({ stalls }) => stalls.map(({ ms }) => ms))),
    ...joinFigures(joins),
    framesSkipped: sum(sentences.map(({ framesSkipped }) => framesSkipped)),
    framesRepeated: sum(sentences.map(({ framesRepeated }) => framesRepeated)),
    samplesMissing: sum(sentences.map(({ samplesMissing }) => samplesMissing)),
    samplesRepeated: sum(sentences.map(({ samplesRepeated }) => samplesRepeated)),
    latencyMs: spread(known(first.map(({ latencyMs }) => latencyMs))),
    firstPictureMs: spread(runs.map(({ firstPictureMs }) => firstPictureMs)),
    interruptionMs: spread(runs.flatMap(({ interruptionsMs }) => interruptionsMs)),
  };
}

function joinFigures(joins: readonly JoinFigures[]) {
  const pictures = known(joins.map(({ pictureGapMs }) => pictureGapMs));
  const sounds = known(joins.map(({ soundGapSamples }) => soundGapSamples));
  return {
    joins: joins.length,
    pictureGapMs: spread(pictures.map((ms) => Math.max(0, ms))),
    pictureGaps: pictures.filter((ms) => ms > REFRESH_MS).length + (joins.length - pictures.length),
    soundGapSamples: spread(sounds),
    soundGapMs: spread(sounds.map((samples) => (samples / AUDIO_RATE) * 1000)),
    exactSoundJoins: joins.filter(
      ({ soundGapSamples, samplesMissing }) => soundGapSamples === 0 && samplesMissing === 0,
    ).length,
  };
}
