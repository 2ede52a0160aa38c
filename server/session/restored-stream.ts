import type { FillerClip } from '../encode/types.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { type Axis, sampleAt, videoTimescale } from '../timeline/axis.ts';
import type { PcmPiece } from '../timeline/pcm-axis.ts';
import type { Part, TimelineState } from '../timeline/timeline.ts';
import { VIDEO_TRACK_ID } from './inits.ts';
import type { SavedTrack } from './journal/records.ts';
import type { StreamState } from './journal/saved-stream.ts';
import type { PublisherState } from './publisher.ts';
import type { StoredSegment } from './recording.ts';
import type { Run } from './runs.ts';

/** A stream that an earlier server published, and what is left of it beside its journal. */
export type RestoredStream = {
  readonly state: StreamState;
  /** Filler clips by name: those on the timeline and the one that plays. */
  readonly clips: ReadonlyMap<string, FillerClip>;
  /** What is not silence of the sound that is still to come. */
  readonly sound: readonly PcmPiece[];
};

/** A clip that a stream needs to go on, by name, and how it is cut. */
export function neededClips({ timeline, current, runs, cuts }: StreamState): Map<string, readonly number[]> {
  const needed = new Map<string, readonly number[]>();
  if (current?.kind === 'filler') needed.set(current.filler.clip, current.filler.cut);
  const oldest = timeline.segments[0]?.startFrame ?? timeline.endFrame;
  for (const { clip, startFrame, frames } of runs.toReversed()) {
    if (startFrame + frames <= oldest) break;
    if (clip !== undefined) needed.set(clip, cuts[clip] ?? []);
  }
  return needed;
}

/** Gives the parts that can be made again their media; one whose clip is gone has none. */
export function addDerivedMedia({ state, clips }: RestoredStream, silence: Sample): TimelineState {
  const runs = [...state.runs];
  for (const segment of state.timeline.segments.toReversed()) {
    for (const part of segment.parts.toReversed()) {
      if (part.sizes) continue;
      while ((runs.at(-1)?.startFrame ?? 0) > part.startFrame) runs.pop();
      part.media = derivedMedia(part, runs.at(-1), clips, silence);
    }
  }
  return state.timeline;
}

function derivedMedia(
  part: Part,
  run: Run | undefined,
  clips: ReadonlyMap<string, FillerClip>,
  silence: Sample,
): Part['media'] {
  const clip = clips.get(run?.clip ?? '');
  const loopFrames = clip?.video[0]?.length ?? 0;
  if (!run || !clip || loopFrames === 0) return undefined;
  const first = (part.startFrame - run.startFrame) % loopFrames;
  return {
    video: clip.video.map((samples) => samples.slice(first, first + part.frames)),
    audio: Array.from({ length: part.blocks }, () => silence),
  };
}

/** Where the publisher goes on. */
export function publisherState({ state, sound }: RestoredStream, axis: Axis): PublisherState {
  const { anchorMs, current, over, timeline } = state;
  const end = sampleAt(axis, timeline.endFrame);
  return {
    ...{ anchorMs, over, fillerPlaying: current?.kind === 'filler' },
    fading: sound.some(({ start, pcm }) => start + pcm.length > end),
  };
}

/** Where the sound goes on. */
export function laneState({ state, sound }: RestoredStream, axis: Axis) {
  const { endBlock, endFrame } = state.timeline;
  const last = sound.at(-1);
  const end = Math.max(sampleAt(axis, endFrame), last ? last.start + last.pcm.length : 0);
  return { block: endBlock, end, pieces: sound };
}

/** Filler that plays: its clip, and the frame of the loop that comes next. */
export function playingFiller({ state, clips }: RestoredStream) {
  if (state.current?.kind !== 'filler') return undefined;
  const { clip: id, init, startFrame } = state.current.filler;
  const clip = clips.get(id);
  const loopFrames = clip?.video[0]?.length ?? 0;
  return clip && { clip, initId: init, frame: (state.timeline.endFrame - startFrame) % loopFrames };
}

export function initTracks(tracks: readonly SavedTrack[], axis: Axis): VideoTrackInit[] {
  return tracks.map(({ width, height, avcC }) => ({
    ...{ kind: 'video', trackId: VIDEO_TRACK_ID, timescale: videoTimescale(axis), width, height },
    avcC: new Uint8Array(Buffer.from(avcC, 'base64')),
  }));
}

export function storedSegments({ stored }: StreamState): StoredSegment[] {
  return stored.map(([msn, startFrame, frames, mainBytes, sizeBytes]) => ({
    ...{ msn, startFrame, frames, mainBytes, sizeBytes },
  }));
}
