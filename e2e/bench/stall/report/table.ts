import type { Summary } from '../analyse/summary.ts';
import { PLAYER_TITLES } from '../run/players.ts';
import type { CellResult, StallResults } from './results.ts';

/** One column of the table: what it says of a player on a link. */
type Column = { readonly title: string; readonly text: (summary: Summary) => string };

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : '–');
const rounded = (ms: number): string => (Number.isFinite(ms) ? ms.toFixed(0) : '–');

const stalledText = ({ stalled, sentences }: Summary): string =>
  `${stalled} of ${sentences} (${((100 * stalled) / sentences).toFixed(0)} %)`;

const pictureText = ({ pictureGapMs, pictureGaps, joins }: Summary): string =>
  joins === 0 ? '–' : `${pictureGaps} of ${joins}, max ${rounded(pictureGapMs.max)} ms`;

/** Median, least and most; silence is above 0. */
const soundText = ({ soundGapMs, exactSoundJoins, joins }: Summary): string => {
  if (joins === 0) return '–';
  if (exactSoundJoins === joins) return `0 ms, 0 samples in all ${joins}`;
  return `${soundGapMs.median.toFixed(1)} ms (${soundGapMs.min.toFixed(1)} to ${soundGapMs.max.toFixed(1)})`;
};

export const COLUMNS: readonly Column[] = [
  { title: 'stalled sentences', text: stalledText },
  { title: 'within / late', text: ({ stalledWithin, startedLate }) => `${stalledWithin} / ${startedLate}` },
  { title: 'rebuffering', text: ({ rebufferMs }) => seconds(rebufferMs) },
  { title: 'joins with a picture gap', text: pictureText },
  { title: 'sound at joins', text: soundText },
  { title: 'frames skipped / repeated', text: (s) => `${s.framesSkipped} / ${s.framesRepeated}` },
  { title: 'samples missing / repeated', text: (s) => `${s.samplesMissing} / ${s.samplesRepeated}` },
  { title: 'latency', text: ({ latencyMs }) => `${seconds(latencyMs.median)} (max ${seconds(latencyMs.max)})` },
  { title: 'first picture', text: ({ firstPictureMs }) => seconds(firstPictureMs.median) },
  { title: 'silent after an interruption', text: ({ interruptionMs }) => seconds(interruptionMs.median) },
];

export function cellsOf(results: StallResults, link: string): readonly CellResult[] {
  return results.cells.filter((cell) => cell.link === link);
}

/** The results as one table in Markdown, a row for each player on each link. */
export function markdownTable(results: StallResults): string {
  const head = ['link', 'player', ...COLUMNS.map(({ title }) => title)];
  const rows = results.links.flatMap(({ name, title }) =>
    cellsOf(results, name).map(({ player, summary }) => [
      title,
      PLAYER_TITLES[player],
      ...COLUMNS.map(({ text }) => text(summary)),
    ]),
  );
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
