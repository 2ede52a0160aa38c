/** `tf_flags` of `tfhd` (ISO/IEC 14496-12 8.8.7). */
export const TFHD = {
  baseDataOffset: 0x000001,
  sampleDescriptionIndex: 0x000002,
  defaultSampleDuration: 0x000008,
  defaultSampleSize: 0x000010,
  defaultSampleFlags: 0x000020,
  defaultBaseIsMoof: 0x020000,
} as const;

/** `tr_flags` of `trun` (ISO/IEC 14496-12 8.8.8). */
export const TRUN = {
  dataOffset: 0x000001,
  firstSampleFlags: 0x000004,
  sampleDuration: 0x000100,
  sampleSize: 0x000200,
  sampleFlags: 0x000400,
  sampleCompositionTimeOffsets: 0x000800,
} as const;

/** Sample flags (ISO/IEC 14496-12 8.8.3.1): depends on no other sample; depends on others and is no sync sample. */
export const SYNC_SAMPLE = 0x02000000;
export const NON_SYNC_SAMPLE = 0x01010000;
/** The bit that tells them apart: sample_is_non_sync_sample. */
export const IS_NON_SYNC = 0x00010000;
