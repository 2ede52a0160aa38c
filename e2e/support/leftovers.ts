import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { listDescendants, type ProcessInfo } from './processes.ts';

/** ffmpeg and ffprobe processes that a server (and its children) started and that still run. */
export async function encodersOf(pid: number): Promise<ProcessInfo[]> {
  return (await listDescendants(pid)).filter(({ name }) => name.startsWith('ff'));
}

/** Files below a folder, by their path from there, sorted; none when the folder does not exist. */
export async function filesIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map((entry) => relative(dir, join(entry.parentPath, entry.name))).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Descriptors that a process holds now. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}
