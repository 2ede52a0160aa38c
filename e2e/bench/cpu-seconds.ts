import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { listDescendants } from '../support/processes.ts';

const run = promisify(execFile);

/** CPU of one process in seconds: its own, and that of its children that have ended and were waited for. */
export type ProcessCpu = { readonly own: number; readonly waited: number };

let ticksPerSecond: number | undefined;

/** Unit of the times in /proc (proc(5)): 100 on every Linux that matters, but asked for. */
async function clockTicks(): Promise<number> {
  ticksPerSecond ??= Number((await run('getconf', ['CLK_TCK'])).stdout);
  return ticksPerSecond;
}

/** `undefined` when the process is gone. */
export async function processCpu(pid: number): Promise<ProcessCpu | undefined> {
  const ticks = await clockTicks();
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // proc(5): utime, stime, cutime, cstime are fields 14 to 17; the name in field 2 may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) / ticks, waited: (childUser + childSystem) / ticks };
}

export type FamilyCpu = {
  /** The process itself. */
  readonly own: number;
  /** Its children that live and whose command line holds the word asked for. */
  readonly named: number;
  /** All others: ended children and living ones. */
  readonly others: number;
  readonly total: number;
};

/** CPU of a process and everything it started, in seconds since its start. */
export async function familyCpu(pid: number, word = ' '): Promise<FamilyCpu> {
  const root = (await processCpu(pid)) ?? { own: 0, waited: 0 };
  let [named, others] = [0, root.waited];
  for (const child of await listDescendants(pid)) {
    const { own, waited } = (await processCpu(child.pid)) ?? { own: 0, waited: 0 };
    const command = await readFile(`/proc/${child.pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes(word)) named += own + waited;
    else others += own + waited;
  }
  return { own: root.own, named, others, total: root.own + named + others };
}

/** CPU the whole machine has spent since it started, in seconds. */
export async function machineCpu(): Promise<number> {
  const ticks = await clockTicks();
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  // proc(5): user nice system idle iowait irq softirq steal; a guest's time is in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / ticks;
}
