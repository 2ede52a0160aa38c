import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright';
import { deleteSession, openSession, waitForPlaylist } from '../support/api.ts';
import { launchChromium } from '../support/chromium.ts';
import { makeMarkedClip } from '../support/clips.ts';
import { fetchMultivariant, fetchText } from '../support/hls-client.ts';
import { type FrameReading, readScreen, startReading, stopReading } from '../support/read-frames.ts';
import { startServer } from '../support/server.ts';
import { PICTURE } from './ffmpeg-settings.ts';
import type { PartReport } from './figures.ts';
import type { BenchContext } from './part.ts';
import { pushTimed } from './timed-http.ts';

const REPETITIONS = { full: 15, quick: 10 };
const CLIP_FRAMES = 50;
/** A player keeps the distance to the live edge that it starts with: each page load is a new draw. */
const PUSHES_PER_VIEW = 5;
const SETTLE_MS = 5_000;
const TIME_LIMIT_MS = 20_000;
/** Between two looks at what was read; each takes the browser a moment. */
const LOOK_EVERY_MS = 300;

/** The first picture of a clip that reached the screen. */
async function firstShown(video: Locator, clip: number): Promise<FrameReading> {
  const deadlineMs = Date.now() + TIME_LIMIT_MS;
  for (;;) {
    const { frames } = await readScreen(video, PICTURE.fps * 2);
    const shown = frames.find(({ mark }) => mark?.clip === clip);
    if (shown !== undefined) return shown;
    if (Date.now() > deadlineMs) throw new Error(`clip ${clip} did not reach the screen in ${TIME_LIMIT_MS} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Milliseconds of media that the player has in hand: what a new clip has to wait for before it is shown. */
function bufferedAheadMs(video: Locator): Promise<number> {
  return video.evaluate((element) => {
    const { buffered, currentTime } = element as HTMLVideoElement;
    return buffered.length === 0 ? 0 : (buffered.end(buffered.length - 1) - currentTime) * 1000;
  });
}

async function holdBackSeconds(playlistUrl: string): Promise<string> {
  const [mediaPlaylist = ''] = await fetchMultivariant(playlistUrl);
  return /PART-HOLD-BACK=([\d.]+)/.exec(await fetchText(mediaPlaylist))?.[1] ?? 'no';
}

type View = { latenciesMs: number[]; aheadMs: number[]; stalls: number; dropped: number; pictures: number };
type Push = { readonly clip: number; readonly media: Buffer };

/** Pushes marked clips into pauses while one page plays, and reads when each is shown. */
async function watch(
  video: Locator,
  pushes: readonly Push[],
  push: (media: Buffer) => Promise<{ answeredMs: number }>,
  log: (line: string) => void,
): Promise<View> {
  await startReading(video);
  await sleep(SETTLE_MS);
  const [latenciesMs, aheadMs]: [number[], number[]] = [[], []];
  for (const { clip, media } of pushes) {
    await sleep(1000 + Math.random() * 1000);
    const ahead = await bufferedAheadMs(video);
    const { answeredMs } = await push(media);
    const { wallMs, mark } = await firstShown(video, clip);
    const latency = wallMs - answeredMs;
    latenciesMs.push(latency);
    aheadMs.push(ahead);
    log(
      `clip ${clip}: on screen after ${latency.toFixed(0)} ms (frame ${mark?.frame}), ${ahead.toFixed(0)} ms in hand`,
    );
    await sleep((CLIP_FRAMES / PICTURE.fps) * 1000);
  }
  const { frames, stallsMs, droppedVideoFrames } = await stopReading(video);
  return { latenciesMs, aheadMs, stalls: stallsMs.length, dropped: droppedVideoFrames, pictures: frames.length };
}

/** Accepted -> on screen in Chromium, on the project's own page (hls.js with its configuration), the queue being empty. */
export async function onScreen({ dir, dataDir, quick, log }: BenchContext): Promise<PartReport> {
  const repetitions = quick ? REPETITIONS.quick : REPETITIONS.full;
  const clipsDir = join(dir, 'marked');
  await mkdir(clipsDir, { recursive: true });
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  const { id, playlistUrl } = await openSession(server.origin);
  await waitForPlaylist(playlistUrl);
  const clips: Buffer[] = [];
  for (let clip = 1; clip <= repetitions; clip++)
    clips.push(await readFile(await makeMarkedClip({ clip, frames: CLIP_FRAMES, dir: clipsDir })));
  const holdBack = await holdBackSeconds(playlistUrl);
  await using browser = await launchChromium();
  const views: View[] = [];
  for (let first = 0; first < repetitions; first += PUSHES_PER_VIEW) {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/embed/${id}`);
    const pushes = clips
      .slice(first, first + PUSHES_PER_VIEW)
      .map((media, index) => ({ clip: first + index + 1, media }));
    views.push(await watch(page.locator('video'), pushes, (media) => pushTimed(server.origin, id, media), log));
    await page.close();
  }
  const shownPictures = views.reduce((sum, view) => sum + view.pictures, 0);
  await deleteSession(server.origin, id);
  return {
    figures: [
      {
        id: 'on-screen.from-accepted',
        title: '202 -> first frame on screen',
        unit: 'ms',
        samples: views.flatMap((view) => view.latenciesMs),
      },
      {
        id: 'on-screen.ahead',
        title: '  of it: media the player had in hand at the push',
        unit: 'ms',
        samples: views.flatMap((view) => view.aheadMs),
      },
      {
        id: 'on-screen.stalls',
        title: 'stalls per page load',
        unit: 'stalls',
        samples: views.map((view) => view.stalls),
      },
      {
        id: 'on-screen.dropped',
        title: 'pictures Chromium threw away',
        unit: `of ${shownPictures}`,
        samples: [views.reduce((sum, view) => sum + view.dropped, 0)],
      },
    ],
    notes: [
      `PART-HOLD-BACK of the stream: ${holdBack} s`,
      '/embed page, hls.js, Chromium headless without GPU; time by requestVideoFrameCallback expectedDisplayTime',
    ],
  };
}
