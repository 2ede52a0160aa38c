import { createHash } from 'node:crypto';
import { constants, copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { storageFault } from './storage-error.ts';

export type JobDirectory = { readonly path: string; remove(): Promise<void> };

/**
 * A directory of its own for one process, its working directory; gone when the job is. On a disk that takes nothing it is one of the
 * system's for temporary files: what was accepted before is to be encoded all the same.
 */
export async function makeJobDirectory(root: string): Promise<JobDirectory> {
  try {
    await mkdir(root, { recursive: true });
    return directoryAt(await mkdtemp(join(root, 'job-')));
  } catch (error) {
    if (!storageFault(error)) throw error;
    return await makeSpareDirectory(root);
  }
}

/** Not where uploads are. @param root - Whose it is: it is swept with that. */
export async function makeSpareDirectory(root: string): Promise<JobDirectory> {
  return directoryAt(await mkdtemp(join(tmpdir(), sparePrefix(root))));
}

/**
 * Removes all that jobs of an earlier server left: what they were given may be what somebody said. Directories of other roots stay: their
 * servers may be running.
 */
export async function sweepJobDirectories(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
  const prefix = sparePrefix(root);
  const spare = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  await Promise.all(spare.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}

function sparePrefix(root: string): string {
  return `throughline-job-${createHash('sha256').update(resolve(root)).digest('hex').slice(0, 16)}-`;
}

function directoryAt(path: string): JobDirectory {
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Gives a job a file of another directory as its input: by another name of it, or where there can be none, as a copy: it finds nothing else. */
export async function lendFile(path: string, directory: string, name: string): Promise<void> {
  try {
    await link(path, join(directory, name));
  } catch (error) {
    const isElsewhere = error instanceof Error && 'code' in error && error.code === 'EXDEV';
    if (!isElsewhere && !storageFault(error)) throw error;
    await copyFile(path, join(directory, name), constants.COPYFILE_FICLONE);
  }
}
