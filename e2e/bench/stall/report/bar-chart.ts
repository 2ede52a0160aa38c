import { label, tag } from './svg.ts';

/** Bars that belong together: a link's players. */
export type BarGroup = {
  readonly title: string;
  readonly bars: readonly { readonly className: string; readonly share: number; readonly text: string }[];
};

const BAR = 14;
const GAP = 4;
const GROUP_GAP = 16;
const TITLE = 16;

/**
 * Horizontal bars from 0 to 100 %, each with its number.
 *
 * @returns What goes into an `<svg>`, and how high it is.
 */
export function barChart(
  groups: readonly BarGroup[],
  { left, top, width }: { left: number; top: number; width: number },
): { readonly content: string; readonly height: number } {
  let y = top;
  const parts: string[] = [];
  for (const { title, bars } of groups) {
    parts.push(label(left, y + 11, title, { 'font-weight': '600' }));
    y += TITLE;
    for (const { className, share, text } of bars) {
      parts.push(tag('rect', { class: 'cut', x: left, y, width, height: BAR, 'fill-opacity': '0.35' }));
      if (share > 0) parts.push(tag('rect', { class: className, x: left, y, width: share * width, height: BAR }));
      parts.push(label(left + width + 6, y + 11, text));
      y += BAR + GAP;
    }
    y += GROUP_GAP - GAP;
  }
  return { content: parts.join(''), height: y - top };
}
