import { StreamError } from '../errors.ts';
import { framesIn } from '../timeline/cut.ts';
import type { ChunkOutputs, LastPicture } from './chunk-outputs.ts';
import type { Complaints } from './complaints.ts';
import { type Difference, differencesOf } from './differences.ts';
import type { EncodedChunk } from './encoded-chunk.ts';
import { chunkOrigin } from './filter-scripts.ts';
import type { ChunkPlan, ChunkSource, MediaProbe } from './types.ts';

/** Signals by which a decoder dies of what it reads. */
const CRASHES = /ended with (?:SIGSEGV|SIGABRT|SIGBUS|SIGFPE|SIGILL)/;

/**
 * Whose fault it is that an encode failed. What comes of a file is its sender's, unless the encoder itself complained, or never began.
 *
 * @returns `MEDIA_UNSUPPORTED` with the decoder's reason, or the error as it is.
 */
export function failureOf(error: unknown, source: ChunkSource, complaints: Complaints): unknown {
  if (source.kind !== 'file' || !(error instanceof StreamError) || error.code !== 'ENCODER_FAILED') return error;
  const hasExited = /ended with exit code/.test(error.message) || CRASHES.test(error.message);
  if (!hasExited || complaints.isOurs) return error;
  const reason = complaints.isOutOfMemory
    ? 'decoding it takes more memory than a file of its kind is given'
    : complaints.text || 'the decoder gave no reason';
  return new StreamError('MEDIA_UNSUPPORTED', `the media can't be decoded: ${reason}`, { cause: error });
}

/** The last picture that a file promises, on the axis of its chunk. */
export function lastPictureOf({ video, ...probe }: MediaProbe, { profile, skip }: ChunkPlan): LastPicture | undefined {
  if (video?.lastStart === undefined) return undefined;
  const origin = chunkOrigin({ video, ...probe }, profile.fps);
  const untilFrame = Math.round((video.end - origin) * profile.fps) - (skip?.frames ?? 0);
  return { seconds: video.lastStart - origin, untilFrame };
}

/** @throws {StreamError} `MEDIA_UNSUPPORTED` when nothing of the pictures, or of sound alone, could be decoded. */
export function assertDecoded(probe: MediaProbe, chunk: EncodedChunk, outputs: ChunkOutputs): void {
  const isMissing = probe.video ? chunk.video.some((samples) => samples.length === 0) : !outputs.sound.came;
  if (!isMissing) return;
  const what = probe.video ? 'none of its pictures' : 'none of its sound';
  const { text } = outputs.complaints;
  throw new StreamError('MEDIA_UNSUPPORTED', `${what} could be decoded${text ? `: ${text}` : ''}`);
}

/** Compares what came of a file with what its header promised. */
export function compare(probe: MediaProbe, chunk: EncodedChunk, outputs: ChunkOutputs): Difference[] {
  const { video, audio } = probe;
  const { plan } = chunk;
  const { fps } = plan.profile;
  const skipped = plan.skip?.frames ?? 0;
  const origin = chunkOrigin(probe, fps);
  const span = (track: { start: number; end: number } | undefined) =>
    track && { start: track.start - origin, end: track.end - origin };
  const { announcedEnd } = probe;
  return differencesOf({
    fps,
    announced: announcedEnd === undefined ? undefined : announcedEnd - origin,
    planned: (framesIn(plan.segmentFrames) + skipped) / fps,
    length: (chunk.frames + skipped) / fps,
    promised: { pictures: span(video), sound: span(audio) },
    ...{ pictures: outputs.times.came, sound: outputs.sound.came },
    ...{ resized: outputs.complaints.hasResized, damages: outputs.complaints.errors },
  });
}
