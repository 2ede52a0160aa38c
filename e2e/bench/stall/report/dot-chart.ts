import { label, tag, ticks, tickText } from './svg.ts';

/** One row of dots: a player's values. */
export type DotRow = { readonly title: string; readonly className: string; readonly values: readonly number[] };

const WIDTH = 340;
const LEFT = 10;
const RIGHT = 14;
const ROW = 36;
const TOP = 6;
const AXIS = 30;

/**
 * Every value as a dot, a row for each player, so that the odd one is not lost in a mean.
 *
 * @param options.unit - Of the axis.
 */
export function dotChart(rows: readonly DotRow[], { unit, title }: { unit: string; title: string }): string {
  const all = rows.flatMap(({ values }) => values);
  const [least, most] = [Math.min(0, ...all), Math.max(1, ...all)];
  const x = (value: number): number => LEFT + ((value - least) / (most - least)) * (WIDTH - LEFT - RIGHT);
  const height = TOP + rows.length * ROW + AXIS;
  const bottom = height - AXIS;
  const grid = ticks(least, most).map(
    (value) =>
      tag('line', { class: value === 0 ? 'zero' : 'axis', x1: x(value), x2: x(value), y1: TOP, y2: bottom }) +
      label(x(value), bottom + 13, tickText(value), { class: 'soft', 'text-anchor': 'middle' }),
  );
  const lines = rows.map((row, index) => dots(row, TOP + index * ROW, x));
  const axisTitle = label(WIDTH - RIGHT, bottom + 26, unit, { class: 'soft', 'text-anchor': 'end' });
  const box = { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title };
  return tag('svg', box, [...grid, ...lines, axisTitle].join(''));
}

function dots({ title, className, values }: DotRow, top: number, x: (value: number) => number): string {
  const text = values.length === 0 ? `${title}: none` : title;
  const circles = values.map((value, index) => {
    // Side by side, so that equal ones can be counted.
    const y = top + 22 + ((index * 5) % 11) - 5;
    return tag('circle', { class: `dot ${className}`, cx: x(value), cy: y, r: 3 });
  });
  return label(LEFT, top + 11, text, { class: 'soft' }) + circles.join('');
}
