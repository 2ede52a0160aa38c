import { constants, copyFile, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageFault } from '../lib/storage-error.ts';

export type JobDirectory = { readonly path: string; remove(): Promise<void> };

/**
 * A directory of its own for one ffmpeg process, its working directory; gone when the job is. On a disk that takes nothing it is one of
 * the system's for temporary files: what was accepted before is to be encoded all the same.
 */
export async function makeJobDirectory(root: string): Promise<JobDirectory> {
  try {
    await mkdir(root, { recursive: true });
    return directoryAt(await mkdtemp(join(root, 'job-')));
  } catch (error) {
    if (!storageFault(error)) throw error;
    return await makeSpareDirectory();
  }
}

/** Not where uploads are. */
export async function makeSpareDirectory(): Promise<JobDirectory> {
  return directoryAt(await mkdtemp(join(tmpdir(), 'throughline-job-')));
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
