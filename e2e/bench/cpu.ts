import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deleteSession, openSession } from '../support/api.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { familyCpu, processCpu } from './cpu-seconds.ts';
import { EventFeed } from './event-feed.ts';
import { bareEncode, ffmpegPath } from './ffmpeg-settings.ts';
import type { Figure, PartReport } from './figures.ts';
import type { BenchContext } from './part.ts';
import { CLIP_SECONDS } from './talking-clip.ts';
import { pushTimed } from './timed-http.ts';

const run = promisify(execFile);
const ROUNDS = { full: 5, quick: 3 };
const CLIPS = 8;
/** From a chunk's first segment to the next push: its encode is over by then. */
const BETWEEN_CHUNKS_MS = 500;
/** The word on its command line that tells the process that encodes all sound. */
const SOUND_WORD = 'adts';

/** CPU seconds per media second. */
type Round = {
  readonly total: number;
  readonly server: number;
  readonly sound: number;
  readonly chunks: number;
  readonly bare: number;
};

/** Pushes one clip into each of several live sessions, one after the other, and waits until all are played out. */
async function throughServer(server: RunningServer, media: Buffer): Promise<Omit<Round, 'bare'>> {
  const before = await familyCpu(server.pid, SOUND_WORD);
  const ids: string[] = [];
  for (let clip = 0; clip < CLIPS; clip++) {
    const { id, eventsUrl } = await openSession(server.origin);
    await using events = new EventFeed(eventsUrl);
    const pushed = await pushTimed(server.origin, id, media);
    await events.ofChunk('chunk.published', pushed.id);
    await sleep(BETWEEN_CHUNKS_MS);
    ids.push(id);
  }
  await sleep((CLIP_SECONDS + 0.5) * 1000);
  const after = await familyCpu(server.pid, SOUND_WORD);
  for (const id of ids) await deleteSession(server.origin, id);
  const perSecond = (seconds: number): number => seconds / (CLIPS * CLIP_SECONDS);
  return {
    total: perSecond(after.total - before.total),
    server: perSecond(after.own - before.own),
    sound: perSecond(after.named - before.named),
    chunks: perSecond(after.others - before.others),
  };
}

/** CPU seconds of running one command so many times, as the kernel counts ended children. */
async function commandCpu(args: readonly string[], times: number): Promise<number> {
  const before = await processCpu(process.pid);
  for (let i = 0; i < times; i++) await run(ffmpegPath(), args);
  const after = await processCpu(process.pid);
  return (after?.waited ?? Number.NaN) - (before?.waited ?? Number.NaN);
}

/** CPU seconds per media second of encoding through the server, beside a bare ffmpeg with the same settings. */
export async function cpu({ dir, dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  const media = await readFile(clip);
  const bareArgs = bareEncode(clip, [
    ...['-f', 'mp4', '-movflags', 'frag_every_frame+empty_moov+default_base_moof', join(dir, 'bare.mp4')],
  ]);
  // Once for caches and compiled code, not counted.
  await throughServer(server, media);
  const rounds: Round[] = [];
  const starts: number[] = [];
  const count = quick ? ROUNDS.quick : ROUNDS.full;
  while (rounds.length < count) {
    const ours = await throughServer(server, media);
    const bare = (await commandCpu(bareArgs, CLIPS)) / (CLIPS * CLIP_SECONDS);
    starts.push((await commandCpu(['-hide_banner', '-version'], CLIPS)) / (CLIPS * CLIP_SECONDS));
    rounds.push({ ...ours, bare });
    log(`${rounds.length}/${count}: server ${ours.total.toFixed(4)}, bare ffmpeg ${bare.toFixed(4)} CPU s per media s`);
  }
  const figure = (name: string, title: string, samples: readonly number[]): Figure => {
    return { id: `cpu.${name}`, title, unit: 's/s', samples, digits: 4 };
  };
  const of = (key: keyof Round): number[] => rounds.map((round) => round[key]);
  const ratio = rounds.map((round) => round.total / round.bare);
  const ratioWithoutStart = rounds.map((round, i) => round.total / (round.bare - (starts[i] ?? 0)));
  return {
    figures: [
      { id: 'cpu.ratio', title: 'server / bare ffmpeg', unit: 'x', samples: ratio, digits: 2 },
      {
        id: 'cpu.ratio-no-start',
        title: 'the same, bare without its process start',
        unit: 'x',
        samples: ratioWithoutStart,
        digits: 2,
      },
      figure('total', 'server and all its children', of('total')),
      figure('server', '  of it: the Node process', of('server')),
      figure('sound', '  of it: the AAC process', of('sound')),
      figure('chunks', '  of it: one ffmpeg per chunk (decode, scale, x264)', of('chunks')),
      figure('bare', 'bare ffmpeg, one run per clip', of('bare')),
      figure('start', '  of it: process start (ffmpeg -version)', starts),
    ],
    notes: [
      `CPU seconds per media second; ${CLIPS} clips of ${CLIP_SECONDS} s per round, upload included, rounds of both sides in turn`,
      'live sessions as they are by default, from the upload to the last part published; the bare run only encodes',
    ],
  };
}
