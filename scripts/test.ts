// `npm test`: style, types, unit tests, end-to-end tests, all of them, whatever fails; the last line is the sum.
// Tests that measure (`*.timed.ts`) run last, alone. Tests that take minutes (`*.long.ts`) run by `npm run test:long`.
// Further arguments go to vitest: `npm test -- playlist` runs the test files with that in their name.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { addTallies, lastLines, type Tally, tallyOfCheck, tallyOfVitest } from './test-tally.ts';

const root = join(import.meta.dirname, '..');
const localBin = join(root, 'node_modules', '.bin');

/** Runs a program of node_modules. @returns the exit code, or 1 when a signal ended it. */
function run(program: string, args: readonly string[]): Promise<number> {
  const env = { ...process.env, PATH: `${localBin}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(join(localBin, program), args, { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function check(title: string, program: string, args: readonly string[]): Promise<Tally> {
  const exitCode = await run(program, args);
  process.stdout.write(`${title}: ${exitCode === 0 ? 'passed' : 'FAILED'}\n`);
  return tallyOfCheck(exitCode);
}

async function readReport(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // vitest died before it could write one: its exit code counts.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

type Project = 'unit' | 'e2e' | 'timed';

async function vitest(project: Project, folder: string, args: readonly string[]): Promise<Tally> {
  const reportPath = join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  // A file name given by hand is in one of the projects only.
  const filter = args.length > 0 ? ['--passWithNoTests', ...args] : [];
  const exitCode = await run('vitest', ['run', '--project', project, ...reporters, ...filter]);
  return tallyOfVitest(await readReport(reportPath), exitCode);
}

const args = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
try {
  const tallies = [
    ...(await Promise.all([check('style (biome)', 'biome', ['check', '.']), check('types (tsc)', 'tsc', [])])),
    await vitest('unit', folder, args),
    await vitest('e2e', folder, args),
    await vitest('timed', folder, args),
  ];
  const total = addTallies(tallies);
  process.exitCode = total.failed > 0 ? 1 : 0;
  process.stdout.write(`${lastLines(total)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
