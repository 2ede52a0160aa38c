import { STAGES, type TurnTiming, waitOf } from '../session/turn-timings.ts';
import { find, setText } from './dom.ts';
import { readSetting, writeSetting } from './stored.ts';
import { describe, layOut, seconds, type Waterfall } from './waterfall.ts';

const SVG = 'http://www.w3.org/2000/svg';
const OPEN_KEY = 'throughline.timing';
/** Where there is room, the picture is there from the start, so that nothing moves when there is something to draw. */
const ROOMY = '(min-width: 56rem) and (min-height: 44rem)';
const HEADLINE = 'How long an answer takes';

/** How long the last answer took, in words, as a picture, and as a table for those who do not see the picture. */
export class TimingPanel {
  readonly #details = find('timing', HTMLDetailsElement);
  readonly #headline = find('timing-headline', HTMLElement);
  readonly #picture = find('waterfall', HTMLElement);
  readonly #table = find('timing-table', HTMLTableElement);
  #timing: TurnTiming | undefined;

  constructor() {
    const remembered = readSetting(OPEN_KEY);
    this.#details.open = remembered === undefined ? matchMedia(ROOMY).matches : remembered === 'open';
    this.#details.querySelector('summary')?.addEventListener('click', () => {
      writeSetting(OPEN_KEY, this.#details.open ? 'closed' : 'open');
    });
    find('legend', HTMLElement).replaceChildren(
      ...STAGES.map(({ name, title }) => {
        const item = document.createElement('li');
        item.dataset.stage = name;
        item.textContent = title;
        return item;
      }),
    );
    new ResizeObserver(() => this.#draw()).observe(this.#picture);
    this.#draw();
  }

  show(timing: TurnTiming | undefined): void {
    if (timing === this.#timing) {
      return;
    }
    this.#timing = timing;
    const wait = timing && waitOf(timing);
    // Until the next answer is on screen, the last one's figure stands.
    if (wait !== undefined) {
      this.#headline.replaceChildren(
        `Answer on screen ${seconds(wait.totalMs)} s`,
        wideOnly(' after you asked'),
        ', ',
        wideOnly('of which '),
        `ours ${seconds(wait.oursMs)} s`,
      );
    } else if (timing === undefined) {
      setText(this.#headline, HEADLINE);
    }
    this.#draw();
    this.#table.replaceChildren(...(timing === undefined ? [] : rowsOf(timing)));
  }

  #draw(): void {
    const width = this.#picture.clientWidth;
    if (width > 0) {
      const waterfall = layOut(this.#timing ?? { turn: '', chunks: [] }, width);
      this.#picture.replaceChildren(draw(waterfall, this.#timing !== undefined));
    }
  }
}

function draw(waterfall: Waterfall, isDrawn: boolean): SVGSVGElement {
  const { width, height, ticks, rows, barHeight, more } = waterfall;
  const svg = svgElement('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  for (const { x, label } of isDrawn ? ticks : []) {
    svg.append(svgElement('line', { class: 'grid', x1: x, x2: x, y1: 15, y2: height }));
    svg.append(textAt(label === '0' ? '0 s' : label, { class: 'tick', x, y: 10 }));
  }
  for (const { y, label, time, bars, screenX } of rows) {
    const middle = y + barHeight / 2;
    svg.append(textAt(label, { class: 'number', x: 10, y: middle }));
    for (const bar of bars) {
      const rect = svgElement('rect', {
        'data-stage': bar.stage,
        x: bar.x,
        y,
        width: bar.width,
        height: barHeight,
        rx: 2,
      });
      const title = svgElement('title', {});
      title.textContent = bar.title;
      rect.append(title);
      svg.append(rect);
    }
    if (screenX !== undefined) {
      svg.append(svgElement('circle', { class: 'seen', cx: screenX, cy: middle, r: Math.min(4, barHeight / 2) }));
    }
    svg.append(textAt(time, { class: 'time', x: width - 2, y: middle }));
  }
  if (more > 0) {
    svg.append(textAt(`+${more}`, { class: 'time', x: width - 2, y: 10 }));
  }
  if (!isDrawn) {
    svg.append(
      textAt('Ask something to see where the time goes.', {
        class: 'none',
        x: width / 2,
        y: height / 2,
      }),
    );
  }
  return svg;
}

/** Left out where there is no room for it. */
function wideOnly(text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = 'wide';
  element.textContent = text;
  return element;
}

function rowsOf({ chunks }: TurnTiming): HTMLTableRowElement[] {
  const head = row('th', ['Sentence', ...STAGES.map(({ title }) => title), 'On screen after']);
  const lines = chunks.map(({ text, bars, screenMs }) => {
    const cells = STAGES.map(({ name }) => {
      return bars
        .filter(({ stage }) => stage === name)
        .map(({ stage, fromMs, toMs }) => describe(stage, fromMs, toMs))
        .join(', ');
    });
    return row('td', [text, ...cells, screenMs === undefined ? 'not yet' : `${seconds(screenMs)} s`]);
  });
  return [head, ...lines];
}

function row(tag: 'th' | 'td', texts: readonly string[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.append(
    ...texts.map((text) => {
      const cell = document.createElement(tag);
      cell.textContent = text;
      return cell;
    }),
  );
  return line;
}

function svgElement<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  return element;
}

function textAt(text: string, attributes: Readonly<Record<string, string | number>>): SVGTextElement {
  const element = svgElement('text', attributes);
  element.textContent = text;
  return element;
}
