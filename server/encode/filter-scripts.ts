import { type Axis, sampleAt } from '../timeline/axis.ts';
import { segmentStarts } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import type { ChunkPlan, ChunkSource, MediaProbe } from './types.ts';

/**
 * Seconds that timestamps leap by at each segment start. Only the order of frames matters to us, so the leap is free to carry the
 * plan to `-force_key_frames` (`FORCE_IDR_AT_LEAPS`), which has to be on the command line before the plan is known.
 */
const LEAP_SECONDS = 10_000;
export const FORCE_IDR_AT_LEAPS = [
  '-force_key_frames',
  `expr:gte(t,n_forced*${LEAP_SECONDS})`,
  '-fps_mode',
  'passthrough',
];

/** A chunk's length in samples depends on where it starts, by at most one; and again after each pause of it. */
const SPARE_SAMPLES = 16;

/** Samples of sound that a chunk is encoded with: more than the axis can ask for, the last ones being silence. */
export function chunkSamples(axis: Axis, frames: number): number {
  return sampleAt(axis, frames) + SPARE_SAMPLES;
}

/** What `videoEncoderArguments` says the pictures are. */
const COLOUR = 'out_color_matrix=smpte170m:out_range=tv';

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
  if (probe.video && probe.video.start - start < 1 / fps) return probe.video.start;
  return start;
}

/** First timestamp of the file; ffmpeg starts counting there. Negative ones are priming that an edit list hides. */
function fileStart(probe: MediaProbe): number {
  const starts = [probe.video, probe.audio].flatMap((track) => (track ? [Math.max(0, track.start)] : []));
  return Math.min(...starts);
}

export function filterScripts(source: ChunkSource, plan: ChunkPlan): FilterScripts {
  const { profile } = plan;
  const frames = plan.segmentFrames.reduce((sum, length) => sum + length, 0);
  const skip = plan.skip ?? { frames: 0, samples: 0 };
  const total = skip.frames + frames + plan.holdFrames;
  const shift = source.kind === 'file' ? chunkOrigin(source.probe, profile.fps) - fileStart(source.probe) : 0;
  const starts = segmentStarts([...plan.segmentFrames, plan.holdFrames].filter((length) => length > 0)).slice(1);
  const leaps = starts.map((start) => `gte(N,${start})`).join('+') || '0';
  // A clip's pictures are one per frame. `fps` gives each only when the next one is there: 40 ms late, of a face that is drawn in real time.
  const rate =
    source.kind === 'clip' ? [] : [`setpts=PTS-${seconds(shift)}/TB`, `fps=fps=${profile.fps}:start_time=0:round=near`];
  const video = pictureSizes(profile).map(({ width, height }) =>
    [
      ...rate,
      // Where a timestamp leaps by 20 h, `fps` gives 1.8 M pictures and does not stop when told: at least nobody scales them.
      `trim=end_frame=${total}`,
      `scale=w=${width}:h=${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:${COLOUR}`,
      `pad=${width}:${height}:-1:-1`,
      'setsar=1',
      'format=yuv420p',
      'tpad=stop_mode=clone:stop=-1',
      // Not before: where only the last picture is left of a source, it is still to be held.
      `trim=start_frame=${skip.frames}:end_frame=${total}`,
      `setpts='(N/${profile.fps}+${LEAP_SECONDS}*(${leaps}))/TB'`,
    ].join(','),
  );
  const samples = chunkSamples(profile, frames);
  const audio = [
    `asetpts=PTS-${seconds(shift)}/TB`,
    `aresample=${profile.audioRate}:async=1:first_pts=0`,
    'aformat=sample_fmts=s16:channel_layouts=mono',
    'apad',
    `atrim=start_sample=${skip.samples}:end_sample=${skip.samples + samples}`,
  ].join(',');
  return { video, audio };
}

function seconds(value: number): string {
  return value.toFixed(6);
}
