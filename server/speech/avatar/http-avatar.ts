import { validateHeaderName, validateHeaderValue } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../../errors.ts';
import type { Avatar, AvatarJob, Look } from '../providers.ts';
import { ClipJobs, type OnShort, type OpenClip } from './clip-jobs.ts';
import type { DecoderTools } from './decode-pictures.ts';
import { HttpClip, type HttpOutcome } from './http-clip.ts';
import { type Idle, idleFrom } from './idle-media.ts';
import { formOf } from './post-job.ts';

/** Before a request is made again that failed for no known reason: a service that is being restarted. */
const RETRY_DELAY_MS = 250;
/** A service that says "at once" is not asked more often. */
const MIN_RETRY_AFTER_MS = 100;
/** 20 minutes of 1080p. */
const MAX_BODY_BYTES = 512 * 1024 * 1024;

export type HttpAvatarTimeouts = {
  /** From the job's turn to its first picture, with all retries: 20 s by default. */
  readonly firstPictureMs: number;
  /** Longest wait for one more picture: 2 s by default. */
  readonly stallMs: number;
};

export const DEFAULT_TIMEOUTS: HttpAvatarTimeouts = { firstPictureMs: 20_000, stallMs: 2_000 };

export type HttpAvatarOptions = DecoderTools & {
  /** Of the operator: `http:` or `https:`. Redirects are not followed. */
  readonly url: string;
  /** For example `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeouts?: Partial<HttpAvatarTimeouts>;
  /** Jobs at once, of all sessions together: 1 by default. */
  readonly concurrency?: number;
  /** Further requests for one job, while it has no picture: 1 by default. */
  readonly retries?: number;
  readonly looks?: readonly Look[];
  /** Video or still picture to show while the avatar listens. */
  readonly idlePath?: string;
  /** What is shown without `idlePath`. */
  readonly fallback: Idle;
  /** Largest answer; 512 MiB by default. */
  readonly maxBodyBytes?: number;
  /** For clips that can only be read from their end. */
  readonly temporaryDirectory?: string;
  readonly onShort?: OnShort;
};

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new StreamError('CONFIG_INVALID', `the avatar service's URL must be http: or https:, got '${text}'`);
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      // Not the value: it is a secret mostly.
      throw new StreamError('CONFIG_INVALID', `the avatar service's header '${name}' can't be sent`, { cause });
    }
  }
}

/**
 * An avatar service over HTTP; `README.md` beside this file has the protocol.
 *
 * @throws {StreamError} `CONFIG_INVALID` for the URL, a header or the idle file.
 */
export async function createHttpAvatar(options: HttpAvatarOptions): Promise<Avatar> {
  const url = checkedUrl(options.url);
  checkHeaders(options.headers ?? {});
  const { concurrency = 1, looks = [] } = options;
  const idle = await idleFrom(options, options.idlePath, options.fallback);
  const jobs = new ClipJobs(concurrency, options.onShort);
  return {
    name: 'http',
    concurrency,
    looks,
    render: (job) => jobs.render(job, (frames, signal) => requestClip(options, url, job, frames, signal)),
    idle: idle.idle,
    idleLook: idle.idleLook,
    async close() {
      await Promise.all([jobs.close(), idle.close()]);
    },
  };
}

/** Asks until there is a picture, the retries are used up or the time is. */
async function requestClip(
  options: HttpAvatarOptions,
  url: URL,
  job: AvatarJob,
  frames: number,
  signal: AbortSignal,
): Promise<OpenClip> {
  const { firstPictureMs, stallMs } = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const { maxBodyBytes = MAX_BODY_BYTES, temporaryDirectory = tmpdir(), headers = {} } = options;
  const body = await formOf(job);
  const giveUpAtMs = performance.now() + firstPictureMs;
  const picture = { width: job.picture.width, height: job.picture.height, fps: job.picture.fps };
  const { ffmpegPath, untrustedInput, jail } = options;
  const fixed = { ffmpegPath, untrustedInput, jail, url, headers, body, picture, frames, stallMs, maxBodyBytes };
  for (let retries = options.retries ?? 1; ; ) {
    const leftMs = Math.max(1, Math.round(giveUpAtMs - performance.now()));
    const outcome = await new HttpClip({ ...fixed, firstPictureMs: leftMs, temporaryDirectory, signal }).open();
    if ('clip' in outcome) return outcome.clip;
    // A busy service says when to come back; that uses no retry up.
    if (outcome.again === 'soon' && retries-- <= 0) throw outcome.failure;
    const waitMs = waitBefore(outcome.again);
    if (performance.now() + waitMs >= giveUpAtMs) throw outcome.failure;
    await delay(waitMs, undefined, { signal });
  }
}

function waitBefore(again: Extract<HttpOutcome, { failure: StreamError }>['again']): number {
  if (again === 'never') return Infinity;
  return again === 'soon' ? RETRY_DELAY_MS : Math.max(MIN_RETRY_AFTER_MS, again.afterMs);
}
