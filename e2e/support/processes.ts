import { readdir, readFile } from 'node:fs/promises';

/** One row of the process table. */
export type ProcessInfo = {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Name of the program, cut at 15 characters by the kernel. */
  readonly name: string;
};

/** ESRCH comes when a process ends between open and read. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
}

async function processInfo(pid: number): Promise<ProcessInfo | undefined> {
  try {
    // proc(5): `pid (name) state ppid pgrp ...`; the name may hold spaces and brackets.
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const [state, parentPid, groupId] = rest.split(' ');
    // A zombie has ended; it waits for its parent to look.
    if (state === 'Z') return undefined;
    return { pid, parentPid: Number(parentPid), groupId: Number(groupId), name };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Every process of this machine that has not ended (Linux). */
export async function listProcesses(): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(pids.map(processInfo))).filter((info) => info !== undefined);
}

/**
 * Processes that descend from `pid`, and those still in its process group: a child whose parent has died belongs to init,
 * but stays in the group. The process itself is not among them.
 */
export async function listDescendants(pid: number): Promise<ProcessInfo[]> {
  const all = await listProcesses();
  const family = new Set([pid]);
  for (let sizeBefore = 0; sizeBefore !== family.size; ) {
    sizeBefore = family.size;
    for (const info of all) if (family.has(info.parentPid) || info.groupId === pid) family.add(info.pid);
  }
  family.delete(pid);
  return all.filter((info) => family.has(info.pid));
}

/** Resident memory of a process, in MB (10^6 bytes). */
export const residentMegabytes = (pid: number): Promise<number> => megabytesOf(pid, 'VmRSS');

/** The most resident memory that a process ever had, in MB (10^6 bytes). */
export const mostMegabytes = (pid: number): Promise<number> => megabytesOf(pid, 'VmHWM');

/** @param field - Of `/proc/pid/status`, see proc(5). */
async function megabytesOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
}
