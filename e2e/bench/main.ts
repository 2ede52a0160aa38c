import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { answer } from './answer.ts';
import { cpu } from './cpu.ts';
import type { PartReport } from './figures.ts';
import { firstPart } from './first-part.ts';
import { idle } from './idle.ts';
import { churn } from './load/churn.ts';
import { edge } from './load/edge.ts';
import { files } from './load/files.ts';
import { soak } from './load/soak.ts';
import { viewers } from './load/viewers.ts';
import { onScreen } from './on-screen.ts';
import { OtherWork } from './other-work.ts';
import type { BenchContext, BenchPart } from './part.ts';
import { formatTable, toJson } from './report.ts';
import { talkers } from './talkers.ts';
import { makeTalkingClip } from './talking-clip.ts';
import { closeConnections } from './timed-http.ts';

const PARTS: Readonly<Record<string, BenchPart>> = {
  'first-part': firstPart,
  'on-screen': onScreen,
  answer,
  cpu,
  talkers,
  idle,
};

/** `npm run bench:load`: what crowds do to the server. */
const LOAD_PARTS: Readonly<Record<string, BenchPart>> = { viewers, files, edge, churn, soak };
const ALL_PARTS = { ...PARTS, ...LOAD_PARTS };

type Options = { readonly only: readonly string[]; readonly quick: boolean; readonly json?: string };

/** @throws {Error} for an option or a part that does not exist. */
function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      load: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const only = values.only ?? Object.keys(values.load ? LOAD_PARTS : PARTS);
  const unknown = only.filter((name) => ALL_PARTS[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`--only must be one of ${Object.keys(ALL_PARTS).join(', ')}, got '${unknown.join("', '")}'`);
  return { only, quick: values.quick, ...(values.json !== undefined && { json: values.json }) };
}

/** Runs the parts one after the other; what one throws is told, and the others still run. */
async function runParts(names: readonly string[], context: BenchContext) {
  const reports = new Map<string, PartReport>();
  const broken: string[] = [];
  for (const name of names) {
    const log = (line: string): void => context.log(`${name}: ${line}`);
    const others = new OtherWork();
    try {
      const report = await ALL_PARTS[name]!({ ...context, log });
      const note = `other work on this machine meanwhile: ${(await others.cores()).toFixed(2)} cores`;
      reports.set(name, { ...report, notes: [...report.notes, note] });
    } catch (error) {
      broken.push(name);
      console.error(`${name} broke:`, error);
    } finally {
      closeConnections();
    }
  }
  return { reports, broken };
}

async function main(): Promise<void> {
  const { only, quick, json } = readOptions();
  // So that the servers' own 'exit' hooks run and none outlives us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const dataDir = join(dir, 'data');
    await mkdir(dataDir);
    const log = (line: string): void => console.error(line);
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
    log(`${machine}${quick ? ', quick' : ''}`);
    const clip = await makeTalkingClip(dir, dataDir);
    const { reports, broken } = await runParts(only, { dir, dataDir, clip, quick, log });
    console.log(`\n${machine}, ${new Date().toISOString()}\n\n${formatTable(reports)}`);
    if (json !== undefined) await writeFile(json, toJson(reports, { machine, at: new Date(), quick, broken }));
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
