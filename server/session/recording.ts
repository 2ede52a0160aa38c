import { Readable } from 'node:stream';
import type { FillerClip } from '../encode/types.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import type { AudioTrackInit, FragmentTrack, Sample, VideoTrackInit } from '../isobmff/types.ts';
import type { Cue } from '../playlist/webvtt.ts';
import { AAC_BLOCK, type Axis, blocksCovering, blocksReady, FRAME_TICKS, sampleAt } from '../timeline/axis.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './inits.ts';
import type { Run } from './runs.ts';

/** A segment on disk, and where it lies on the timeline. */
export type StoredSegment = {
  readonly msn: number;
  readonly startFrame: number;
  readonly frames: number;
  /** Size of the first rendition's file, and of those of all renditions. */
  readonly mainBytes: number;
  readonly sizeBytes: number;
};

/** Stretches of frames and audio blocks that the recording takes over, in order. */
export type Selection = {
  readonly frames: readonly { readonly start: number; readonly end: number }[];
  readonly blocks: readonly { readonly start: number; readonly end: number }[];
};

/**
 * Chooses what to keep. Frames are exact. Sound is kept in whole blocks, chosen so that each stretch starts within half a block
 * (11 ms at 48 kHz) of its picture and the difference does not add up; where filler is left out there is silence on both sides.
 */
export function select(axis: Axis, runs: readonly Run[], keepFiller: boolean): Selection {
  const frames: { start: number; end: number }[] = [];
  for (const run of runs) {
    if (run.clip !== undefined && !keepFiller) continue;
    const last = frames.at(-1);
    if (last?.end === run.startFrame) last.end += run.frames;
    else frames.push({ start: run.startFrame, end: run.startFrame + run.frames });
  }
  let outFrame = 0;
  const blocks = frames.map(({ start, end }) => {
    const outStart = Math.round(sampleAt(axis, outFrame) / AAC_BLOCK);
    const shift = Math.round((sampleAt(axis, start) - sampleAt(axis, outFrame)) / AAC_BLOCK);
    outFrame += end - start;
    const outEnd = Math.round(sampleAt(axis, outFrame) / AAC_BLOCK);
    return { start: outStart + shift, end: outEnd + shift };
  });
  return { frames, blocks };
}

export type RecordingSource = {
  readonly axis: Axis;
  readonly tracks: readonly [VideoTrackInit, AudioTrackInit];
  readonly runs: readonly Run[];
  /** Filler clips by name: those that are left of those that the runs name. */
  readonly clips: ReadonlyMap<string, FillerClip>;
  readonly stored: readonly StoredSegment[];
  readonly endFrame: number;
  readonly silence: Sample;
  readSegment(msn: number): Promise<Uint8Array>;
};

/** A stretch of the stream with all its samples. */
type Unit = {
  readonly startFrame: number;
  readonly video: readonly Sample[];
  readonly firstBlock: number;
  readonly audio: readonly Sample[];
};

/** Frames made at once where the stream is filler that was never stored. */
const FILLER_UNIT_FRAMES = 250;

/** The recording as a fragmented MP4 stream: what was published, without decoding or encoding any of it. */
export function recordingStream(source: RecordingSource, keepFiller: boolean): Readable {
  return Readable.from(recordingBytes(source, select(source.axis, source.runs, keepFiller)));
}

async function* recordingBytes(source: RecordingSource, selection: Selection): AsyncGenerator<Uint8Array> {
  yield writeInitSegment(source.tracks);
  let frame = 0;
  let block = 0;
  let sequenceNumber = 1;
  for await (const unit of units(source)) {
    const video = pick(unit.video, unit.startFrame, selection.frames);
    const audio = pick(unit.audio, unit.firstBlock, selection.blocks);
    const tracks: FragmentTrack[] = [];
    if (video.length > 0)
      tracks.push({ trackId: VIDEO_TRACK_ID, baseMediaDecodeTime: BigInt(frame * FRAME_TICKS), samples: video });
    if (audio.length > 0)
      tracks.push({ trackId: AUDIO_TRACK_ID, baseMediaDecodeTime: BigInt(block * AAC_BLOCK), samples: audio });
    if (tracks.length > 0) yield writePart({ sequenceNumber: sequenceNumber++, tracks });
    frame += video.length;
    block += audio.length;
  }
}

/** The items of a unit that lie in one of the stretches. */
function pick(items: readonly Sample[], first: number, stretches: readonly { start: number; end: number }[]): Sample[] {
  const end = first + items.length;
  return stretches
    .filter((stretch) => stretch.start < end && stretch.end > first)
    .flatMap((stretch) => items.slice(Math.max(0, stretch.start - first), stretch.end - first));
}

/** What there is of a stretch of the stream: a segment on disk, or filler that is made again. */
type Extent = { readonly startFrame: number; readonly endFrame: number } & (
  | { readonly stored: StoredSegment }
  | { readonly run: Run }
);

/**
 * All that can be had of the stream, in order. What was said but could not be stored is left out, pictures and sound alike.
 */
function* extents(source: Pick<RecordingSource, 'runs' | 'stored' | 'endFrame'>): Generator<Extent> {
  let frame = 0;
  for (const stored of source.stored) {
    yield* fillerExtents(source.runs, frame, stored.startFrame);
    const endFrame = stored.startFrame + stored.frames;
    yield { startFrame: stored.startFrame, endFrame, stored };
    frame = endFrame;
  }
  yield* fillerExtents(source.runs, frame, source.endFrame);
}

/** Filler between frames `from` and `to`. */
function* fillerExtents(runs: readonly Run[], from: number, to: number): Generator<Extent> {
  for (const run of runs) {
    const startFrame = Math.max(from, run.startFrame);
    const endFrame = Math.min(to, run.startFrame + run.frames);
    if (run.clip !== undefined && startFrame < endFrame) yield { startFrame, endFrame, run };
  }
}

/** Cues of the stream at their times in the recording; what lies in what was left out is left out too. */
export function recordedCues(
  source: Pick<RecordingSource, 'axis' | 'runs' | 'stored' | 'endFrame'>,
  cues: readonly Cue[],
  keepFiller: boolean,
): Cue[] {
  const selection = select(source.axis, source.runs, keepFiller);
  const found: Cue[] = [];
  let atMs = 0;
  let next = 0;
  for (const { startMs, endMs } of stretches(source, selection)) {
    while ((cues[next]?.endMs ?? Number.POSITIVE_INFINITY) <= startMs) next += 1;
    for (let index = next; (cues[index]?.startMs ?? Number.POSITIVE_INFINITY) < endMs; index += 1) {
      const cue = cues[index] as Cue;
      const shift = atMs - startMs;
      addCue(found, {
        ...cue,
        startMs: Math.max(cue.startMs, startMs) + shift,
        endMs: Math.min(cue.endMs, endMs) + shift,
      });
    }
    atMs += endMs - startMs;
  }
  return found;
}

/** A cue that goes on where it left off is one cue. */
function addCue(cues: Cue[], cue: Cue): void {
  const last = cues.at(-1);
  if (last?.id === cue.id) cues[cues.length - 1] = { ...last, endMs: cue.endMs };
  else cues.push(cue);
}

/** What the recording takes over, in ms of the stream. */
function* stretches(
  source: Pick<RecordingSource, 'axis' | 'runs' | 'stored' | 'endFrame'>,
  selection: Selection,
): Generator<{ startMs: number; endMs: number }> {
  const ms = (frame: number): number => (frame * 1000) / source.axis.fps;
  let next = 0;
  for (const { startFrame, endFrame } of extents(source)) {
    while ((selection.frames[next]?.end ?? Number.POSITIVE_INFINITY) <= startFrame) next += 1;
    for (let at = next; (selection.frames[at]?.start ?? Number.POSITIVE_INFINITY) < endFrame; at += 1) {
      const kept = selection.frames[at];
      if (kept) yield { startMs: ms(Math.max(kept.start, startFrame)), endMs: ms(Math.min(kept.end, endFrame)) };
    }
  }
}

async function* units(source: RecordingSource): AsyncGenerator<Unit> {
  for (const extent of extents(source)) {
    if ('stored' in extent) yield await storedUnit(source, extent.stored);
    else yield* fillerUnits(source, extent.run, extent.startFrame, extent.endFrame);
  }
}

async function storedUnit(source: RecordingSource, segment: StoredSegment): Promise<Unit> {
  const reader = new FragmentReader();
  reader.push(writeInitSegment(source.tracks));
  const events = reader.push(await source.readSegment(segment.msn));
  reader.end();
  const samples = (trackId: number) =>
    events.flatMap((event) =>
      event.type === 'fragment'
        ? event.fragment.tracks.filter((track) => track.trackId === trackId).flatMap((track) => track.samples)
        : [],
    );
  return {
    startFrame: segment.startFrame,
    video: samples(VIDEO_TRACK_ID),
    firstBlock: blocksReady(sampleAt(source.axis, segment.startFrame)),
    audio: samples(AUDIO_TRACK_ID),
  };
}

/** Filler between frames `from` and `to`, made again from its clip; its sound is silence. Without its clip it is left out. */
function* fillerUnits(source: RecordingSource, run: Run, from: number, to: number): Generator<Unit> {
  const loop = source.clips.get(run.clip ?? '')?.video[0] ?? [];
  if (loop.length === 0) return;
  for (let frame = from; frame < to; frame += FILLER_UNIT_FRAMES)
    yield fillerUnit(source, { loop, startFrame: run.startFrame }, frame, Math.min(to, frame + FILLER_UNIT_FRAMES));
}

function fillerUnit(
  source: RecordingSource,
  { loop, startFrame }: { readonly loop: readonly Sample[]; readonly startFrame: number },
  from: number,
  to: number,
): Unit {
  const firstBlock = blocksReady(sampleAt(source.axis, from));
  const sample = sampleAt(source.axis, to);
  const lastBlock = to === source.endFrame ? blocksCovering(sample) : blocksReady(sample);
  return {
    startFrame: from,
    video: Array.from({ length: to - from }, (_, index) => loop[(from - startFrame + index) % loop.length] as Sample),
    firstBlock,
    audio: Array.from({ length: lastBlock - firstBlock }, () => source.silence),
  };
}
