import { expect, test } from 'vitest';
import type { Segment } from '../timeline/timeline.ts';
import { CaptionTrack } from './caption-track.ts';
import { PROFILE, settle } from './fakes.ts';
import { Inits } from './inits.ts';
import { SessionOutput } from './output.ts';
import { Recorder } from './recorder.ts';
import { Rig } from './rig.ts';
import { SegmentStore } from './segment-store.ts';

/** A disk that writes when it is told to. */
class SlowStore extends SegmentStore {
  readonly written: number[] = [];
  gate: Promise<void> = Promise.resolve();

  override async storeSegment(_rendition: string, msn: number): Promise<void> {
    await this.gate;
    this.written.push(msn);
  }
}

async function record(store: SlowStore): Promise<{ recorder: Recorder; segments: Segment[] }> {
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 2_000, { minSegments: 20 });
  await settle();
  const inits = new Inits(PROFILE);
  const captions = new CaptionTrack({ fps: PROFILE.fps, enabled: true, language: 'en', presentationMs: () => 0 });
  const output = new SessionOutput({
    captions,
    ...{ profile: PROFILE, grid: rig.grid, timeline: rig.timeline, inits, store, targetDuration: 4, event: true },
    ...{ mainInitId: inits.idOf(rig.filler.init), onWatch: () => undefined },
  });
  const recorder = new Recorder({
    store,
    output,
    profile: PROFILE,
    onFailure: (error) => expect(error).toBeUndefined(),
  });
  for (const segment of rig.segments) recorder.add(segment);
  return { recorder, segments: rig.segments };
}

const inMemory = (segments: readonly Segment[]) =>
  segments.filter((segment) => segment.parts[0]?.media).map((segment) => segment.msn);

test('lets go of all but the newest segments, also when the disk is slower than the stream', async () => {
  const store = new SlowStore('/nowhere');
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const { recorder, segments } = await record(store);
  expect(segments.length).toBeGreaterThan(15);
  expect(inMemory(segments)).toHaveLength(segments.length);
  gate.resolve();
  for (let turn = 0; turn < 20; turn++) await settle();
  expect(store.written).toEqual(segments.map((segment) => segment.msn));
  expect(inMemory(segments)).toEqual(segments.slice(-10).map((segment) => segment.msn));
  await recorder.close();
});
