import {
  ADTS,
  FilePathSource,
  FLAC,
  Input,
  type InputFormat,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import type { MediaProbe } from './types.ts';

/** None of these formats refers to other files. */
export const FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE, MP3, FLAC, OGG, ADTS, MPEG_TS];
const LEAVES_OUT: ReadonlySet<InputFormat> = new Set([MPEG_TS, MATROSKA]);
const LOSSLESS = /^(pcm|flac|alac|ulaw|alaw)/;

/**
 * Reads a media file's headers and tables; `undefined` when they can't be read here. A hostile table may take all memory and time
 * there is: call it where that does no harm (`probe-worker.ts`).
 */
export async function readHeaders(path: string): Promise<MediaProbe | undefined> {
  const input = new Input({ source: new FilePathSource(path), formats: FORMATS });
  try {
    const format = await input.getFormat();
    // The first ones, since those are what ffmpeg is told to take.
    const [video] = await input.getVideoTracks();
    const [audio] = await input.getAudioTracks();
    // Streams of codecs that this reader does not know (MPEG-2, AC-3) are left out there: it can't say that there are none.
    if (LEAVES_OUT.has(format) && !(video && audio)) return undefined;
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
    // Whatever this reader dislikes, ffprobe judges: it is a fast path, not the gate.
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
