import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportPage } from './report/page.ts';
import { readmeChart } from './report/readme-chart.ts';
import type { StallResults } from './report/results.ts';
import { markdownTable } from './report/table.ts';

/** Makes one report of several: `node e2e/bench/stall/merge.ts --out DIR results.json results.json ...`, in the order given. */
const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
if (values.out === undefined || positionals.length === 0) throw new Error('usage: merge.ts --out DIR results.json ...');

const all = await Promise.all(
  positionals.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as StallResults),
);
const [first] = all as [StallResults];
// The voice is not the same to the byte each time it is made.
const conversationOf = ({ form, script: { turns, sentences } }: StallResults): string =>
  `${form} ${turns} ${sentences}`;
const different = all.find((results) => conversationOf(results) !== conversationOf(first));
if (different !== undefined) throw new Error('the reports are of different conversations');
const merged: StallResults = {
  ...first,
  links: all.flatMap(({ links }) => links),
  cells: all.flatMap(({ cells }) => cells),
  runs: all.flatMap(({ runs }) => runs),
};
await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'results.json'), `${JSON.stringify(merged, null, 1)}\n`);
await writeFile(join(values.out, 'report.html'), reportPage(merged));
await writeFile(join(values.out, 'chart.svg'), readmeChart(merged));
await writeFile(join(values.out, 'table.md'), `${markdownTable(merged)}\n`);
