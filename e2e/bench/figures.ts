import budgets from './budgets.json' with { type: 'json' };

/** One measured quantity. Its budget, if it has one, stands in budgets.json under `id`. */
export type Figure = {
  /** `<part>.<name>`. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** One number per repetition, in the order measured. */
  readonly samples: readonly number[];
  /** Digits after the point. */
  readonly digits?: number;
};

/** A figure of another system that was measured on another day: for orientation, never for a verdict. */
export type Reference = { readonly title: string; readonly value: number; readonly unit: string };

/** What one part of the benchmark found. */
export type PartReport = {
  readonly figures: readonly Figure[];
  readonly references?: readonly Reference[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
};

/** An aim; `reason` says why it is missed, where it is known to be. */
export type Budget = {
  readonly aim: number;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly reason?: string;
};

export type Summary = { readonly median: number; readonly min: number; readonly max: number };
export type Verdict = 'met' | 'missed';

const BUDGETS: Readonly<Record<string, Budget>> = budgets as Record<string, Budget>;

export function budgetOf(id: string): Budget | undefined {
  return BUDGETS[id];
}

/** @throws {RangeError} without samples. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('a figure needs at least one sample');
  return { median: (low + high) / 2, min: Math.min(...sorted), max: Math.max(...sorted) };
}

/** The median against the figure's budget; `undefined` when it has none. */
export function verdictOf({ id, unit, samples }: Figure): Verdict | undefined {
  const budget = budgetOf(id);
  if (budget === undefined) return undefined;
  if (budget.unit !== unit) throw new Error(`budget of ${id} must be in ${unit}, got ${budget.unit}`);
  const { median } = summarise(samples);
  const isMet = budget.better === 'lower' ? median <= budget.aim : median >= budget.aim;
  return isMet ? 'met' : 'missed';
}
