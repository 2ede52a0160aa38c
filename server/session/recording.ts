import { Readable } from 'node:stream';
import type { FillerClip } from '../encode/types.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import type { AudioTrackInit, FragmentTrack, Sample, VideoTrackInit } from '../isobmff/types.ts';
import { AAC_BLOCK, type Axis, blocksCovering, blocksReady, FRAME_TICKS, sampleAt } from '../timeline/axis.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './inits.ts';
import type { Run } from './playout.ts';

/** A segment on disk: where it lies on the two axes. */
export type StoredSegment = {
  readonly msn: number;
  readonly startFrame: number;
  readonly frames: number;
  readonly firstBlock: number;
  readonly blocks: number;
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
    if (run.filler && !keepFiller) continue;
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

async function* units(source: RecordingSource): AsyncGenerator<Unit> {
  let frame = 0;
  for (const segment of source.stored) {
    yield* fillerUnits(source, frame, segment.startFrame);
    yield await storedUnit(source, segment);
    frame = segment.startFrame + segment.frames;
  }
  yield* fillerUnits(source, frame, source.endFrame);
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
    firstBlock: segment.firstBlock,
    audio: samples(AUDIO_TRACK_ID),
  };
}

/**
 * Filler between frames `from` and `to`, made again from its clips; its sound is silence. What was said there but could not be
 * stored is left out, pictures and sound alike.
 */
function* fillerUnits(source: RecordingSource, from: number, to: number): Generator<Unit> {
  for (const run of source.runs) {
    const start = Math.max(from, run.startFrame);
    const end = Math.min(to, run.startFrame + run.frames);
    if (!run.filler) continue;
    for (let frame = start; frame < end; frame += FILLER_UNIT_FRAMES) {
      yield fillerUnit(source, { ...run, filler: run.filler }, frame, Math.min(end, frame + FILLER_UNIT_FRAMES));
    }
  }
}

function fillerUnit(source: RecordingSource, run: Run & { filler: FillerClip }, from: number, to: number): Unit {
  const firstBlock = blocksReady(sampleAt(source.axis, from));
  const sample = sampleAt(source.axis, to);
  const lastBlock = to === source.endFrame ? blocksCovering(sample) : blocksReady(sample);
  const loop = run.filler.video[0] ?? [];
  return {
    startFrame: from,
    video: Array.from(
      { length: to - from },
      (_, index) => loop[(from - run.startFrame + index) % loop.length] as Sample,
    ),
    firstBlock,
    audio: Array.from({ length: lastBlock - firstBlock }, () => source.silence),
  };
}
