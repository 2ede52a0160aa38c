import { beforeEach, describe, expect, it } from 'vitest';
import { gridFor } from '../timeline/cut.ts';
import { type Segment, Timeline } from '../timeline/timeline.ts';
import { fillerClip, PROFILE, SILENCE } from './fakes.ts';
import { PartBodies } from './part-bodies.ts';
import { SegmentStore } from './segment-store.ts';

const PARTS = 5;
const PICTURES = fillerClip(gridFor(PROFILE.fps, 1)).video[0] ?? [];

let bodies: PartBodies;
let segment: Segment;

beforeEach(() => {
  bodies = new PartBodies(new SegmentStore('/data/abc'));
  const timeline = new Timeline({ axis: PROFILE, windowFrames: 1_000 });
  timeline.openSegment({ initId: 0, programDateTimeMs: 0 });
  for (let part = 0; part < PARTS; part += 1) {
    const audio = Array.from({ length: timeline.blocksFor(5) }, () => SILENCE);
    timeline.appendPart({ video: [PICTURES.slice(0, 5)], audio }, { derived: true });
  }
  timeline.closeSegment();
  const closed = timeline.segment(0);
  if (!closed) throw new Error('there is no segment');
  segment = closed;
});

const pieces = (parts = segment.parts) => bodies.pieces(segment, parts, 0) ?? [];
const sizes = (): number[] => segment.parts.map((part) => bodies.bytes(part, 0)?.byteLength ?? 0);

/** As the journal does, once the parts are in their file. */
function store(): number[] {
  const stored = sizes();
  for (const [at, part] of segment.parts.entries()) part.sizes = [stored[at] ?? 0];
  return stored;
}

describe('the body of a segment', () => {
  it('is its parts, one after the other, of the same bytes for all who ask', () => {
    expect(pieces().map(({ sizeBytes }) => sizeBytes)).toEqual(sizes());
    const [once, again] = [pieces().map((piece) => piece.get()), pieces().map((piece) => piece.get())];
    expect(once).toHaveLength(PARTS);
    for (const [at, bytes] of once.entries()) expect(again[at]).toBe(bytes);
  });

  it('is looked up piece by piece: what went to disk in the meantime is read from there', () => {
    const stored = store();
    const slow = pieces();
    expect(slow[0]?.get()).toBeInstanceOf(Uint8Array);
    bodies.release(segment);
    const [first = 0, second = 0, third = 0] = stored;
    expect(slow[2]?.get()).toEqual({ path: '/data/abc/v0/s0.m4s', start: first + second, sizeBytes: third });
    expect(slow[2]?.sizeBytes).toBe(third);
  });

  it('is one piece when all of it is on disk', () => {
    const stored = store();
    bodies.release(segment);
    const sizeBytes = stored.reduce((sum, size) => sum + size, 0);
    expect(pieces().map((piece) => piece.get())).toEqual([{ path: '/data/abc/v0/s0.m4s', start: 0, sizeBytes }]);
    const [, second] = segment.parts;
    expect(second && pieces([second]).map((piece) => piece.get())).toEqual([
      { path: '/data/abc/v0/s0.m4s', start: stored[0], sizeBytes: stored[1] },
    ]);
  });

  it('is none when some of it is nowhere', () => {
    store();
    const slow = pieces();
    bodies.release(segment);
    for (const part of segment.parts.slice(0, 2)) part.sizes = [];
    expect(bodies.pieces(segment, segment.parts, 0)).toBeUndefined();
    expect(bodies.pieces(segment, segment.parts.slice(0, 1), 0)).toBeUndefined();
    expect(slow[3]?.get()).toBeUndefined();
  });

  it('of which the bytes were let go is made again, the same, and shared by those who read it', () => {
    const before = segment.parts.map((part) => Buffer.from(bodies.bytes(part, 0) ?? []));
    bodies.loosen(segment);
    const readers = [pieces(), pieces()].map((body) => body.map((piece) => piece.get()));
    expect(readers[0]?.map((bytes) => Buffer.from(bytes as Uint8Array))).toEqual(before);
    for (const [at, bytes] of (readers[0] ?? []).entries()) expect(readers[1]?.[at]).toBe(bytes);
  });
});
