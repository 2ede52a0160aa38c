import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A small disk of its own in a directory; `undefined` where this user may not mount one. */
export async function mountSmallDisk(directory: string, megabytes: number): Promise<SmallDisk | undefined> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'throughline-test', directory]);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
  return {
    remount: async (mode) => void (await run('mount', ['-o', `remount,${mode}`, directory])),
    unmount: async () => void (await run('umount', ['-l', directory])),
  };
}

export type SmallDisk = {
  /** Read-only, or as it was. @throws when files are open for writing. */
  remount(mode: 'ro' | 'rw'): Promise<void>;
  unmount(): Promise<void>;
};
