import uPlot from 'uplot';
import type { Columns } from '../../../../server/monitor/history.ts';
import { setText } from '../dom.ts';
import { Legend } from './legend.ts';
import { summary, WINDOW_MS } from './series.ts';

export type ChartValues = (number | null)[];

/** One line, area or row of bars; what it is can be told by its pattern, too, not only by its colour. */
export type Line = {
  readonly label: string;
  /** CSS variable. */
  readonly color: string;
  /** Lengths of strokes and gaps, in CSS pixels. */
  readonly dash?: readonly number[];
  readonly shape?: 'line' | 'steps' | 'bars';
  readonly isFilled?: boolean;
  readonly isOnRight?: boolean;
  values(columns: Columns): readonly (number | null)[];
  /** Further values that are drawn as the upper edge of a band, and told in brackets. */
  upper?(columns: Columns): readonly (number | null)[];
  format(value: number | null | undefined): string;
};

export type ChartSpec = {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The scales reach at least so far. */
  readonly least: number;
  readonly leastOnRight?: number;
  /** Said in place of the lines while there is nothing to show. */
  readonly empty: string;
  /** Absent: there is, as soon as one value is known. */
  hasAny?(columns: Columns): boolean;
};

const HEIGHT = 150;
const LEAST_WINDOW_MS = 3 * 60_000;
const FONT = '11px ui-sans-serif, system-ui, sans-serif';

type Drawn = { readonly line: Line; readonly isUpper: boolean };

/** A chart of the last 15 minutes, to be read by eye, pointer, keyboard and screen reader. */
export class Chart {
  readonly element = document.createElement('figure');
  readonly #spec: ChartSpec;
  readonly #drawn: readonly Drawn[];
  readonly #plot = document.createElement('div');
  readonly #words = document.createElement('p');
  readonly #empty = document.createElement('p');
  readonly #legend: Legend;
  readonly #uplot: uPlot;
  #untilMs = Date.now();
  #data: uPlot.AlignedData = [[]];

  constructor(spec: ChartSpec) {
    this.#spec = spec;
    this.#drawn = spec.lines.flatMap((line) => [
      { line, isUpper: false },
      ...(line.upper ? [{ line, isUpper: true }] : []),
    ]);
    this.#legend = new Legend(spec.lines);
    this.#build();
    this.#uplot = new uPlot(this.#options(), this.#data, this.#plot);
    new ResizeObserver(([entry]) => this.#resize(entry?.contentRect.width ?? 0)).observe(this.#plot);
    // Colours are asked for anew with each drawing.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#uplot.redraw(false));
  }

  show(columns: Columns, untilMs: number): void {
    this.#untilMs = untilMs;
    const series = this.#drawn.map(
      ({ line, isUpper }) => (isUpper ? line.upper?.(columns) : line.values(columns)) ?? [],
    );
    this.#data = [[...columns.at], ...series.map((values) => [...values])];
    const hasAny = this.#spec.hasAny?.(columns) ?? series.some((values) => values.some((value) => value !== null));
    this.#empty.hidden = hasAny;
    this.element.toggleAttribute('data-empty', !hasAny);
    this.#uplot.setData(this.#data);
    this.#tell(this.#uplot.cursor.idx ?? undefined);
    setText(this.#words, this.#inWords());
  }

  #build(): void {
    const caption = document.createElement('figcaption');
    const title = document.createElement('h3');
    title.textContent = this.#spec.title;
    caption.append(title);
    this.element.className = 'chart';
    this.#words.className = 'visually-hidden';
    this.#words.setAttribute('aria-live', 'off');
    this.#empty.className = 'chart-empty';
    this.#empty.textContent = this.#spec.empty;
    this.#plot.className = 'plot';
    this.#plot.tabIndex = 0;
    this.#plot.setAttribute('role', 'group');
    this.#plot.setAttribute('aria-label', `${this.#spec.title}: arrow keys read values`);
    this.#plot.addEventListener('keydown', (event) => this.#key(event));
    this.#plot.addEventListener('blur', () => this.#point(undefined));
    this.element.append(caption, this.#plot, this.#empty, this.#legend.element, this.#words);
  }

  #options(): uPlot.Options {
    const { least, leastOnRight } = this.#spec;
    const hasRight = this.#spec.lines.some(({ isOnRight }) => isOnRight);
    return {
      width: 320,
      height: HEIGHT,
      ms: 1,
      legend: { show: false },
      cursor: { sync: { key: 'dashboard' }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: {
        x: { time: true, range: () => this.#window() },
        y: { range: (_, __, most) => [0, Math.max(least, (most ?? 0) * 1.1)] },
        ...(hasRight && { right: { range: (_, __, most) => [0, Math.max(leastOnRight ?? 1, (most ?? 0) * 1.1)] } }),
      },
      axes: [timeAxis(), this.#valueAxis(false), ...(hasRight ? [this.#valueAxis(true)] : [])],
      series: [{}, ...this.#drawn.map((drawn) => seriesOf(drawn))],
      bands: this.#bands(),
      hooks: { setCursor: [(uplot) => this.#tell(uplot.cursor.idx ?? undefined)] },
    };
  }

  /** The last 15 minutes, or what there is of them: a server that has just started would leave nearly all of it empty. */
  #window(): [number, number] {
    const firstMs = this.#data[0][0] ?? this.#untilMs;
    const fromMs = Math.min(firstMs, this.#untilMs - LEAST_WINDOW_MS);
    return [Math.max(fromMs, this.#untilMs - WINDOW_MS), this.#untilMs];
  }

  #valueAxis(isOnRight: boolean): uPlot.Axis {
    const line = this.#spec.lines.find((candidate) => (candidate.isOnRight ?? false) === isOnRight);
    return {
      ...(isOnRight ? { scale: 'right', side: 1 } : {}),
      stroke: () => color('--soft'),
      font: FONT,
      size: 48,
      gap: 4,
      space: 34,
      grid: { show: !isOnRight, stroke: () => color('--line'), width: 1 },
      ticks: { show: false },
      values: (_, splits) => splits.map((value) => shortened(line?.format(value) ?? '')),
    };
  }

  #bands(): uPlot.Band[] {
    return this.#drawn.flatMap(({ line, isUpper }, index) =>
      isUpper ? [{ series: [index + 1, index] as [number, number], fill: () => tint(line.color, 0.14) }] : [],
    );
  }

  /** Values at a place in the data, or the latest ones. */
  #tell(index: number | undefined): void {
    const place = index ?? this.#data[0].length - 1;
    const at = index === undefined ? undefined : this.#data[0][index];
    this.#legend.show(
      this.#spec.lines.map((line) => this.#textAt(line, place)),
      at,
    );
  }

  #textAt(line: Line, place: number): string {
    const text = line.format(this.#valueAt(line, false, place));
    const upper = this.#valueAt(line, true, place);
    return upper === null || upper === undefined ? text : `${text} (${line.format(upper)})`;
  }

  #valueAt(line: Line, isUpper: boolean, place: number): number | null | undefined {
    const row = this.#drawn.findIndex((drawn) => drawn.line === line && drawn.isUpper === isUpper);
    return row < 0 ? undefined : this.#data[row + 1]?.[place];
  }

  #key(event: KeyboardEvent): void {
    const last = this.#data[0].length - 1;
    const here = this.#uplot.cursor.idx ?? last;
    const places: Record<string, number | undefined> = {
      ArrowLeft: Math.max(0, here - 1),
      ArrowRight: Math.min(last, here + 1),
      Home: 0,
      End: last,
      Escape: undefined,
    };
    if (!(event.key in places) || last < 0) return;
    event.preventDefault();
    this.#point(places[event.key]);
    this.#legend.announce();
  }

  /** Puts the cursor at a place, or takes it away. */
  #point(index: number | undefined): void {
    const at = index === undefined ? undefined : this.#data[0][index];
    this.#uplot.setCursor(
      at === undefined ? { left: -10, top: -10 } : { left: this.#uplot.valToPos(at, 'x'), top: 10 },
    );
  }

  #inWords(): string {
    const lines = this.#spec.lines.map((line) => {
      const { last, most } = summary(
        (this.#data[this.#drawn.findIndex((drawn) => drawn.line === line) + 1] ?? []) as ChartValues,
      );
      return `${line.label} ${line.format(last)}, at most ${line.format(most)}`;
    });
    return this.#empty.hidden ? `Now and in the last 15 minutes: ${lines.join('; ')}.` : this.#spec.empty;
  }

  #resize(width: number): void {
    if (width > 0) this.#uplot.setSize({ width: Math.floor(width), height: HEIGHT });
  }
}

function timeAxis(): uPlot.Axis {
  return {
    stroke: () => color('--soft'),
    font: FONT,
    size: 24,
    gap: 4,
    space: 60,
    incrs: [1, 2, 5, 10].map((minutes) => minutes * 60_000),
    grid: { show: false },
    ticks: { show: true, stroke: () => color('--line'), width: 1, size: 4 },
    values: (_, splits) => splits.map((ms) => timeOfDay(ms)),
  };
}

function seriesOf({ line, isUpper }: Drawn): uPlot.Series {
  const { shape = 'line', dash, isFilled } = line;
  const paths = {
    line: undefined,
    steps: uPlot.paths.stepped?.({ align: 1 }),
    bars: uPlot.paths.bars?.({ size: [0.8, 10] }),
  }[shape];
  return {
    scale: line.isOnRight ? 'right' : 'y',
    stroke: () => (isUpper ? tint(line.color, 0.55) : color(line.color)),
    width: isUpper ? 1 : 2,
    points: { show: false },
    ...(dash && !isUpper && { dash: [...dash] }),
    ...(isUpper && { dash: [1, 3] }),
    ...(isFilled && { fill: () => tint(line.color, 0.16) }),
    ...(shape === 'bars' && { fill: () => color(line.color) }),
    ...(paths && { paths }),
  };
}

/** `1 s` for `1.0 s`, `0` for `0 ms`: beside a scale there is little room, and all have the same unit. */
function shortened(text: string): string {
  return text.replace(/\.0(?=\D|$)/, '').replace(/^0\D.*/, '0');
}

/** `14:05`. */
function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function color(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function tint(variable: string, opacity: number): string {
  return `color-mix(in srgb, ${color(variable)} ${opacity * 100}%, transparent)`;
}
