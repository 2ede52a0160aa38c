import type { Stretch } from './voiced.ts';

/** Something said, in order: how long about, and how much of a pause its punctuation asks for after it. */
export type Unit = {
  /** In any unit: only proportions count. Above 0. */
  readonly length: number;
  /** 0: none; 1: a comma's; 2: the end of a sentence's. */
  readonly pause: number;
};

/** Longer than that a closure inside a word is not: the cost of a silence that no boundary explains grows with it. */
const CLOSURE = 0.09;
/** Of leaving a pause of the text unheard: none, comma, end of a sentence. */
const UNHEARD = [0, 1.2, 2.5];
/** Of a pause after a word that asks for none. */
const UNASKED = 2.5;
/** Of a stretch that is off by its own expected length. */
const MISFIT = 3;
/** Silences in a row that may be taken for closures. */
const MAX_SKIPPED = 3;
/** A stretch holds between a share and a multiple of what its length allows. */
const TOLERANCE = 3;

type Step = { readonly cost: number; readonly unit: number; readonly stretch: number };

function misfit(actual: number, expected: number): number {
  const off = actual - expected;
  return (MISFIT * off * off) / ((expected + 0.15) * (expected + 0.15)) + 0.4 * Math.abs(off);
}

/** Sums up to each index, of `values`. */
function sums(values: readonly number[]): number[] {
  const out = [0];
  for (const value of values) out.push((out.at(-1) ?? 0) + value);
  return out;
}

/**
 * Runs of units said without a pause: `[first unit, first stretch]` of each, with the least total cost (dynamic programming over
 * the silences that are pauses and the words they follow).
 */
function runs(units: readonly Unit[], stretches: readonly Stretch[]): Step[] {
  const upTo = sums(units.map(({ length }) => length));
  const unheard = sums(units.map(({ pause }) => UNHEARD[pause] ?? 0));
  const voiced = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  const pace = voiced / (upTo.at(-1) || 1);
  const skipped = sums(stretches.map(({ end }, at) => (((stretches[at + 1]?.start ?? end) - end) / CLOSURE) ** 2));
  const best: Map<number, Step>[] = stretches.map(() => new Map());
  best.push(new Map());
  best[0]?.set(0, { cost: 0, unit: -1, stretch: -1 });
  for (const [first, start] of stretches.entries()) {
    for (const [from, { cost }] of best[first] ?? []) {
      for (let next = first + 1; next <= Math.min(stretches.length, first + 1 + MAX_SKIPPED); next++) {
        const isLast = next === stretches.length;
        const actual = (stretches[next - 1]?.end ?? start.end) - start.start;
        const inside = (skipped[next - 1] ?? 0) - (skipped[first] ?? 0);
        for (let to = isLast ? units.length : from + 1; to <= units.length; to++) {
          const expected = ((upTo[to] ?? 0) - (upTo[from] ?? 0)) * pace;
          if (!isLast && expected > actual * TOLERANCE + 0.3) break;
          if (!isLast && (to === units.length || expected < actual / TOLERANCE - 0.3)) continue;
          const asked = units[to - 1]?.pause ?? 0;
          const marks = (unheard[to - 1] ?? 0) - (unheard[from] ?? 0) + (isLast || asked > 0 ? 0 : UNASKED);
          const total = cost + inside + marks + misfit(actual, expected);
          if (total < (best[next]?.get(to)?.cost ?? Infinity))
            best[next]?.set(to, { cost: total, unit: from, stretch: first });
        }
      }
    }
  }
  return pathOf(best, units.length);
}

function pathOf(best: readonly ReadonlyMap<number, Step>[], units: number): Step[] {
  const path: Step[] = [];
  for (
    let step = best.at(-1)?.get(units);
    step !== undefined && step.unit >= 0;
    step = best[step.stretch]?.get(step.unit)
  )
    path.unshift(step);
  return path;
}

/**
 * Spreads what is said over the sound: pauses are matched with the boundaries that ask for them, and what is said between two
 * pauses is spread over the sound between them in proportion.
 *
 * @param stretches - At least one.
 * @returns One stretch for each unit; the first starts and the last ends with the sound.
 */
export function spread(units: readonly Unit[], stretches: readonly Stretch[]): Stretch[] {
  const path = runs(units, stretches);
  // More pauses than words can explain: all are taken as one stretch.
  if (path.length === 0) path.push({ cost: 0, unit: 0, stretch: 0 });
  return path.flatMap(({ unit, stretch }, index) => {
    const next = path[index + 1];
    const said = units.slice(unit, next?.unit);
    const start = stretches[stretch]?.start ?? 0;
    const end = stretches[(next?.stretch ?? stretches.length) - 1]?.end ?? start;
    const upTo = sums(said.map(({ length }) => length));
    const pace = (end - start) / (upTo.at(-1) || 1);
    return said.map((_, at) => ({ start: start + (upTo[at] ?? 0) * pace, end: start + (upTo[at + 1] ?? 0) * pace }));
  });
}
