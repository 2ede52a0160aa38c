import { budgetOf, type Figure, type PartReport, type Reference, summarise, verdictOf } from './figures.ts';

const COLUMNS = ['figure', 'median (min-max)', 'n', 'aim', ''] as const;

/** Text of a median with its range, such as `48 (41-60) ms`. */
export function formatSamples({ samples, unit, digits = 0 }: Figure): string {
  const { median, min, max } = summarise(samples);
  const text = (value: number): string => value.toFixed(digits);
  const range = samples.length > 1 ? ` (${text(min)}-${text(max)})` : '';
  return `${text(median)}${range} ${unit}`;
}

function aimOf({ id, unit }: Figure): string {
  const budget = budgetOf(id);
  return budget === undefined ? '' : `${budget.better === 'lower' ? '<=' : '>='} ${budget.aim} ${unit}`;
}

function verdictText(figure: Figure): string {
  const verdict = verdictOf(figure) ?? '';
  const reason = verdict === 'missed' ? budgetOf(figure.id)?.reason : undefined;
  return reason === undefined ? verdict : `${verdict}: ${reason}`;
}

function figureRow(figure: Figure): string[] {
  return [figure.title, formatSamples(figure), `${figure.samples.length}`, aimOf(figure), verdictText(figure)];
}

function referenceRow({ title, value, unit }: Reference): string[] {
  return [`  ${title}`, `${value} ${unit}`, '', '', 'published in our notes, not measured in this run'];
}

/** The reports of a run as one table for people, each part under its name, its notes below. */
export function formatTable(reports: ReadonlyMap<string, PartReport>): string {
  const rows = new Map(
    [...reports].map(([name, { figures, references = [] }]) => [
      name,
      [...figures.map(figureRow), ...references.map(referenceRow)],
    ]),
  );
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...[...rows.values()].flat().map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const sections = [...reports].map(([name, { notes }]) =>
    [`-- ${name}`, ...(rows.get(name) ?? []).map(line), ...notes.map((note) => `   ${note}`)].join('\n'),
  );
  return [line(COLUMNS), ...sections].join('\n');
}

/** The reports of a run as data: every sample, and what became of each aim. */
export function toJson(reports: ReadonlyMap<string, PartReport>, surroundings: object): string {
  const parts = Object.fromEntries(
    [...reports].map(([name, { figures, references = [], notes }]) => [
      name,
      {
        figures: figures.map((figure) => ({
          ...figure,
          ...summarise(figure.samples),
          ...(budgetOf(figure.id) && { aim: budgetOf(figure.id)?.aim, verdict: verdictOf(figure) }),
        })),
        published: references,
        notes,
      },
    ]),
  );
  return `${JSON.stringify({ ...surroundings, parts }, null, 2)}\n`;
}
