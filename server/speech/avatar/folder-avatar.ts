import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../../errors.ts';
import type { Avatar, AvatarJob, Look } from '../providers.ts';
import { ClipFolder, type Delivery, idOf } from './clip-folder.ts';
import { ClipJobs, type OnShort, type OpenClip } from './clip-jobs.ts';
import { avatarFailure } from './clip-pictures.ts';
import { type DecoderTools, PictureDecoder } from './decode-pictures.ts';
import { FolderSweep } from './folder-sweep.ts';
import { type Idle, idleFrom } from './idle-media.ts';
import { checkId, JobFiles, readStart } from './job-files.ts';
import { oneLine } from './post-job.ts';

/** Of what a service says about a failure. */
const MAX_ERROR_BYTES = 2048;
/** Between looks at a clip that can't be decoded yet. */
const REGROWTH_CHECK_MS = 100;
const JOB_FILE = /^([a-z0-9-]{1,64})\.(wav|json)$/;
const LEFTOVER = /^\.[a-z0-9-]{1,64}\.[0-9a-f]{12}\.tmp$/;

export type FolderAvatarOptions = DecoderTools & {
  /** Shared with the service; `jobs` and `clips` are made in it. */
  readonly directory: string;
  /** Jobs in the folder at once: 1 by default. */
  readonly concurrency?: number;
  /** From the job's turn to its first picture: 60 s by default. */
  readonly timeoutMs?: number;
  /** Longest decoding of one more picture: 2 s by default. */
  readonly stallMs?: number;
  /** A clip is finished when it did not change for so long: 200 ms by default. 0: the service renames, what is there is finished. */
  readonly settleMs?: number;
  /** How much longer to wait for a clip that may not be whole or can't be decoded: 2 s by default. */
  readonly graceMs?: number;
  /** How long what nobody waits for stays in the folder: 1 h by default. */
  readonly retentionMs?: number;
  /** For network file systems. */
  readonly usePolling?: boolean;
  /** With `usePolling`: 250 ms by default. */
  readonly pollMs?: number;
  readonly looks?: readonly Look[];
  readonly idlePath?: string;
  readonly fallback: Idle;
  /** Clips are moved here before they are used. */
  readonly temporaryDirectory?: string;
  readonly onShort?: OnShort;
  /** The watcher or the sweep has trouble; jobs go on by looking now and then. */
  readonly onWatchError?: (error: unknown) => void;
};

/**
 * An avatar service that shares a folder; `README.md` beside this file has the protocol.
 *
 * @throws {StreamError} `CONFIG_INVALID` for the folder or the idle file.
 */
export async function createFolderAvatar(options: FolderAvatarOptions): Promise<Avatar> {
  const { concurrency = 1, looks = [] } = options;
  const idle = await idleFrom(options, options.idlePath, options.fallback);
  const desk = await openDesk(options);
  const jobs = new ClipJobs(concurrency, options.onShort);
  return {
    name: 'folder',
    concurrency,
    looks,
    render: (job) => jobs.render(job, (frames, signal) => desk.clipOf(job, frames, signal)),
    idle: idle.idle,
    idleLook: idle.idleLook,
    async close() {
      desk.keepJobs();
      await Promise.all([jobs.close(), idle.close()]);
      await desk.close();
    },
  };
}

async function openDesk(options: FolderAvatarOptions): Promise<FolderDesk> {
  const { settleMs = 200, graceMs = 2_000, usePolling = false, pollMs = 250, onWatchError } = options;
  const directory = resolve(options.directory);
  try {
    await mkdir(join(directory, 'jobs'), { recursive: true });
    await mkdir(join(directory, 'clips'), { recursive: true });
    const watched = { directory: join(directory, 'clips'), settleMs, graceMs, usePolling, pollMs, onWatchError };
    const { temporaryDirectory = tmpdir() } = options;
    await mkdir(temporaryDirectory, { recursive: true });
    const own = await mkdtemp(join(temporaryDirectory, 'avatar-'));
    return new FolderDesk(options, directory, own, await ClipFolder.open(watched));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StreamError('CONFIG_INVALID', `the avatar folder ${directory} can't be used: ${reason}`, { cause });
  }
}

/** Puts jobs into the folder and takes clips out of it. */
class FolderDesk {
  readonly #options: FolderAvatarOptions;
  readonly #own: string;
  readonly #clips: ClipFolder;
  readonly #jobs: JobFiles;
  readonly #active = new Set<string>();
  readonly #sweeps: readonly FolderSweep[];
  #keepsJobs = false;
  #closing: Promise<void> | undefined;

  constructor(options: FolderAvatarOptions, directory: string, own: string, clips: ClipFolder) {
    const { retentionMs = 3_600_000, onWatchError: onError } = options;
    this.#options = options;
    this.#own = own;
    this.#clips = clips;
    this.#jobs = new JobFiles(join(directory, 'jobs'));
    const isIdle = (id: string | undefined): boolean => id !== undefined && !this.#active.has(id);
    const isOldJob = (name: string): boolean => isIdle(JOB_FILE.exec(name)?.[1]) || LEFTOVER.test(name);
    this.#sweeps = [
      new FolderSweep({
        directory: join(directory, 'clips'),
        retentionMs,
        onError,
        isUnwanted: (name) => isIdle(idOf(name)),
      }),
      new FolderSweep({ directory: join(directory, 'jobs'), retentionMs, onError, isUnwanted: isOldJob }),
    ];
  }

  /** @throws {StreamError} `AVATAR_FAILED`; the signal's reason. */
  async clipOf(job: AvatarJob, frames: number, signal: AbortSignal): Promise<OpenClip> {
    const { timeoutMs = 60_000 } = this.#options;
    checkId(job.id);
    if (this.#active.has(job.id)) throw new StreamError('AVATAR_FAILED', `job ${job.id} is being done already`);
    this.#active.add(job.id);
    const late = new StreamError('AVATAR_FAILED', `no clip of job ${job.id} came within ${timeoutMs} ms`, {
      kind: 'timeout',
    });
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(late), timeoutMs);
    try {
      return await this.#deliveredClip(job, frames, AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      throw signal.aborted || !limit.signal.aborted ? error : late;
    } finally {
      clearTimeout(timer);
      if (job.signal.aborted || !this.#keepsJobs) await this.#jobs.remove(job.id);
      this.#active.delete(job.id);
    }
  }

  /** From now on, what was asked for stays in the folder: the same jobs will be done again after a restart. */
  keepJobs(): void {
    this.#keepsJobs = true;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await Promise.all([this.#clips.close(), ...this.#sweeps.map((sweep) => sweep.close())]);
    await rm(this.#own, { recursive: true, force: true });
  }

  async #deliveredClip(job: AvatarJob, frames: number, signal: AbortSignal): Promise<OpenClip> {
    if (!(await this.#jobs.holds(job))) {
      // Of an earlier life, and about a job that was given up then.
      await this.#clips.remove(`${job.id}.error.txt`);
      // A clip that is there already needs no job; one that is being written will be finished.
      if (!(await this.#clips.hasAny(job.id))) await this.#jobs.write(job, new Date());
    }
    for (;;) {
      const delivery = await this.#clips.delivered(job.id, signal);
      if (delivery.kind === 'error') throw await this.#refusal(job, delivery);
      // First the job, then the clip: a service that finds neither would do the job again.
      await this.#jobs.remove(job.id);
      const path = await this.#clips.take(delivery.name, this.#own);
      const clip = path === undefined ? undefined : await this.#decodable(job, frames, path, signal);
      if (clip) return clip;
    }
  }

  async #refusal(job: AvatarJob, { name }: Delivery): Promise<StreamError> {
    const path = await this.#clips.take(name, this.#own);
    const text = path === undefined ? undefined : await readStart(path, MAX_ERROR_BYTES);
    if (path !== undefined) await rm(path, { force: true });
    const reason = oneLine(text?.toString('utf8') ?? '') || 'no reason given';
    return new StreamError('AVATAR_FAILED', `the avatar service failed job ${job.id}: ${reason}`, { kind: 'failed' });
  }

  /** The clip in a file, perhaps after its writer went on with it; `undefined` when another was delivered instead. */
  async #decodable(job: AvatarJob, frames: number, path: string, signal: AbortSignal): Promise<OpenClip | undefined> {
    try {
      for (;;) {
        const before = (await stat(path)).mtimeMs;
        try {
          return await this.#decode(job, frames, path, signal);
        } catch (error) {
          if (signal.aborted) throw error;
          if (await this.#changes(job.id, path, before, signal)) continue;
          if (await this.#clips.hasAny(job.id)) break;
          throw error;
        }
      }
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    await rm(path, { force: true });
    return undefined;
  }

  /** Waits a little; true when the file was written to. */
  async #changes(id: string, path: string, before: number, signal: AbortSignal): Promise<boolean> {
    const { graceMs = 2_000 } = this.#options;
    for (let waitedMs = 0; waitedMs < graceMs; waitedMs += REGROWTH_CHECK_MS) {
      if ((await stat(path)).mtimeMs !== before) return true;
      if (await this.#clips.hasAny(id)) return false;
      await delay(REGROWTH_CHECK_MS, undefined, { signal });
    }
    return false;
  }

  async #decode(job: AvatarJob, frames: number, path: string, signal: AbortSignal): Promise<OpenClip> {
    const { ffmpegPath, untrustedInput, jail, stallMs = 2_000 } = this.#options;
    const { width, height, fps } = job.picture;
    const picture = { width, height, fps };
    const decoder = new PictureDecoder({ ffmpegPath, untrustedInput, jail, picture, frames, input: { path } });
    const onAbort = (): void => void decoder.stop(avatarFailure(signal.reason, job.signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const stop = async (reason?: StreamError): Promise<void> => {
      await decoder.stop(reason);
      await rm(path, { force: true });
    };
    try {
      const first = await decoder.next(stallMs);
      if (!first) throw new StreamError('AVATAR_FAILED', `the clip of job ${job.id} has no picture`, { kind: 'empty' });
      return { first, next: () => decoder.next(stallMs), finish: () => stop(), stop };
    } catch (error) {
      await decoder.stop();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
