import { peakBitsPerSecond } from '../encode/encoder-arguments.ts';
import type { FillerClip } from '../encode/types.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';

/** What AAC at constant quality reaches at most, in bits per second, and the share that boxes add. */
const AUDIO_PEAK_BITS = 160_000;
const BOX_OVERHEAD = 1.04;
/** Of boxes, for a picture with its sound: what counts where pictures are small. */
const BOX_BYTES_PER_FRAME = 64;

/** Upper bound of a rendition with its sound, in bits per second. */
export function bandwidthOf(picture: { width: number; height: number; fps: number }): number {
  return Math.ceil((peakBitsPerSecond(picture) + AUDIO_PEAK_BITS) * BOX_OVERHEAD);
}

/**
 * Upper bound of what is published of a chunk, in bytes, all renditions together.
 *
 * @param pictures - Those of a chunk that has none of its own.
 */
export function outputBytes(profile: Profile, frames: number, pictures?: FillerClip): number {
  const { fps } = profile;
  const bytes = pictureSizes(profile).map((size, rendition) => {
    const shown = pictures?.video[rendition];
    if (!shown?.length) return (bandwidthOf({ ...size, fps }) / 8 / fps) * frames;
    const perFrame = shown.reduce((sum, { data }) => sum + data.byteLength, 0) / shown.length;
    // It may end behind the large picture that a segment begins with.
    const largest = shown.reduce((most, { data }) => Math.max(most, data.byteLength), 0);
    return (perFrame + AUDIO_PEAK_BITS / 8 / fps + BOX_BYTES_PER_FRAME) * frames + largest;
  });
  return Math.ceil(bytes.reduce((sum, each) => sum + each, 0));
}
