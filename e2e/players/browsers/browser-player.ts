import { setTimeout as sleep } from 'node:timers/promises';
import { heardShare } from '../heard-sound.ts';
import type { Playback, Player, Run, Sound, Stream } from '../player.ts';
import { countRepeats } from '../programs/program.ts';
import { peaksOfStream } from '../segment-files.ts';
import { standstills } from '../standstills.ts';
import type { Browser, BrowserPage } from './browser.ts';
import { chromium } from './chromium.ts';
import { type Engine, playNatively, playWithHlsJs, playWithShaka, playWithVideoJs } from './engines.ts';
import { firefox } from './firefox.ts';
import type { PageReport, PageState } from './page-report.ts';
import { servePage } from './page-server.ts';
import { webkit } from './webkit.ts';

const POLL_MS = 250;
const REPORT_LIMIT_MS = 15_000;
/** Chromium puts an ADTS header before each AAC packet it takes from an MP4 file, and counts that, too. */
const ADTS_HEADER_BYTES = 7;
/** Below this share of dropped pictures a viewer sees nothing of it. */
const MAX_DROPPED_SHARE = 0.02;

type EngineRow = {
  readonly id: string;
  readonly title: string;
  readonly engine: Engine;
  readonly library?: string;
  readonly note?: string;
};

const HLS_JS: EngineRow = { id: 'hls.js', title: 'hls.js', engine: playWithHlsJs, library: 'hls.js/dist/hls.min.js' };
const NATIVE: EngineRow = { id: 'native', title: 'native', engine: playNatively };
const SHAKA: EngineRow = {
  id: 'shaka',
  title: 'Shaka Player',
  engine: playWithShaka,
  library: 'shaka-player/dist/shaka-player.compiled.js',
  note: 'manifest.hls.sequenceMode, for https://github.com/shaka-project/shaka-player/issues/10589',
};
const VIDEO_JS: EngineRow = {
  id: 'video.js',
  title: 'video.js',
  engine: playWithVideoJs,
  library: 'video.js/dist/video.min.js',
  note: 'html5.vhs.llhls off: with it, it stalls for seconds',
};

async function untilPlayed(page: BrowserPage, stream: Stream, run: Run): Promise<void> {
  while (!run.signal.aborted) {
    const { playedMs, ended, failed } = (await page.evaluate('window.playerState()')) as PageState;
    if (ended || failed || (stream.whole === undefined && playedMs >= run.seconds * 1000)) return;
    await sleep(POLL_MS);
  }
}

async function finish(page: BrowserPage): Promise<PageReport> {
  // A function has no JSON: the expression must not be its value.
  await page.evaluate('void window.finishPlayer()');
  const deadlineMs = performance.now() + REPORT_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    const report = await page.evaluate('window.playerReport ? JSON.stringify(window.playerReport) : null');
    if (typeof report === 'string') return JSON.parse(report) as PageReport;
    await sleep(POLL_MS);
  }
  throw new Error(`the page gave no report in ${REPORT_LIMIT_MS} ms`);
}

/** Samples of a whole stream by what the decoder took, where the browser counts that and it is all there is. */
export function decodedSamples(decodedAudioBytes: number, { whole }: Stream): number | undefined {
  if (whole === undefined) return undefined;
  const sizes = [whole.audioBytes, whole.audioBytes + whole.audioPackets * ADTS_HEADER_BYTES];
  return sizes.includes(decodedAudioBytes) ? whole.samples : undefined;
}

/** What was heard, beside what the stream has. */
async function heardSound(peaks: readonly number[], stream: Stream, { dir, signal }: Run): Promise<Sound | undefined> {
  const media = stream.whole?.peaks ?? (await peaksOfStream(stream.url, dir, signal));
  const share = heardShare(peaks, media, stream.whole !== undefined);
  return share === undefined ? undefined : { measured: 'heard', share };
}

async function soundOf(report: PageReport, browser: Browser, stream: Stream, run: Run): Promise<Sound | undefined> {
  if (stream.audioRate === 0 || report.startedMs === null) return undefined;
  const samples = decodedSamples(report.decodedAudioBytes, stream);
  if (samples !== undefined) return { measured: 'decoded', samples };
  const peaks = report.peaks ?? (await browser.heard?.(run));
  return peaks ? await heardSound(peaks, stream, run) : undefined;
}

function warningsOf({ warnings, droppedFrames }: PageReport, frames: number): string[] {
  const dropped = droppedFrames > frames * MAX_DROPPED_SHARE ? [`${droppedFrames} of ${frames} pictures dropped`] : [];
  return [...countRepeats(warnings), ...dropped];
}

/** A browser that was closed may owe an answer for ever. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

async function watch(page: BrowserPage, stream: Stream, run: Run): Promise<PageReport> {
  await page.clickPlay();
  await untilPlayed(page, stream, run);
  return await finish(page);
}

async function play(row: EngineRow, browser: Browser, stream: Stream, run: Run): Promise<Playback> {
  await using server = await servePage({ ...row, url: stream.url, sound: browser.sound });
  const page = await browser.open(server.origin, run);
  let report: PageReport;
  try {
    report = await Promise.race([watch(page, stream, run), whenAborted(run.signal)]);
  } finally {
    await page.close();
  }
  const frames = report.frames + (browser.countsDroppedApart ? report.droppedFrames : 0);
  const sound = await soundOf(report, browser, stream, run);
  return {
    version: [`${row.title} ${report.version}`.trim(), page.browser].join(' in '),
    ...(report.startedMs !== null && { startedMs: Math.round(report.startedMs) }),
    seconds: report.playedMs / 1000,
    frames,
    ...(browser.uncountedFrames && { allowance: browser.uncountedFrames }),
    ...(sound && { sound }),
    stalls: standstills(report.trace),
    errors: countRepeats(report.errors),
    warnings: warningsOf(report, frames),
  };
}

function rowOf(row: EngineRow, browser: Browser): Player {
  return {
    id: `${row.id}-${browser.id}`,
    title: `${row.title} in ${browser.title}`,
    ...(row.note !== undefined && { note: row.note }),
    missing: () => browser.missing(),
    play: (stream, run) => play(row, browser, stream, run),
  };
}

export const BROWSER_PLAYERS: readonly Player[] = [
  rowOf(HLS_JS, chromium),
  rowOf(HLS_JS, firefox),
  rowOf(HLS_JS, webkit),
  rowOf(NATIVE, chromium),
  rowOf(NATIVE, webkit),
  rowOf(SHAKA, chromium),
  rowOf(VIDEO_JS, chromium),
];
