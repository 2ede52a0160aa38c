import { mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StreamError } from '../../errors.ts';
import { storageFault } from '../../lib/storage-error.ts';

/** Why a directory can't hold data, for errors that `storageFault` does not know. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTDIR', 'a part of its path is a file'],
  ['EEXIST', 'it is a file'],
  ['ENOENT', 'it can not be created there'],
  ['ELOOP', 'its path leads in circles'],
  ['ENAMETOOLONG', 'its name is too long'],
]);
/** A disk that is full now may have room in a moment. */
const PASSING = ['ENOSPC', 'EDQUOT'];
/** A page: less might fit into what a file system keeps for itself. */
const PROBE_BYTES = 4_096;

/**
 * Makes a data directory, and touches nothing in it.
 *
 * @returns its path without links: one directory has one name.
 * @throws {StreamError} `CONFIG_INVALID`, `STORAGE_FULL`.
 */
export async function makeDataDirectory(directory: string): Promise<string> {
  try {
    await makeDirectory(directory);
    if (!(await stat(directory)).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'EEXIST' });
    return await realpath(directory);
  } catch (error) {
    throw failureOf(directory, error);
  }
}

/**
 * Finds out whether a data directory takes files: by writing one, since neither permissions nor mount options tell.
 *
 * @returns The error of a disk that is full, where earlier sessions lie that can go on from memory; else `undefined`.
 * @throws {StreamError} `CONFIG_INVALID` for a directory that can't be used, `STORAGE_FULL` for a new one on a full disk.
 */
export async function requireWritable(directory: string): Promise<Error | undefined> {
  try {
    await makeDataDirectory(directory);
    await writeProbe(join(directory, '.probe'));
    return undefined;
  } catch (error) {
    const failure = failureOf(directory, error);
    if (failure.code === 'STORAGE_FULL' && error instanceof Error && (await isInUse(directory))) return error;
    throw failure;
  }
}

function failureOf(directory: string, error: unknown): StreamError {
  if (error instanceof StreamError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!PASSING.includes(code)) return unusable(directory, code, error);
  return new StreamError('STORAGE_FULL', `DATA_DIR ${directory} takes no files: ${reasonOf(code, error)}: make room`, {
    cause: error,
  });
}

/** Node's own way to make all of a path never ends where the system says ENOENT of a directory that is there, as in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || (await isThere(dirname(path)))) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}

async function writeProbe(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.write(new Uint8Array(PROBE_BYTES));
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

function unusable(directory: string, code: string, cause: unknown): StreamError {
  return new StreamError(
    'CONFIG_INVALID',
    `DATA_DIR ${directory} can not be used (${code === '' ? 'FAILED' : code}: ${reasonOf(code, cause)}): ` +
      'give it a directory that this user may write to',
    { cause },
  );
}

function reasonOf(code: string, error: unknown): string {
  return storageFault(error)?.reason ?? REASONS.get(code) ?? String(error);
}

/** A server kept its state here before. */
async function isInUse(directory: string): Promise<boolean> {
  return await isThere(join(directory, '.state'));
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
