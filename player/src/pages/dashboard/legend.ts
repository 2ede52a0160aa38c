import { setText } from '../dom.ts';
import type { Line } from './chart.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** The lines of a chart with their patterns and values: the latest ones, or those where the pointer is. */
export class Legend {
  readonly element = document.createElement('div');
  readonly #values: readonly HTMLElement[];
  readonly #time = document.createElement('span');
  readonly #spoken = document.createElement('p');
  readonly #lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
    this.element.className = 'legend';
    const list = document.createElement('ul');
    list.className = 'legend-lines';
    this.#values = lines.map((line) => {
      const item = document.createElement('li');
      const value = document.createElement('b');
      item.append(swatch(line), `${line.label} `, value);
      list.append(item);
      return value;
    });
    this.#time.className = 'legend-time';
    this.#spoken.className = 'visually-hidden';
    this.#spoken.setAttribute('role', 'status');
    this.element.append(list, this.#time, this.#spoken);
  }

  /** @param atMs - Absent: the values are the latest. */
  show(values: readonly string[], atMs: number | undefined): void {
    for (const [index, element] of this.#values.entries()) setText(element, values[index] ?? '');
    setText(this.#time, atMs === undefined ? '' : new Date(atMs).toLocaleTimeString('en-GB'));
  }

  /** Says aloud what is shown. */
  announce(): void {
    const values = this.#lines.map(({ label }, index) => `${label} ${this.#values[index]?.textContent}`);
    setText(this.#spoken, [this.#time.textContent, ...values].filter(Boolean).join(', '));
  }
}

function swatch({ color, dash, shape }: Line): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 22 10');
  svg.setAttribute('aria-hidden', 'true');
  const mark = document.createElementNS(SVG, 'path');
  mark.setAttribute('d', shape === 'bars' ? 'M6 9V3m5 6V1m5 8V5' : 'M1 5h20');
  mark.setAttribute('stroke', `var(${color})`);
  mark.setAttribute('stroke-width', shape === 'bars' ? '3' : '2.5');
  if (dash) mark.setAttribute('stroke-dasharray', dash.join(' '));
  svg.append(mark);
  return svg;
}
