import type Hls from 'hls.js';
import type { LevelDetails } from 'hls.js';
import { beforeEach, describe, expect, test } from 'vitest';
import { SpeechMap } from '../session/speech-map.ts';
import { Resumption } from './hls-resumption.ts';

/** Date of position 0 before anything happens. */
const ZERO_MS = 1_000_000;

/** The playlist's window of one minute; after everything was loaded anew, positions begin with it. */
function windowAt(fromMs: number): LevelDetails {
  const fragments = Array.from({ length: 60 }, (_, start) => ({ start, programDateTime: fromMs + start * 1000 }));
  return { live: true, type: null, fragmentStart: 0, edge: 60, fragments } as unknown as LevelDetails;
}

/** As much of hls.js as is spoken to. */
class FakeHls {
  playingDate: Date | null = null;
  liveSyncPosition = 57;
  readonly calls: string[] = [];
  loadSource(url: string): void {
    this.calls.push(`load ${url}`);
  }
  startLoad(position = -1): void {
    this.calls.push(`start ${position}`);
  }
  recoverMediaError(): void {
    this.calls.push('recover');
  }
}

class FakeVideo extends EventTarget {
  paused = true;
  seeking = false;
  readyState = 0;
  currentTime = 0;
  readonly buffered = { length: 0 };
}

let hls: FakeHls;
let video: FakeVideo;
let missed: number[];
let resumption: Resumption;

beforeEach(() => {
  hls = new FakeHls();
  video = new FakeVideo();
  missed = [];
  resumption = new Resumption(hls as unknown as Hls, video as unknown as HTMLVideoElement, {
    src: 'stream.m3u8',
    speech: new SpeechMap(),
    onMissed: (seconds) => missed.push(seconds),
    seekToLive: () => hls.calls.push('live'),
    signal: new AbortController().signal,
  });
  hls.playingDate = new Date(ZERO_MS + 20_000);
});

/** What hls.js does from the new playlist on: the media element stands at its beginning, where the window begins. */
async function playlistArrives(fromMs: number): Promise<void> {
  resumption.onPlaylist(windowAt(fromMs));
  hls.playingDate = new Date(fromMs);
  await Promise.resolve();
}

function arrive(): void {
  video.readyState = 2;
  video.dispatchEvent(new Event('seeked'));
}

describe('after everything was loaded anew', () => {
  test('it goes on where it stopped', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS);
    expect(hls.calls).toEqual(['load stream.m3u8', 'start -1', 'start 20']);
    expect(missed).toEqual([]);
  });

  test('what goes wrong before it is there leads there, too, and not to where the window begins, or to the live edge', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS);
    hls.calls.length = 0;
    resumption.resume();
    resumption.rebuild();
    await playlistArrives(ZERO_MS + 5_000);
    resumption.reload();
    await playlistArrives(ZERO_MS + 10_000);
    expect(hls.calls).toEqual([
      'start 20',
      ...['load stream.m3u8', 'start -1', 'start 15'],
      ...['load stream.m3u8', 'start -1', 'start 10'],
    ]);
    expect(missed).toEqual([]);
  });

  test('once it is there, what comes next is about where it is then', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS);
    arrive();
    hls.playingDate = new Date(ZERO_MS + 30_000);
    hls.calls.length = 0;
    resumption.resume();
    resumption.reload();
    await playlistArrives(ZERO_MS);
    expect(hls.calls).toEqual(['start -1', 'load stream.m3u8', 'start -1', 'start 30']);
  });

  test('a picture that is still the old one is no arrival', async () => {
    resumption.reload();
    arrive();
    await playlistArrives(ZERO_MS);
    expect(hls.calls.at(-1)).toBe('start 20');
  });

  test('what left the playlist on the way is told to be missed, once', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS + 30_000);
    expect(hls.calls.at(-1)).toBe('start 57');
    expect(missed).toEqual([67]);
    resumption.reload();
    await playlistArrives(ZERO_MS + 31_000);
    expect(hls.calls.at(-1)).toBe('start 56');
    expect(missed).toEqual([67]);
  });

  test('a broken segment that is passed over counts from where it stopped', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS);
    resumption.reload(ZERO_MS + 24_000);
    expect(missed).toEqual([4]);
  });

  test('a segment that can not be had is played over from where it is to go on, not from where the media element stands', async () => {
    resumption.reload();
    await playlistArrives(ZERO_MS);
    resumption.skipTo(22);
    resumption.resume();
    expect(missed).toEqual([2]);
    expect(video.currentTime).toBe(0);
    expect(hls.calls.at(-1)).toBe('start 22');
    resumption.skipTo(21);
    expect(missed).toEqual([2]);
  });
});

test('a segment that can not be had is played over from the playhead', () => {
  video.currentTime = 30;
  resumption.skipTo(31.5);
  expect(video.currentTime).toBe(31.5);
  expect(missed).toEqual([1.5]);
});
