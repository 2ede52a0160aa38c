import { type Axis, sampleAt } from '../timeline/axis.ts';
import { framesIn, segmentStarts } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import { pictureFilters } from './picture-filters.ts';
import type { ChunkPlan, ChunkSource, MediaProbe } from './types.ts';

/**
 * Seconds that timestamps leap by at each segment start. Only the order of frames matters to us, so the leap is free to carry the plan to
 * `-force_key_frames` (`FORCE_IDR_AT_LEAPS`), which has to be on the command line before the plan is known. The MP4 muxer takes no step
 * above 2^31 ticks, of which there are up to 20,000 a second.
 */
const LEAP_SECONDS = 40_000;
/**
 * Timestamps of frames that hold the last picture are later by this, which tells them from those of the source (`isHeldAt`); by the
 * longer one where they are to begin with an IDR.
 */
const HELD_SECONDS = { plain: 10_000, withIdr: 30_000 };
export const FORCE_IDR_AT_LEAPS = [
  '-force_key_frames',
  `expr:if(isnan(prev_forced_t),1,gte(t-prev_forced_t,${LEAP_SECONDS / 2}))`,
  '-fps_mode',
  'passthrough',
];

/**
 * @param leapt - Decode time of a frame in seconds, beyond what its number says.
 * @param starts - Segments that start at or before it, without the first.
 */
export function isHeldAt(leapt: number, starts: number): boolean {
  return leapt - starts * LEAP_SECONDS >= HELD_SECONDS.plain / 2;
}

/** What is decoded behind the end of the plan, to see whether the file goes on; none of it is encoded. */
const LOOK_BEYOND_SECONDS = 0.5;

/** A chunk's length in samples depends on where it starts, by at most one; and again after each pause of it. */
const SPARE_SAMPLES = 16;

/** Samples of sound that a chunk is encoded with: more than the axis can ask for, the last ones being silence. */
export function chunkSamples(axis: Axis, frames: number): number {
  return sampleAt(axis, frames) + SPARE_SAMPLES;
}

/** Filter graphs of one encode: per rendition, and for the sound. */
export type FilterScripts = { readonly video: readonly string[]; readonly audio: string };

/** Number of frames a file's chunk has: as long as its pictures, or its sound where that goes on for longer. */
export function chunkFrames(probe: MediaProbe, fps: number): number {
  const origin = chunkOrigin(probe, fps);
  const pictures = probe.video ? Math.max(1, Math.round((probe.video.end - origin) * fps)) : 0;
  if (!probe.audio) return pictures;
  const sound = (probe.audio.end - origin) * fps;
  // The last block of a lossy codec is filled up: no frame is held for that.
  const padding = probe.audio.exact ? 0 : (2048 / probe.audio.sampleRate) * fps;
  if (pictures > 0 && sound <= pictures + padding) return pictures;
  return Math.max(1, pictures, Math.ceil(sound - 1e-4));
}

/** Time in the file, as ffmpeg counts it, that becomes the start of the chunk. */
export function chunkOrigin(probe: MediaProbe, fps: number): number {
  const start = fileStart(probe);
  // Containers without edit lists show AAC priming as pictures that start a little late: that is not a pause.
  if (probe.video && probe.video.start - start < 1 / fps) return Math.max(start, probe.video.start);
  return start;
}

/** First timestamp of the file; ffmpeg starts counting there. Negative ones are priming that an edit list hides. */
function fileStart(probe: MediaProbe): number {
  const starts = [probe.video, probe.audio].flatMap((track) => (track ? [Math.max(0, track.start)] : []));
  return Math.min(...starts);
}

/** Seconds from ffmpeg's clock, which begins with the file, to the chunk's. */
function originShift(source: ChunkSource, fps: number): number {
  return source.kind === 'file' ? chunkOrigin(source.probe, fps) - fileStart(source.probe) : 0;
}

/** @param timesFd - Pipe for the time of each picture of a file (`PictureTimes`). */
export function filterScripts(source: ChunkSource, plan: ChunkPlan, timesFd?: number): FilterScripts {
  const video = pictureSizes(plan.profile).map((size, rendition) => {
    const times = rendition === 0 && timesFd !== undefined ? tellTimes(timesFd) : [];
    const made = pictureFilters(source.kind === 'file' ? (source.probe.video ?? {}) : {}, size);
    return [...atRate(source, plan, times), ...made, ...asPlanned(plan)].join(',');
  });
  return { video, audio: (source.kind === 'file' ? fileSound(source, plan) : ownSound(plan)).join(',') };
}

/** Pictures of a file at the session's rate. A clip's are one per frame: `fps` gives each only when the next one is there, 40 ms late. */
function atRate(source: ChunkSource, plan: ChunkPlan, times: readonly string[]): string[] {
  const { fps } = plan.profile;
  const end = framesOf(plan);
  if (source.kind !== 'file') return [`trim=end_frame=${end}`];
  const beyond = Math.ceil(end + LOOK_BEYOND_SECONDS * fps);
  return [
    // Where a timestamp leaps by 20 h, `fps` would make 1.8 M pictures: none is later than is looked for.
    `setpts='min(PTS-${seconds(originShift(source, fps))}/TB,${seconds(beyond / fps)}/TB)'`,
    ...times,
    `fps=fps=${fps}:start_time=0:round=near${isBlink(source, fps) ? ':eof_action=pass' : ''}`,
    `trim=end_frame=${beyond}`,
    `select=lt(n\\,${end})`,
  ];
}

/** All of its pictures together are shown for less than half a frame, which would round to none. */
function isBlink(source: ChunkSource, fps: number): boolean {
  if (source.kind !== 'file' || !source.probe.video) return false;
  return Math.round((source.probe.video.end - chunkOrigin(source.probe, fps)) * fps) < 1;
}

/** The first filter gives each picture a tag: without one the second has nothing to print, and prints no time either. */
function tellTimes(fd: number): string[] {
  return ['metadata=mode=add:key=t:value=1', `metadata=mode=print:key=t:direct=1:file=pipe\\\\:${fd}`];
}

/**
 * The last picture is held; pictures are numbered before that with even numbers, so that those held, one apart, fall behind. The first
 * of them does not: `setpts` gives the end of its input the number that one more picture would have.
 */
function asPlanned({ profile, segmentFrames, holdFrames, skip }: ChunkPlan): string[] {
  const skipped = skip?.frames ?? 0;
  const total = framesOf({ segmentFrames, skip }) + (holdFrames > 0 ? holdFrames + 1 : 0);
  const leaps = countedAt(segmentStarts(segmentFrames).slice(1));
  // A clip of the last picture has to begin with an IDR.
  const heldSeconds = holdFrames > 0 ? HELD_SECONDS.withIdr : HELD_SECONDS.plain;
  return [
    'setpts=2*N',
    'tpad=stop_mode=clone:stop=-1',
    // Not before: where only the last picture is left of a source, it is still to be held.
    `trim=start_frame=${skipped}:end_frame=${total}`,
    `setpts='N+${LEAP_SECONDS * profile.fps}*(${leaps})+${heldSeconds * profile.fps}*gt(2*(N+${skipped}),PTS)'`,
  ];
}

/**
 * How many of these frames are at or before frame `N`, as ffmpeg's expression: in terms for frames that are equally far apart, since it
 * evaluates all of them for each picture, and refuses a sum of a hundred.
 */
function countedAt(frames: readonly number[]): string {
  const terms: string[] = [];
  for (let at = 0; at < frames.length; ) {
    const first = frames[at] ?? 0;
    const apart = (frames[at + 1] ?? first + 1) - first;
    let count = 1;
    while (frames[at + count] === first + count * apart) count += 1;
    terms.push(`clip(floor((N-${first})/${apart})+1,0,${count})`);
    at += count;
  }
  return sumOf(terms);
}

/** ffmpeg's parser goes as deep as there are summands in a row: halves of halves are never deep. */
function sumOf(terms: readonly string[]): string {
  if (terms.length <= 1) return terms[0] ?? '0';
  const half = terms.length >> 1;
  return `(${sumOf(terms.slice(0, half))}+${sumOf(terms.slice(half))})`;
}

/**
 * As loud as stereo is: made mono at once, as integers, all channels would be turned down so far that they could be at full scale
 * together, which leaves a voice in the middle at a third.
 */
const SURROUND_TO_MONO = ['aformat=sample_fmts=fltp:channel_layouts=stereo', 'pan=mono|c0=0.5*c0+0.5*c1'];

/** Sound of a file keeps its times: `SoundPlacer` puts it where it belongs. Its rate and channels may change on the way. */
function fileSound(source: ChunkSource, plan: ChunkPlan): string[] {
  const { profile } = plan;
  const end = framesOf(plan) / profile.fps + LOOK_BEYOND_SECONDS;
  return [
    `asetpts=PTS-${seconds(originShift(source, profile.fps))}/TB`,
    ...(isSurround(source) ? SURROUND_TO_MONO : []),
    `aresample=${profile.audioRate}`,
    'aformat=sample_fmts=s16:channel_layouts=mono',
    `atrim=start=0:end=${seconds(end)}`,
  ];
}

function isSurround(source: ChunkSource): boolean {
  return source.kind === 'file' && (source.probe.audio?.channels ?? 1) > 2;
}

function ownSound({ profile, segmentFrames, skip }: ChunkPlan): string[] {
  const from = skip?.samples ?? 0;
  const samples = chunkSamples(profile, framesOf({ segmentFrames }));
  return [
    `aresample=${profile.audioRate}:async=1:first_pts=0`,
    'aformat=sample_fmts=s16:channel_layouts=mono',
    'apad',
    `atrim=start_sample=${from}:end_sample=${from + samples}`,
  ];
}

/** Length of the source as planned, in frames. */
function framesOf({ segmentFrames, skip }: Pick<ChunkPlan, 'segmentFrames' | 'skip'>): number {
  return (skip?.frames ?? 0) + framesIn(segmentFrames);
}

function seconds(value: number): string {
  return value.toFixed(6);
}
