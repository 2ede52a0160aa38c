import { NON_SYNC_SAMPLE, SYNC_SAMPLE, TFHD, TRUN } from './flags.ts';
import { unwritable } from './malformed.ts';
import type { FragmentTrack, Sample } from './types.ts';

const U32_MAX = 0xffff_ffff;
const I32_MAX = 0x7fff_ffff;
/** `tfdt` is unsigned, but players read it as signed. */
const MAX_DECODE_TIME = 2n ** 63n;
const BOX_HEADER = 8;
const TFDT = 20;

/** Which fields a track's boxes have, and the sizes that follow from it. */
export type TrackLayout = {
  readonly track: FragmentTrack;
  readonly tfhdFlags: number;
  readonly trunFlags: number;
  readonly defaultDurationTicks: number;
  readonly defaultFlags: number;
  readonly tfhdBytes: number;
  readonly trunBytes: number;
  readonly trafBytes: number;
  readonly dataBytes: number;
};

/** What one pass over the samples finds. */
type Survey = {
  readonly dataBytes: number;
  readonly firstDurationTicks: number;
  readonly hasOneDuration: boolean;
  readonly firstIsSync: boolean;
  readonly hasCompositionOffsets: boolean;
  /** Of the samples after the first one. */
  readonly laterSyncCount: number;
};

/**
 * Chooses the shortest form: what all samples share stands once, in `tfhd`.
 *
 * @throws {StreamError} `BOX_MALFORMED` when a value doesn't fit its field.
 */
export function layOutTrack(track: FragmentTrack, index: number): TrackLayout {
  checkTrack(track, index);
  const survey = surveySamples(track, index);
  const laterCount = track.samples.length - 1;
  const allSame = survey.laterSyncCount === (survey.firstIsSync ? laterCount : 0);
  const onlyFirstSync = survey.firstIsSync && survey.laterSyncCount === 0;
  const hasDefaultFlags = allSame || onlyFirstSync;
  const tfhdFlags =
    TFHD.defaultBaseIsMoof |
    (survey.hasOneDuration ? TFHD.defaultSampleDuration : 0) |
    (hasDefaultFlags ? TFHD.defaultSampleFlags : 0);
  const trunFlags =
    TRUN.dataOffset |
    TRUN.sampleSize |
    (survey.hasOneDuration ? 0 : TRUN.sampleDuration) |
    (onlyFirstSync && !allSame ? TRUN.firstSampleFlags : 0) |
    (hasDefaultFlags ? 0 : TRUN.sampleFlags) |
    (survey.hasCompositionOffsets ? TRUN.sampleCompositionTimeOffsets : 0);
  const tfhdBytes = BOX_HEADER + 8 + 4 * countFlags(tfhdFlags, TFHD.defaultSampleDuration | TFHD.defaultSampleFlags);
  const trunBytes = BOX_HEADER + 12 + trunFieldBytes(trunFlags, track.samples.length);
  return {
    track,
    tfhdFlags,
    trunFlags,
    defaultDurationTicks: survey.firstDurationTicks,
    defaultFlags: allSame && survey.firstIsSync ? SYNC_SAMPLE : NON_SYNC_SAMPLE,
    tfhdBytes,
    trunBytes,
    trafBytes: BOX_HEADER + tfhdBytes + TFDT + trunBytes,
    dataBytes: survey.dataBytes,
  };
}

/** Every optional field has 4 bytes: first_sample_flags once, the others for each sample. */
function trunFieldBytes(flags: number, sampleCount: number): number {
  const perSample = TRUN.sampleDuration | TRUN.sampleSize | TRUN.sampleFlags | TRUN.sampleCompositionTimeOffsets;
  return 4 * (countFlags(flags, TRUN.firstSampleFlags) + countFlags(flags, perSample) * sampleCount);
}

function countFlags(flags: number, mask: number): number {
  let count = 0;
  for (let rest = flags & mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function surveySamples(track: FragmentTrack, index: number): Survey {
  const [first] = track.samples;
  if (first === undefined) throw unwritable(`moof/traf[${index}]/trun`, 'needs at least one sample');
  let dataBytes = 0;
  let hasOneDuration = true;
  let hasCompositionOffsets = false;
  let syncCount = 0;
  for (const sample of track.samples) {
    checkSample(sample, index);
    dataBytes += sample.data.byteLength;
    if (sample.durationTicks !== first.durationTicks) hasOneDuration = false;
    if (sample.compositionOffsetTicks !== 0) hasCompositionOffsets = true;
    if (sample.isSync) syncCount++;
  }
  return {
    dataBytes,
    firstDurationTicks: first.durationTicks,
    hasOneDuration,
    firstIsSync: first.isSync,
    hasCompositionOffsets,
    laterSyncCount: syncCount - (first.isSync ? 1 : 0),
  };
}

function checkTrack({ trackId, baseMediaDecodeTime }: FragmentTrack, index: number): void {
  if (!Number.isInteger(trackId) || trackId < 1 || trackId > U32_MAX) {
    throw unwritable(`moof/traf[${index}]/tfhd`, `track ID must be an integer from 1 to ${U32_MAX}, got ${trackId}`);
  }
  if (baseMediaDecodeTime < 0n || baseMediaDecodeTime >= MAX_DECODE_TIME) {
    throw unwritable(
      `moof/traf[${index}]/tfdt`,
      `baseMediaDecodeTime must be from 0 to 2^63 - 1 ticks, got ${baseMediaDecodeTime}`,
    );
  }
}

function checkSample({ durationTicks, compositionOffsetTicks }: Sample, index: number): void {
  if (!Number.isInteger(durationTicks) || durationTicks < 0 || durationTicks > U32_MAX) {
    throw unwritable(
      `moof/traf[${index}]/trun`,
      `sample duration must be an integer from 0 to ${U32_MAX} ticks, got ${durationTicks}`,
    );
  }
  if (!Number.isInteger(compositionOffsetTicks) || Math.abs(compositionOffsetTicks) > I32_MAX) {
    throw unwritable(
      `moof/traf[${index}]/trun`,
      `composition offset must be an integer of at most ${I32_MAX} ticks either way, got ${compositionOffsetTicks}`,
    );
  }
}
