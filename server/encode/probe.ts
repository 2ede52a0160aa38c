import { StreamError } from '../errors.ts';
import { probeWithFfmpeg } from './ffmpeg.ts';
import { ProbeThread } from './probe-thread.ts';
import type { MediaProbe } from './types.ts';

/** Reading headers takes milliseconds; a file that takes this long was made to. */
const PROBE_LIMIT_MS = 5_000;
/** One for the process: it holds nothing that belongs to a session. */
const thread = new ProbeThread();

/**
 * What is inside a media file: read from its headers and tables here, and by ffprobe where the container is none we read (60 ms).
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` when neither finds pictures or sound, `ABORTED`.
 */
export async function probeMedia(path: string, signal: AbortSignal, limitMs = PROBE_LIMIT_MS): Promise<MediaProbe> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  try {
    const probe = (await thread.read(path)) ?? (await probeWithFfmpeg(path, limit));
    signal.throwIfAborted();
    if (!probe.video && !probe.audio)
      throw new StreamError('MEDIA_UNSUPPORTED', 'the body holds neither pictures nor sound');
    return probe;
  } catch (error) {
    if (signal.aborted) throw new StreamError('ABORTED', 'probing was called off', { cause: error });
    if (limit.aborted) {
      throw new StreamError('MEDIA_UNSUPPORTED', `the media could not be read within ${limitMs} ms`, { cause: error });
    }
    throw error;
  }
}
