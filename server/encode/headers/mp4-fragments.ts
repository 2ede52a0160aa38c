import type { BoxReader } from '../../isobmff/box-reader.ts';
import { TRUN } from '../../isobmff/flags.ts';
import { refused } from './facts.ts';

/**
 * Samples that the `trun` boxes of a fragment claim (ISO/IEC 14496-12 8.8.8).
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for more than they have room for, or than the file has bytes.
 */
export function fragmentSamples(moof: BoxReader, fileBytes: number): number {
  let samples = 0;
  for (const traf of moof.all('traf')) {
    for (const trun of traf.all('trun')) {
      const { flags } = trun.versionAndFlags(1);
      const count = trun.u32();
      const fields = [TRUN.sampleDuration, TRUN.sampleSize, TRUN.sampleFlags, TRUN.sampleCompositionTimeOffsets];
      const bytes = 4 * fields.filter((field) => (flags & field) !== 0).length;
      const room = bytes === 0 ? fileBytes : Math.floor(trun.remainingBytes / bytes);
      if (count > room) throw refused(`its trun claims ${count} samples and has room for ${room}`);
      samples += count;
    }
  }
  return samples;
}
