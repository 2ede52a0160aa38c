import type { BoxReader } from './box-reader.ts';
import { IS_NON_SYNC, TFHD, TRUN } from './flags.ts';
import type { SampleDefaults } from './init-reader.ts';
import type { Fragment, FragmentTrack, Sample } from './types.ts';

/** The payload of an `mdat` and where it starts in the stream. */
export type MediaData = { readonly bytes: Uint8Array; readonly startByte: number };

/**
 * A `trun` may describe any number of samples without a byte for each (all of default size),
 * so bytes alone bound nothing: an hour of 30 frames a second in one fragment is still allowed.
 */
const MAX_SAMPLES = 131_072;

/** What the boxes of one `moof` share while it is read. */
type Context = {
  readonly moofByte: number;
  readonly mdat: MediaData;
  /** From `trex`, by track ID. */
  readonly defaults: ReadonlyMap<number, SampleDefaults>;
  /** Where the next sample lies unless a `trun` says otherwise. */
  dataByte: number;
  sampleCount: number;
};

/** What `tfhd` says; `baseByte` is what data offsets count from. */
type TrackHeader = { readonly trackId: number; readonly baseByte: number; readonly defaults: SampleDefaults };

/**
 * Joins a `moof` with its `mdat`. Sample data are views on `mdat.bytes`.
 *
 * @throws {StreamError} `BOX_MALFORMED`, also when a sample lies outside the `mdat`.
 */
export function readFragment(
  moof: BoxReader,
  mdat: MediaData,
  defaults: ReadonlyMap<number, SampleDefaults>,
): Fragment {
  const mfhd = moof.child('mfhd');
  mfhd.versionAndFlags();
  const sequenceNumber = mfhd.u32();
  const tracks: FragmentTrack[] = [];
  const context: Context = {
    moofByte: moof.place.startByte,
    mdat,
    defaults,
    dataByte: moof.place.startByte,
    sampleCount: 0,
  };
  for (const traf of moof.all('traf')) tracks.push(readTraf(traf, context));
  return { sequenceNumber, tracks };
}

function readTraf(traf: BoxReader, context: Context): FragmentTrack {
  const header = readTfhd(traf.child('tfhd'), context);
  const baseMediaDecodeTime = readTfdt(traf.child('tfdt'));
  const samples: Sample[] = [];
  context.dataByte = header.baseByte;
  for (const trun of traf.all('trun')) readTrun(trun, header, context, samples);
  return { trackId: header.trackId, baseMediaDecodeTime, samples };
}

/** ISO/IEC 14496-12 8.8.7. */
function readTfhd(tfhd: BoxReader, context: Context): TrackHeader {
  const { flags } = tfhd.versionAndFlags();
  const trackId = tfhd.u32();
  const trex = context.defaults.get(trackId);
  if (trex === undefined) throw tfhd.refuse(`track ${trackId} is not in the moov`);
  let baseByte = flags & TFHD.defaultBaseIsMoof ? context.moofByte : context.dataByte;
  if (flags & TFHD.baseDataOffset) baseByte = Number(tfhd.u64());
  if (flags & TFHD.sampleDescriptionIndex) readDescriptionIndex(tfhd);
  const durationTicks = flags & TFHD.defaultSampleDuration ? tfhd.u32() : trex.durationTicks;
  const sizeBytes = flags & TFHD.defaultSampleSize ? tfhd.u32() : trex.sizeBytes;
  const sampleFlags = flags & TFHD.defaultSampleFlags ? tfhd.u32() : trex.flags;
  return { trackId, baseByte, defaults: { durationTicks, sizeBytes, flags: sampleFlags } };
}

function readDescriptionIndex(tfhd: BoxReader): void {
  const index = tfhd.u32();
  if (index !== 1) throw tfhd.refuse(`sample description index must be 1, got ${index}`);
}

/** ISO/IEC 14496-12 8.8.12. */
function readTfdt(tfdt: BoxReader): bigint {
  const { version } = tfdt.versionAndFlags(1);
  return version === 1 ? tfdt.u64() : BigInt(tfdt.u32());
}

/** ISO/IEC 14496-12 8.8.8. */
function readTrun(trun: BoxReader, header: TrackHeader, context: Context, samples: Sample[]): void {
  const { version, flags } = trun.versionAndFlags(1);
  const count = trun.u32();
  context.sampleCount += count;
  if (context.sampleCount > MAX_SAMPLES) {
    throw trun.refuse(`fragment has ${context.sampleCount} samples or more, limit is ${MAX_SAMPLES}`);
  }
  if (flags & TRUN.dataOffset) context.dataByte = header.baseByte + trun.i32();
  const firstFlags = flags & TRUN.firstSampleFlags ? trun.u32() : undefined;
  for (let i = 0; i < count; i++) {
    const durationTicks = flags & TRUN.sampleDuration ? trun.u32() : header.defaults.durationTicks;
    const sizeBytes = flags & TRUN.sampleSize ? trun.u32() : header.defaults.sizeBytes;
    let sampleFlags = flags & TRUN.sampleFlags ? trun.u32() : header.defaults.flags;
    if (i === 0 && firstFlags !== undefined) sampleFlags = firstFlags;
    const compositionOffsetTicks = flags & TRUN.sampleCompositionTimeOffsets ? readOffset(trun, version) : 0;
    const data = sampleData(trun, samples.length, context.mdat, context.dataByte, sizeBytes);
    samples.push({ data, durationTicks, isSync: (sampleFlags & IS_NON_SYNC) === 0, compositionOffsetTicks });
    context.dataByte += sizeBytes;
  }
}

function readOffset(trun: BoxReader, version: number): number {
  return version === 1 ? trun.i32() : trun.u32();
}

function sampleData(trun: BoxReader, index: number, mdat: MediaData, startByte: number, sizeBytes: number): Uint8Array {
  const at = startByte - mdat.startByte;
  if (at < 0 || at + sizeBytes > mdat.bytes.byteLength) {
    const has = `bytes ${mdat.startByte} to ${mdat.startByte + mdat.bytes.byteLength}`;
    throw trun.refuse(`sample ${index} (${sizeBytes} bytes at byte ${startByte}) lies outside the mdat (${has})`);
  }
  return mdat.bytes.subarray(at, at + sizeBytes);
}
