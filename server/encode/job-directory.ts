import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A directory of its own for one ffmpeg process, its working directory; gone when the job is. */
export async function makeJobDirectory(root: string): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(root, { recursive: true });
  const path = await mkdtemp(join(root, 'job-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
