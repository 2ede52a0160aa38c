import { createHash } from 'node:crypto';
import { StreamError } from '../errors.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import type { FillerClip } from './types.ts';

/** Characters of a clip's name: 128 bits of its hash. */
const ID_LENGTH = 32;

type UnnamedClip = Omit<FillerClip, 'id'>;

/** A clip with the name that its content gives it. */
export function namedClip(clip: UnnamedClip): FillerClip {
  return {
    ...clip,
    id: clipName(
      clip.segmentFrames,
      [...clip.video.keys()].flatMap((at) => clipFile(clip, at)),
    ),
  };
}

/**
 * A clip of the frames that hold the last picture. They all look alike: those that begin with a sync sample will do, even where the first
 * of them belong to the chunk.
 *
 * @param tracks - `undefined` where none came: there is no clip then.
 */
export function heldClip(
  video: FillerClip['video'],
  tracks: readonly (VideoTrackInit | undefined)[],
  from: number,
  frames: number,
): FillerClip | undefined {
  const init = tracks.filter((track) => track !== undefined);
  if (init.length < tracks.length) return undefined;
  return namedClip({
    segmentFrames: [frames],
    video: video.map((samples) => samples.slice(from, from + frames)),
    init,
  });
}

/**
 * The name of a clip.
 *
 * @param files - Of its renditions, in order, in one piece or several.
 */
export function clipName(segmentFrames: readonly number[], files: Iterable<Uint8Array>): string {
  const hash = createHash('sha256').update(JSON.stringify(segmentFrames));
  for (const piece of files) hash.update(piece);
  return hash.digest('hex').slice(0, ID_LENGTH);
}

/** One rendition of a clip as a fragmented MP4 file: init segment and one fragment. */
export function clipFile(clip: UnnamedClip, rendition: number): Uint8Array[] {
  const init = clip.init[rendition];
  const samples = clip.video[rendition];
  if (!init || !samples) throw new StreamError('INTERNAL', `a clip has no rendition ${rendition}`);
  const track = { trackId: init.trackId, baseMediaDecodeTime: 0n, samples };
  return [writeInitSegment([init]), writePart({ sequenceNumber: 1, tracks: [track] })];
}

/** @throws {StreamError} `BOX_MALFORMED` for what is no such file. */
export function readClipFile(bytes: Uint8Array): { init: VideoTrackInit; samples: readonly Sample[] } {
  const reader = new FragmentReader();
  const events = reader.push(bytes);
  reader.end();
  const init = events
    .flatMap((event) => (event.type === 'init' ? event.tracks : []))
    .find((track) => track.kind === 'video');
  const samples = events.flatMap((event) =>
    event.type === 'fragment' ? event.fragment.tracks.flatMap((track) => track.samples) : [],
  );
  if (init?.kind !== 'video' || samples.length === 0)
    throw new StreamError('BOX_MALFORMED', 'a cached clip holds no video');
  return { init, samples };
}
