import { knownLimit } from './known-limits.ts';
import type { Outcome, Row } from './play-all.ts';
import { type Playback, STREAM_KINDS, type Stream, type StreamKind } from './player.ts';
import { soundShare } from './verdict.ts';

const COLUMNS = ['start', 'frames', 'audio', 'stalls', 'errors'] as const;
const GAP = '  ';

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const grouped = (count: number): string => count.toLocaleString('en-US');

function framesText({ frames, seconds }: Playback, { whole, frameRate }: Stream): string {
  if (frames === undefined) return 'n/a';
  if (whole === undefined) return seconds > 0 ? percent(frames / (seconds * frameRate)) : '0 %';
  return frames === whole.frames ? grouped(frames) : `${grouped(frames)}/${grouped(whole.frames)}`;
}

function audioText(playback: Playback, stream: Stream): string {
  const { sound } = playback;
  const share = soundShare(playback, stream);
  if (sound === undefined || share === undefined) return 'n/a';
  if (sound.measured === 'heard') return `~${percent(share)}`;
  if (stream.whole === undefined) return percent(share);
  const { samples } = sound;
  return samples === stream.whole.samples ? grouped(samples) : `${grouped(samples)}/${grouped(stream.whole.samples)}`;
}

function stallsText({ stalls }: Playback): string {
  if (stalls === undefined) return 'n/a';
  const seconds = stalls.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  return stalls.length === 0 ? '0' : `${stalls.length} (${seconds.toFixed(1)} s)`;
}

/** Texts of one cell: when it started, how much came, what went wrong. */
function cellTexts({ playback, stream }: Outcome): string[] {
  const { startedMs, errors, warnings } = playback;
  const errorsText = warnings.length === 0 ? `${errors.length}` : `${errors.length}+${warnings.length}`;
  if (startedMs === undefined) return ['no', '-', '-', '-', errorsText];
  const started = `${(startedMs / 1000).toFixed(2)} s`;
  return [started, framesText(playback, stream), audioText(playback, stream), stallsText(playback), errorsText];
}

/** The name as its last playback gave it, with versions. */
export function titleOf({ player, outcomes }: Row): string {
  return outcomes.at(-1)?.playback.version ?? player.title;
}

const markOf = ({ player, stream, faults }: Outcome): string => {
  if (faults.length === 0) return '';
  return knownLimit(player, stream.kind) === undefined ? '!' : '*';
};

const cellOf = (row: Row, kind: StreamKind): Outcome | undefined =>
  row.outcomes.find(({ stream }) => stream.kind === kind);

function kindsOf(rows: readonly Row[]): StreamKind[] {
  return STREAM_KINDS.filter((kind) => rows.some((row) => cellOf(row, kind) !== undefined));
}

const MAX_NOTE_CHARACTERS = 300;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, MAX_NOTE_CHARACTERS);

/** What the table can not say in a cell: why something is missing, not clean, or complained of. */
export function notesOf(rows: readonly Row[]): string[] {
  const outcomes = rows.flatMap((row) => row.outcomes.map((outcome) => ({ row, outcome })));
  const missing = rows.filter((row) => row.missing !== undefined);
  return [
    ...outcomes.flatMap(({ row, outcome }) => {
      const { faults, stream, playback, player } = outcome;
      const where = `${titleOf(row)}, ${stream.kind}`;
      const limit = faults.length > 0 ? knownLimit(player, stream.kind) : undefined;
      return [
        ...(faults.length > 0 ? [`${markOf(outcome)} ${where}: ${oneLine(faults.join('; '))}`] : []),
        ...(limit ? [`  known: ${limit.reason} (${limit.issue})`] : []),
        ...playback.warnings.map((warning) => `+ ${where}: ${oneLine(warning)}`),
      ];
    }),
    ...rows
      .filter((row) => row.outcomes.length > 0 && row.player.note)
      .map((row) => `  ${row.player.title}: ${row.player.note}`),
    ...missing.map((row) => `- ${row.player.title}: ${row.missing}`),
    ...(missing.length > 0
      ? ['  `node scripts/setup.mjs --players` installs what is missing, or says what to type']
      : []),
  ];
}

/** For a terminal: a row per player, five columns per kind of stream, notes below. */
export function formatTable(rows: readonly Row[]): string {
  const kinds = kindsOf(rows);
  const texts = rows.map((row) => {
    const cells = kinds.flatMap((kind) => {
      const outcome = cellOf(row, kind);
      if (outcome === undefined) return COLUMNS.map((_, index) => (index === 0 && row.missing ? 'missing' : ''));
      const cell = cellTexts(outcome);
      return [...cell.slice(0, -1), `${cell.at(-1)}${markOf(outcome)}`];
    });
    return [titleOf(row), ...cells];
  });
  const header = ['', ...kinds.flatMap(() => [...COLUMNS])];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join(GAP)
      .trimEnd();
  const groupWidth = (group: number): number =>
    COLUMNS.reduce((sum, _, index) => sum + (widths[1 + group * COLUMNS.length + index] ?? 0) + GAP.length, 0);
  const groups = kinds.map((kind, index) => `${GAP}${kind}`.padEnd(groupWidth(index)));
  const title = `${' '.repeat(widths[0] ?? 0)}${groups.join('')}`.trimEnd();
  return [title, line(header), ...texts.map(line), '', ...notesOf(rows)].join('\n').trimEnd();
}

/** For the README: one cell per kind of stream. */
export function formatMarkdown(rows: readonly Row[]): string {
  const kinds = kindsOf(rows);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) => {
    const cells = kinds.map((kind) => {
      const outcome = cellOf(row, kind);
      if (outcome === undefined) return row.missing === undefined ? '' : 'missing';
      return `${cellTexts(outcome).join(' · ')}${markOf(outcome).replace('*', '\\*')}`;
    });
    return line([titleOf(row), ...cells]);
  });
  const header = line(['', ...kinds.map((kind) => `${kind}: ${COLUMNS.join(' · ')}`)]);
  return [header, line(['---', ...kinds.map(() => '---')]), ...body].join('\n');
}

/** Everything that was seen, as data. */
export function toJson(rows: readonly Row[], surroundings: object): string {
  const data = rows.map((row) => ({ ...row, player: row.player.id, title: titleOf(row) }));
  // Peaks are thousands of numbers that say nothing to anybody.
  const replacer = (key: string, value: unknown): unknown => (key === 'peaks' ? undefined : value);
  return `${JSON.stringify({ ...surroundings, rows: data }, replacer, 2)}\n`;
}
