import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * How many files and sockets this process may have open at once (RLIMIT_NOFILE). Node raises the soft limit to the hard one when it
 * starts, and a shell that it starts inherits that. `Infinity` when there is none, or none is known.
 */
export async function descriptorLimit(): Promise<number> {
  try {
    return softLimitOf(await readFile('/proc/self/limits', 'utf8'));
  } catch {
    // Not Linux.
  }
  try {
    return toNumber((await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n'])).stdout.trim());
  } catch {
    // Not Unix either.
    return Number.POSITIVE_INFINITY;
  }
}

/** @param limits - `/proc/self/limits`: columns for the name, the soft limit, the hard limit and the unit. */
export function softLimitOf(limits: string): number {
  return toNumber(/^Max open files +(\S+)/m.exec(limits)?.[1] ?? '');
}

function toNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}
