import { PLAYER_TITLES } from '../run/players.ts';
import { barChart } from './bar-chart.ts';
import type { StallResults } from './results.ts';
import { CHART_STYLE } from './style.ts';
import { label, tag } from './svg.ts';
import { cellsOf } from './table.ts';

const WIDTH = 720;
const LEFT = 16;
const BAR_WIDTH = 520;
const TOP = 66;

/** The share of stalled sentences by link and player, as a file for the README; follows the reader's light or dark. */
export function readmeChart(results: StallResults): string {
  const groups = results.links.map(({ name, title }) => ({
    title,
    bars: cellsOf(results, name).map(({ player, summary: { stalled, sentences } }) => ({
      className: player,
      share: sentences === 0 ? 0 : stalled / sentences,
      text: `${stalled} of ${sentences} (${((100 * stalled) / sentences).toFixed(0)} %)`,
    })),
  }));
  const { content, height } = barChart(groups, { left: LEFT, top: TOP, width: BAR_WIDTH });
  const players = [...new Set(results.cells.map(({ player }) => player))];
  const legend = players.map((player, index) => {
    const x = LEFT + index * 180;
    return tag('rect', { class: player, x, y: 36, width: 12, height: 12 }) + label(x + 18, 46, PLAYER_TITLES[player]);
  });
  const title = 'Sentences that stalled for more than 100 ms, or began that much late';
  const body = [
    tag('style', {}, CHART_STYLE),
    tag('rect', { width: WIDTH, height: TOP + height, fill: 'var(--paper)' }),
    label(LEFT, 22, title, { 'font-size': '14', 'font-weight': '600' }),
    ...legend,
    content,
  ];
  const box = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: WIDTH,
    height: TOP + height,
    viewBox: `0 0 ${WIDTH} ${TOP + height}`,
    role: 'img',
  };
  return `${tag('svg', { ...box, 'aria-label': title }, body.join(''))}\n`;
}
