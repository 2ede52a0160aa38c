import { keepBusy } from './busy-page.ts';
import { ElementWatch } from './elements.ts';
import { findVideos } from './find-videos.ts';
import { FrameReader } from './frames.ts';
import { watchRequests } from './requests.ts';
import { SoundRecorder } from './sound.ts';
import type { ProbeRecord } from './types.ts';

/** Runs in the page before anything else of it, and watches whatever player it holds from outside. */
export type StallProbe = {
  record(): Promise<ProbeRecord>;
  /** The newest frames only: for who waits for one. */
  lastFrames(count: number): ProbeRecord['frames'];
  keepBusy(seed: number): void;
};

const [elements, reader, sound, requests] = [
  new ElementWatch(),
  new FrameReader(),
  new SoundRecorder(),
  watchRequests(),
];
findVideos((video) => {
  reader.follow(video, elements.add(video));
  sound.follow(video);
});

const stallProbe: StallProbe = {
  async record() {
    const { fronts, events, samples, droppedFrames } = elements;
    const { frames } = reader;
    const navigationMs = performance.timeOrigin;
    return { navigationMs, frames, fronts, events, samples, requests, droppedFrames, sound: await sound.record() };
  },
  lastFrames: (count) => reader.frames.slice(-count),
  keepBusy,
};
Object.assign(globalThis, { stallProbe });
