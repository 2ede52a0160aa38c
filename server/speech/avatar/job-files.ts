import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamError } from '../../errors.ts';
import type { AvatarJob } from '../providers.ts';
import { wavBytes, wavOf } from './wav.ts';

const JOB_ID = /^[a-z0-9-]{1,64}$/;
/** A job is a sentence and a few numbers. */
const MAX_JOB_BYTES = 64 * 1024;

/** @throws {StreamError} `AVATAR_FAILED`: ids become file names. */
export function checkId(id: string): void {
  if (!JOB_ID.test(id)) throw new StreamError('AVATAR_FAILED', `a job's id must match ${JOB_ID.source}, got '${id}'`);
}

export const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The beginning of a file that is not a link; `undefined` when there is none. */
export async function readStart(path: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error) || (error instanceof Error && 'code' in error && error.code === 'ELOOP')) return undefined;
    throw error;
  }
}

/** What a service reads. `id` and everything the clip depends on; `createdAt` says how long it waits already. */
function orderOf(job: AvatarJob): object {
  const { width, height, fps } = job.picture;
  const look = job.look === undefined ? {} : { look: job.look };
  return { id: job.id, text: job.text, audio: `${job.id}.wav`, width, height, fps, ...look };
}

/** The jobs that wait in a shared folder. */
export class JobFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Whether the very job waits there already: from before a restart of this server. */
  async holds(job: AvatarJob): Promise<boolean> {
    const bytes = await readStart(this.#path(job.id, 'json'), MAX_JOB_BYTES);
    const sound = await stat(this.#path(job.id, 'wav')).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (!bytes || sound?.size !== wavBytes(job.speech)) return false;
    try {
      const { createdAt, ...order } = JSON.parse(bytes.toString('utf8'));
      return typeof createdAt === 'string' && JSON.stringify(order) === JSON.stringify(orderOf(job));
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }

  /** The order comes last, and at once as a whole: who sees it finds the sound beside it. */
  async write(job: AvatarJob, now: Date): Promise<void> {
    await this.#put(job.id, 'wav', wavOf(job.speech));
    await this.#put(job.id, 'json', JSON.stringify({ ...orderOf(job), createdAt: now.toISOString() }));
  }

  async remove(id: string): Promise<void> {
    // The order first: sound without an order is nobody's job.
    await rm(this.#path(id, 'json'), { force: true });
    await rm(this.#path(id, 'wav'), { force: true });
  }

  async #put(id: string, kind: string, content: string | Buffer): Promise<void> {
    const temporary = join(this.#directory, `.${id}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeFile(temporary, content, { flag: 'wx' });
      await rename(temporary, this.#path(id, kind));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #path(id: string, kind: string): string {
    return join(this.#directory, `${id}.${kind}`);
  }
}
