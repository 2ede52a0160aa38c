import { StreamError } from '../errors.ts';
import { Slots } from '../lib/slots.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { ProbeThread } from './probe-thread.ts';
import type { MediaProbe } from './types.ts';

/** Reading headers takes milliseconds; a file that takes this long was made to. */
const PROBE_LIMIT_MS = 5_000;
/** ffprobes at once: a server that was started again may have hundreds of files to look into. */
const PROBES_AT_ONCE = 2;
/** One for the process: it holds nothing that belongs to a session. */
const thread = new ProbeThread();
const slots = new Slots(PROBES_AT_ONCE);

/** Has what reads headers waiting for the first file. */
export function warmProbe(): void {
  thread.warm();
}

/**
 * What is inside a media file: read from its headers and tables here, and by ffprobe where the container is none we read (60 ms).
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` when neither finds pictures or sound, `ABORTED`.
 */
export async function probeMedia(path: string, signal: AbortSignal, limitMs = PROBE_LIMIT_MS): Promise<MediaProbe> {
  try {
    const probe = (await thread.read(path)) ?? (await slots.use(signal, () => probeWithin(path, signal, limitMs)));
    signal.throwIfAborted();
    if (!probe.video && !probe.audio)
      throw new StreamError('MEDIA_UNSUPPORTED', 'the body holds neither pictures nor sound');
    return probe;
  } catch (error) {
    if (signal.aborted) throw new StreamError('ABORTED', 'probing was called off', { cause: error });
    throw error;
  }
}

/** Time counts from when it is its turn. */
async function probeWithin(path: string, signal: AbortSignal, limitMs: number): Promise<MediaProbe> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await probeWithFfprobe(path, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error;
    throw new StreamError('MEDIA_UNSUPPORTED', `the media could not be read within ${limitMs} ms`, { cause: error });
  }
}
