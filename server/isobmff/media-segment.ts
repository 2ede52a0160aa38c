import { ByteWriter } from './byte-writer.ts';
import { NON_SYNC_SAMPLE, SYNC_SAMPLE, TFHD, TRUN } from './flags.ts';
import { unwritable } from './malformed.ts';
import { layOutTrack, type TrackLayout } from './part-layout.ts';
import type { Fragment, Sample } from './types.ts';

const BOX_HEADER = 8;
const MFHD = 16;
const U32_MAX = 0xffff_ffff;

/**
 * One `moof` with its `mdat`: the tracks' data in the order given, each track in one `trun`.
 * The result is allocated once, at its exact size: this runs for every part of every session.
 *
 * @throws {StreamError} `BOX_MALFORMED` when there is no track, a track has no samples, or a value doesn't fit its field.
 */
export function writePart(part: Fragment): Uint8Array {
  const { sequenceNumber, tracks } = part;
  if (tracks.length === 0) throw unwritable('moof', 'needs at least one track');
  if (!Number.isInteger(sequenceNumber) || sequenceNumber < 0 || sequenceNumber > U32_MAX) {
    throw unwritable('moof/mfhd', `sequence number must be an integer from 0 to ${U32_MAX}, got ${sequenceNumber}`);
  }
  const layouts = tracks.map(layOutTrack);
  let moofBytes = BOX_HEADER + MFHD;
  let mdatBytes = BOX_HEADER;
  for (const layout of layouts) {
    moofBytes += layout.trafBytes;
    mdatBytes += layout.dataBytes;
  }
  if (moofBytes + mdatBytes > 0x7fff_ffff)
    throw unwritable('mdat', `part has ${mdatBytes} bytes, data offsets end at 2 GiB`);
  const w = new ByteWriter(moofBytes + mdatBytes);
  w.boxHeader('moof', moofBytes);
  w.boxHeader('mfhd', MFHD);
  w.u32(0);
  w.u32(sequenceNumber);
  let dataOffset = moofBytes + BOX_HEADER;
  for (const layout of layouts) {
    writeTraf(w, layout, dataOffset);
    dataOffset += layout.dataBytes;
  }
  w.boxHeader('mdat', mdatBytes);
  for (const track of tracks) for (const sample of track.samples) w.bytes(sample.data);
  return w.finish();
}

/** @param dataOffset - Of the track's first sample, in bytes from the start of the `moof`. */
function writeTraf(w: ByteWriter, layout: TrackLayout, dataOffset: number): void {
  w.boxHeader('traf', layout.trafBytes);
  writeTfhd(w, layout);
  w.boxHeader('tfdt', 20);
  w.versionAndFlags(1, 0);
  w.u64(layout.track.baseMediaDecodeTime);
  writeTrun(w, layout, dataOffset);
}

/** ISO/IEC 14496-12 8.8.7. */
function writeTfhd(w: ByteWriter, layout: TrackLayout): void {
  w.boxHeader('tfhd', layout.tfhdBytes);
  w.versionAndFlags(0, layout.tfhdFlags);
  w.u32(layout.track.trackId);
  if (layout.tfhdFlags & TFHD.defaultSampleDuration) w.u32(layout.defaultDurationTicks);
  if (layout.tfhdFlags & TFHD.defaultSampleFlags) w.u32(layout.defaultFlags);
}

/** ISO/IEC 14496-12 8.8.8. */
function writeTrun(w: ByteWriter, layout: TrackLayout, dataOffset: number): void {
  const { samples } = layout.track;
  const flags = layout.trunFlags;
  w.boxHeader('trun', layout.trunBytes);
  w.versionAndFlags(1, flags);
  w.u32(samples.length);
  w.i32(dataOffset);
  if (flags & TRUN.firstSampleFlags) w.u32(SYNC_SAMPLE);
  for (const sample of samples) {
    if (flags & TRUN.sampleDuration) w.u32(sample.durationTicks);
    w.u32(sample.data.byteLength);
    if (flags & TRUN.sampleFlags) w.u32(sampleFlags(sample));
    if (flags & TRUN.sampleCompositionTimeOffsets) w.i32(sample.compositionOffsetTicks);
  }
}

function sampleFlags(sample: Sample): number {
  return sample.isSync ? SYNC_SAMPLE : NON_SYNC_SAMPLE;
}
