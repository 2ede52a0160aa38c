import { execFile } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { findProgram } from '../../../scripts/setup/programs.mjs';
import { StreamError } from '../../../server/errors.ts';
import { OwnedProcess, type ProcessOptions, stopOnAbort } from '../../../server/lib/owned-process.ts';

const run = promisify(execFile);
const VERSION_LIMIT_MS = 20_000;

/** Starts a player; it ends with the signal, and with it all that it started. */
export function startProgram(options: ProcessOptions, signal: AbortSignal): OwnedProcess {
  const child = new OwnedProcess(options);
  const letGo = stopOnAbort(child, signal);
  child.done.then(letGo, letGo);
  return child;
}

/** Waits until a player is gone. @returns Why it ended, when it was neither well nor by us. */
export async function faultOf(child: OwnedProcess): Promise<string | undefined> {
  try {
    await child.done;
    return undefined;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return error.code === 'ABORTED' ? undefined : error.message;
  }
}

/** The lines of a pipe, one by one as they come. A pipe that breaks ends the lines: the process tells why. */
export function linesOf(stream: Readable): Interface {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('error', () => lines.close());
  return lines;
}

/** What is wrong when programs are not on PATH, and what to do; `undefined`: they all are. */
export function missingPrograms(...names: readonly string[]): string | undefined {
  const absent = names.filter((name) => findProgram(name) === undefined);
  return absent.length === 0 ? undefined : `not on PATH: ${absent.join(', ')}`;
}

/** The version number in what a program prints of itself; `''` when it prints none. */
export async function versionOf(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args.length > 0 ? args : ['--version'], { timeout: VERSION_LIMIT_MS });
  // `gst-launch-1.0 version 1.22.0`: the name may hold a number, too.
  return /(?:version |^[a-z]* ?v?)(\d+(?:\.\d+)+)/im.exec(stdout)?.[1] ?? '';
}

/** A line that comes again and again is told once, with how often. */
export function countRepeats(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line));
}
