import type { QualityFigures } from '../player.ts';
import { find, setText } from './dom.ts';

/** The panel of measured figures. */
export class FiguresPanel {
  readonly #latency = find('latency', HTMLElement);
  readonly #stalls = find('stalls', HTMLElement);
  readonly #joins = find('joins', HTMLElement);
  readonly #buffer = find('buffer', HTMLElement);

  clear(): void {
    for (const figure of [this.#latency, this.#stalls, this.#joins, this.#buffer]) {
      setText(figure, '–');
    }
  }

  show(figures: QualityFigures): void {
    const { latency, stalls, stalledMs, joins, bufferAhead } = figures;
    setText(this.#latency, latency === undefined ? '–' : `${latency.toFixed(1)} s`);
    setText(this.#stalls, stalls === 0 ? '0' : `${stalls} · ${(stalledMs / 1000).toFixed(1)} s`);
    setText(this.#joins, String(joins));
    setText(this.#buffer, `${bufferAhead.toFixed(1)} s`);
    this.#stalls.title = describe(figures);
  }
}

function describe({ droppedFrames, frameGaps, longestFrameGapMs }: QualityFigures): string {
  const gaps =
    frameGaps === undefined ? '' : `, ${frameGaps} gaps over 100 ms between frames (longest ${longestFrameGapMs} ms)`;
  return `${droppedFrames} frames dropped${gaps}`;
}
