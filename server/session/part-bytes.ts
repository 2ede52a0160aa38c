import { writePart } from '../isobmff/media-segment.ts';
import type { FragmentTrack } from '../isobmff/types.ts';
import { AAC_BLOCK, FRAME_TICKS } from '../timeline/axis.ts';
import type { Part, PartMedia } from '../timeline/timeline.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './inits.ts';

/** One part of a rendition as `moof` + `mdat`; both tracks' times come from the axes. */
export function partBytes(part: Omit<Part, 'media'>, media: PartMedia, rendition: number): Uint8Array {
  const video: FragmentTrack = {
    trackId: VIDEO_TRACK_ID,
    baseMediaDecodeTime: BigInt(part.startFrame) * BigInt(FRAME_TICKS),
    samples: media.video[rendition] ?? [],
  };
  const audio: FragmentTrack = {
    trackId: AUDIO_TRACK_ID,
    baseMediaDecodeTime: BigInt(part.firstBlock) * BigInt(AAC_BLOCK),
    samples: media.audio,
  };
  const tracks = [video, audio].filter((track) => track.samples.length > 0);
  return writePart({ sequenceNumber: part.number + 1, tracks });
}
