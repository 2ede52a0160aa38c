import { type Profiler, Session } from 'node:inspector';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { BuiltinWork } from './builtin-work.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Sources of this project; neither the tests nor what counts. */
function isOurs(url: string): boolean {
  const path = url.replace(/^file:\/\//, '');
  return path.startsWith(ROOT) && !/\/node_modules\/|\/lib\/testing\/|\.test\.ts$/.test(path);
}

/** Counts how often each function, branch and loop body of our sources is run. */
class BlockCounter {
  readonly #session = new Session();

  constructor() {
    // Optimized code counts nothing.
    for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What was counted since the last call. */
  take(): number {
    const { result } = this.#post<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage');
    const functions = result.filter(({ url }) => isOurs(url)).flatMap((script) => script.functions);
    return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
  }

  /** The session is in this thread: it answers before it returns. */
  #post<Result>(method: string, params: object = {}): Result {
    const answer: { error?: Error | null; value?: unknown } = {};
    this.#session.post(method, params, (error, value) => Object.assign(answer, { error, value }));
    if (answer.error) throw answer.error;
    return answer.value as Result;
  }
}

// Only functions that are compiled while it counts have counters of their blocks: it begins with the file that imports it, and counts to
// its end. A file of tests that count is slower for that, and has no other tests.
const blocks = new BlockCounter();

/**
 * Counts the steps of some work: each time that a function, a branch or the body of a loop of our sources is run, and each element
 * that a built-in method looks at or copies. The same work gives the same count on any machine, however busy: a test of what must not
 * take long compares counts, not times.
 */
export async function countWork(run: () => unknown): Promise<number> {
  blocks.take();
  using builtins = new BuiltinWork();
  await run();
  const { total } = builtins;
  builtins[Symbol.dispose]();
  return blocks.take() + total;
}

/**
 * How much more work twice as much input makes: 2 where it grows with the input, 4 where it grows with its square.
 *
 * @param prepare - Makes input of a size; what it returns is counted.
 */
export async function growthOf(prepare: (size: number) => () => unknown, size: number): Promise<number> {
  const [small, large] = [prepare(size), prepare(2 * size)];
  // Tables that are made when they are needed first belong to no size.
  await small();
  const work = await countWork(small);
  return (await countWork(large)) / work;
}
