import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { FragmentReader } from './fragment-reader.ts';
import { AT, box, dataOffset, fragment, INIT, largeBox, MFHD, PART, readAll, TFDT, TFHD, u32 } from './test-boxes.ts';
import type { Sample } from './types.ts';

function samplesOf(bytes: Uint8Array): Sample[] {
  return readAll(INIT, bytes).flatMap((event) =>
    event.type === 'fragment' ? event.fragment.tracks.flatMap((track) => track.samples) : [],
  );
}

describe('FragmentReader', () => {
  it('skips the boxes around fragments, of any size form', () => {
    const skipped = ['styp', 'sidx', 'free', 'emsg', 'prft', 'mfra'].map((type) => box(type, Buffer.alloc(20, 0xff)));
    const inBetween = Buffer.concat([...skipped, largeBox('free', Buffer.alloc(5)), box('skip')]);
    const moofEnd = PART.readUInt32BE(0);
    const [moof, mdat] = [PART.subarray(0, moofEnd), PART.subarray(moofEnd)];
    const openEnded = Buffer.concat([u32(0), Buffer.from('free'), Buffer.alloc(99)]);
    expect(readAll(inBetween, INIT, inBetween, PART, inBetween, openEnded)).toEqual(readAll(INIT, PART));
    const apart = [{ data: Uint8Array.of(1, 2), durationTicks: 3, isSync: true, compositionOffsetTicks: 0 }];
    const shifted = Buffer.concat([moof, box('free'), mdat]);
    // The data offset counts from the moof: 8 bytes of free move it.
    shifted.writeInt32BE(shifted.readInt32BE(shifted.indexOf('trun') + 12) + 8, shifted.indexOf('trun') + 12);
    expect(samplesOf(shifted)).toEqual(apart);
  });

  it('reads boxes with 64-bit sizes', () => {
    const tfhd = largeBox('tfhd', u32(0x02_0000, 1));
    const trun = (offset: number) => largeBox('trun', u32(0x201, 1, offset, 6));
    const moof = (offset: number) => largeBox('moof', MFHD, largeBox('traf', tfhd, TFDT, trun(offset)));
    const bytes = Buffer.concat([moof(moof(0).length + 16), largeBox('mdat', Uint8Array.of(1, 2, 3, 4, 5, 6))]);
    expect(samplesOf(bytes)).toEqual([
      { data: Uint8Array.of(1, 2, 3, 4, 5, 6), durationTicks: 0, isSync: true, compositionOffsetTicks: 0 },
    ]);
  });

  it('takes a new init segment in the middle of the stream', () => {
    expect(readAll(INIT, PART, INIT, PART).map((event) => event.type)).toEqual([
      'init',
      'fragment',
      'init',
      'fragment',
    ]);
  });

  it('reads every tfhd field, with an absolute base data offset', () => {
    const tfhd = (base: number) => box('tfhd', u32(0x3b, 1, 0, base, 1, 50, 3, 0x01_0000));
    const trun = box('trun', u32(0, 2));
    const base = AT + dataOffset(tfhd(0), trun);
    expect(samplesOf(fragment(tfhd(base), [trun]))).toEqual([
      { data: Uint8Array.of(1, 2, 3), durationTicks: 50, isSync: false, compositionOffsetTicks: 0 },
      { data: Uint8Array.of(4, 5, 6), durationTicks: 50, isSync: false, compositionOffsetTicks: 0 },
    ]);
  });

  it('reads every trun field, and a second trun right behind the first', () => {
    const first = (offset: number) => box('trun', u32(0x0100_0f01, 2, offset, 10, 1, 0x01_0000, -5, 11, 2, 0, 6));
    const second = box('trun', u32(0x0000_0b04, 1, 0x01_0000, 12, 3, 0xffff_fffb));
    const offset = dataOffset(TFHD, first(0), second);
    expect(samplesOf(fragment(TFHD, [first(offset), second]))).toEqual([
      { data: Uint8Array.of(1), durationTicks: 10, isSync: false, compositionOffsetTicks: -5 },
      { data: Uint8Array.of(2, 3), durationTicks: 11, isSync: true, compositionOffsetTicks: 6 },
      { data: Uint8Array.of(4, 5, 6), durationTicks: 12, isSync: false, compositionOffsetTicks: 0xffff_fffb },
    ]);
  });

  it('counts from the end of the previous traf when neither base is given', () => {
    const traf = (trackId: number, trun: Buffer) => box('traf', box('tfhd', u32(0, trackId)), TFDT, trun);
    const moof = (offset: number) =>
      box('moof', MFHD, traf(1, box('trun', u32(0x201, 1, offset, 2))), traf(2, box('trun', u32(0x200, 1, 4))));
    const bytes = Buffer.concat([moof(moof(0).length + 8), box('mdat', Uint8Array.of(1, 2, 3, 4, 5, 6))]);
    expect(samplesOf(bytes).map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4, 5, 6],
    ]);
  });

  it('hands out what stood in front of the damage, then throws for good', () => {
    const reader = new FragmentReader();
    const damaged = Buffer.concat([INIT, PART, box('mdat')]);
    expect(reader.push(damaged).map((event) => event.type)).toEqual(['init', 'fragment']);
    const error = new StreamError('BOX_MALFORMED', `mdat at byte ${AT + PART.length}: has no moof in front of it`);
    expect(() => reader.push(PART)).toThrow(error);
    expect(() => reader.end()).toThrow(error);
  });

  it('holds sample data in the buffer of their fragment, not in what was pushed', () => {
    const piece = Buffer.concat([INIT, PART, Buffer.alloc(3)]);
    const [, event] = new FragmentReader().push(piece);
    if (event?.type !== 'fragment') throw new Error('no fragment');
    const [sample] = event.fragment.tracks[0]?.samples ?? [];
    expect(sample?.data.buffer.byteLength).toBe(2);
  });

  it('refuses a box over its limit before its bytes arrive', () => {
    const reader = new FragmentReader({ maxBoxBytes: 2000 });
    reader.push(INIT);
    expect(() => reader.push(box('moof', Buffer.alloc(1993)).subarray(0, 8))).toThrow(
      `moof at byte ${AT}: size 2001 is over the limit of 2000 bytes`,
    );
  });
});
