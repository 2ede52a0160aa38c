import { setTimeout as delay } from 'node:timers/promises';
import { ADTS, FilePathSource, FLAC, Input, MATROSKA, MP3, MP4, MPEG_TS, OGG, QTFF, WAVE, WEBM } from 'mediabunny';
import { StreamError } from '../errors.ts';
import { probeWithFfmpeg } from './ffmpeg.ts';
import type { MediaProbe } from './types.ts';

/** Formats read in this process: 1 to 15 ms, against 60 ms for starting ffprobe. None of them refers to other files. */
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE, MP3, FLAC, OGG, ADTS, MPEG_TS];
/** Reading headers takes milliseconds; a file that takes this long was made to. */
const PROBE_LIMIT_MS = 5_000;
const LOSSLESS = /^(pcm|flac|alac|ulaw|alaw)/;

/**
 * What is inside a media file: read from its headers and tables here, and by ffprobe where the container is none we read.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` when neither finds pictures or sound.
 */
export async function probeMedia(path: string, signal: AbortSignal): Promise<MediaProbe> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)]);
  const probe = (await withLimit(readHeaders(path), limit)) ?? (await probeWithFfmpeg(path, limit));
  if (!probe.video && !probe.audio)
    throw new StreamError('MEDIA_UNSUPPORTED', 'the body holds neither pictures nor sound');
  return probe;
}

/** `undefined` when the container or its tables can't be read here: ffprobe gives the verdict then. */
async function readHeaders(path: string): Promise<MediaProbe | undefined> {
  const input = new Input({ source: new FilePathSource(path), formats: FORMATS });
  try {
    const format = await input.getFormat();
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    const probe: MediaProbe = {
      container: format.name,
      ...(video && {
        video: {
          codec: video.codec ?? 'unknown',
          width: video.codedWidth,
          height: video.codedHeight,
          start: await video.getFirstTimestamp(),
          end: await video.computeDuration(),
        },
      }),
      ...(audio && {
        audio: {
          codec: audio.codec ?? 'unknown',
          sampleRate: audio.sampleRate,
          start: await audio.getFirstTimestamp(),
          end: await audio.computeDuration(),
          exact: LOSSLESS.test(audio.codec ?? ''),
        },
      }),
    };
    return isSane(probe) ? probe : undefined;
  } catch {
    // Whatever the reader dislikes, ffprobe judges: this parser is a fast path, not the gate.
    return undefined;
  } finally {
    input.dispose();
  }
}

function isSane(probe: MediaProbe): boolean {
  const tracks = [probe.video, probe.audio].filter((track) => track !== undefined);
  return (
    tracks.length > 0 &&
    tracks.every((track) => Number.isFinite(track.start) && Number.isFinite(track.end) && track.end > track.start)
  );
}

async function withLimit<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const limit = delay(2 * PROBE_LIMIT_MS, undefined, {
    signal: AbortSignal.any([signal, stop.signal]),
    ref: false,
  }).catch(() => undefined);
  try {
    return await Promise.race([
      work,
      limit.then(() => {
        throw new StreamError('MEDIA_UNSUPPORTED', `the media could not be read within ${PROBE_LIMIT_MS} ms`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}
