import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Lets a process, and what it starts from now on, go before everything of lower priority, where that is allowed (Linux, root). `nice`
 * would not do: Linux counts it within one terminal session only.
 *
 * @param priority - 1 to 99.
 */
export async function runFirst(pid: number, priority: number): Promise<void> {
  try {
    await run('chrt', ['--rr', '--pid', `${priority}`, `${pid}`]);
  } catch (error) {
    // No such program, or no right to use it.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
