import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportPage } from './report/page.ts';
import { readmeChart } from './report/readme-chart.ts';
import { markdownTable } from './report/table.ts';
import { type BenchmarkOptions, runBenchmark } from './run/benchmark.ts';
import { PLAYERS, type PlayerName } from './run/players.ts';
import { FULL, SHORT } from './script/conversation.ts';
import { LINKS, linkNamed } from './shaper/profiles.ts';

const SHORT_LINKS = ['good-4g', 'bad-4g'];

type Arguments = Pick<BenchmarkOptions, 'form' | 'conversation' | 'links' | 'players' | 'seeds' | 'isPatient'> & {
  readonly out: string | undefined;
  /** The table alone on standard output. */
  readonly markdown: boolean;
};

/** @throws {Error} for an option, link or player that does not exist. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      link: { type: 'string', multiple: true },
      player: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      repeat: { type: 'string', default: '1' },
      patient: { type: 'boolean', default: false },
      out: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const unknown = values.player?.filter((name) => !PLAYERS.includes(name as PlayerName)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--player must be one of ${PLAYERS.join(', ')}, got '${unknown.join("', '")}'`);
  const links = values.link ?? (values.full ? LINKS.map(({ name }) => name) : SHORT_LINKS);
  const first = integer('seed', values.seed);
  return {
    form: values.full ? 'full' : 'short',
    conversation: values.full ? FULL : SHORT,
    links: links.map(linkNamed),
    players: (values.player as PlayerName[] | undefined) ?? PLAYERS,
    seeds: Array.from({ length: integer('repeat', values.repeat) }, (_, index) => first + index),
    isPatient: values.patient,
    out: values.out,
    markdown: values.markdown,
  };
}

function integer(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be an integer from 1 on, got '${text}'`);
  return value;
}

async function main(): Promise<void> {
  const { out, markdown, ...options } = readArguments();
  // So that the servers' own 'exit' hooks run and none outlives us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const dir = await mkdtemp(join(tmpdir(), 'stall-'));
  try {
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
    const log = (line: string): void =>
      console.error(`${performance.now().toFixed(0).slice(0, -3).padStart(4)} s  ${line}`);
    const results = await runBenchmark({ ...options, viewerFirst: true, machine, dir, log });
    const outDir = out ?? (await mkdtemp(join(tmpdir(), 'stall-report-')));
    await mkdir(outDir, { recursive: true });
    const table = markdownTable(results);
    await writeFile(join(outDir, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
    await writeFile(join(outDir, 'report.html'), reportPage(results));
    await writeFile(join(outDir, 'chart.svg'), readmeChart(results));
    await writeFile(join(outDir, 'table.md'), `${table}\n`);
    console.log(markdown ? table : `\n${table}\n\nreport: ${join(outDir, 'report.html')}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
