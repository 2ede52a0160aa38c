import { expect, test } from 'vitest';
import type { Segment } from '../timeline/timeline.ts';
import { CaptionTrack } from './caption-track.ts';
import { anyRoom, PROFILE, settle } from './fakes.ts';
import { Inits } from './inits.ts';
import { SessionOutput } from './output.ts';
import { Recorder } from './recorder.ts';
import { Rig } from './rig.ts';
import { SegmentStore } from './segment-store.ts';

async function record(isStored: (segment: Segment) => boolean): Promise<{ recorder: Recorder; segments: Segment[] }> {
  const store = new SegmentStore('/nowhere');
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 2_000, { minSegments: 20 });
  await settle();
  const inits = new Inits(PROFILE);
  const captions = new CaptionTrack({ fps: PROFILE.fps, enabled: true, language: 'en', presentationMs: () => 0 });
  const output = new SessionOutput({
    captions,
    ...{ profile: PROFILE, grid: rig.grid, timeline: rig.timeline, inits, store, targetDuration: 4, event: true },
    ...{ mainInitId: inits.idOf(rig.filler.init), tag: 'tag', onWatch: () => undefined },
  });
  const recorder = new Recorder({ store, output, journal: { isStored, isLost: () => false }, account: anyRoom() });
  for (const segment of rig.segments) recorder.add(segment);
  return { recorder, segments: rig.segments };
}

const inMemory = (segments: readonly Segment[]) =>
  segments.filter((segment) => segment.parts[0]?.media).map((segment) => segment.msn);

test('lets go of all but the newest segments, also when the disk is slower than the stream', async () => {
  const stored = new Set<Segment>();
  const { recorder, segments } = await record((segment) => stored.has(segment));
  expect(segments.length).toBeGreaterThan(15);
  expect(inMemory(segments)).toHaveLength(segments.length);
  for (const segment of segments.slice(0, 3)) stored.add(segment);
  recorder.letGo();
  expect(inMemory(segments)).toEqual(segments.slice(3).map((segment) => segment.msn));
  for (const segment of segments) stored.add(segment);
  recorder.letGo();
  expect(inMemory(segments)).toEqual(segments.slice(-10).map((segment) => segment.msn));
  await recorder.close();
});
