import { StreamError } from '../errors.ts';
import { Slots } from '../lib/slots.ts';
import { type ProbeLimits, probeWithFfprobe } from './ffprobe.ts';
import { ProbeThread } from './probe-thread.ts';
import type { MediaProbe } from './types.ts';

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
export async function probeMedia(path: string, signal: AbortSignal, limits?: ProbeLimits): Promise<MediaProbe> {
  try {
    const probe = (await thread.read(path)) ?? (await slots.use(signal, () => probeWithFfprobe(path, signal, limits)));
    signal.throwIfAborted();
    if (!probe.video && !probe.audio)
      throw new StreamError('MEDIA_UNSUPPORTED', 'the body holds neither pictures nor sound');
    return probe;
  } catch (error) {
    if (signal.aborted) throw new StreamError('ABORTED', 'probing was called off', { cause: error });
    throw error;
  }
}
