import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../../../support/chromium.ts';
import { startServer } from '../../../support/server.ts';
import { PICTURE } from '../../ffmpeg-settings.ts';
import { OtherWork } from '../../other-work.ts';
import { sum } from '../analyse/definitions.ts';
import { summarise } from '../analyse/summary.ts';
import type { RunResult, StallResults } from '../report/results.ts';
import { runResult } from '../report/run-result.ts';
import { cutClips, type SentenceClip } from '../script/clips.ts';
import type { Conversation } from '../script/conversation.ts';
import { type Schedule, scheduleOf } from '../script/schedule.ts';
import { recordSpeech } from '../script/speech.ts';
import { goodput } from '../shaper/goodput.ts';
import type { LinkProfile } from '../shaper/profiles.ts';
import { runFirst } from '../shaper/realtime.ts';
import { Site } from '../site/site.ts';
import { play } from './play.ts';
import type { PlayerName } from './players.ts';
import { QUIET_CORES, waitUntilQuiet } from './quiet.ts';

export type BenchmarkOptions = {
  /** What it is called in the report, such as `short form`. */
  readonly form: string;
  readonly conversation: Conversation;
  readonly links: readonly LinkProfile[];
  readonly players: readonly PlayerName[];
  /** One run for each; the same for every player. */
  readonly seeds: readonly number[];
  readonly machine: string;
  /** The viewer does not wait for the encoder, which in the field is on another machine. For a process that does nothing else. */
  readonly viewerFirst: boolean;
  /** Each run waits for a quiet machine, and is repeated when that did not stay so. */
  readonly isPatient: boolean;
  /** Gone after the run. */
  readonly dir: string;
  readonly log: (line: string) => void;
};

const MAX_ATTEMPTS = 3;
const VIEWER_PRIORITY = 2;

/** What every run needs and shares. */
type Theatre = {
  readonly clips: readonly SentenceClip[];
  readonly schedule: Schedule;
  readonly site: Site;
  readonly serverOrigin: string;
};

/** Runs every player over every link, one after the other: two at once would measure the machine. */
export async function runBenchmark(options: BenchmarkOptions): Promise<StallResults> {
  const { conversation, dir, log, links } = options;
  await mkdir(join(dir, 'data'), { recursive: true });
  await using server = await startServer({ dataDir: join(dir, 'data'), env: { LOG_LEVEL: 'warn' } });
  // What is started from here on.
  if (options.viewerFirst) await runFirst(process.pid, VIEWER_PRIORITY);
  log('the server speaks the sentences ...');
  const sentences = conversation.flatMap((turn) => turn.sentences);
  const speech = await recordSpeech(server, sentences, dir);
  const clips = await cutClips(speech, dir);
  const durationsMs = clips.map(({ frames }) => (frames * 1000) / PICTURE.fps);
  const schedule = scheduleOf(conversation, durationsMs);
  log(`${clips.length} sentences, ${(sum(durationsMs) / 1000).toFixed(0)} s of speech`);
  await using site = await Site.open(server.origin);
  await site.files.add('idle.mp4', speech.idleFile);
  const runs = await runAll(options, { clips, schedule, site, serverOrigin: server.origin });
  await using browser = await launchChromium();
  return {
    at: new Date().toISOString(),
    machine: options.machine,
    browser: `Chromium ${browser.version()}`,
    form: options.form,
    script: {
      turns: conversation.length,
      sentences: clips.length,
      speechSeconds: sum(durationsMs) / 1000,
      clipKilobitsPerSecond: (sum(clips.map(({ bytes }) => bytes)) * 8) / sum(durationsMs),
    },
    links: links.map((link) => ({ ...link, oneConnectionMegabits: goodput(link, 1) / 1e6 })),
    cells: links.flatMap(({ name }) =>
      options.players.map((player) => {
        const own = runs.filter((run) => run.link === name && run.player === player);
        return { player, link: name, summary: summarise(own) };
      }),
    ),
    runs,
  };
}

/** Links outside, seeds next, players inside: what changes on the machine in an hour falls on all players alike. */
async function runAll(options: BenchmarkOptions, theatre: Theatre): Promise<RunResult[]> {
  const runs: RunResult[] = [];
  for (const link of options.links)
    for (const seed of options.seeds)
      for (const player of options.players) runs.push(await runOne(options, theatre, { link, seed, player }));
  return runs;
}

type Which = { readonly link: LinkProfile; readonly seed: number; readonly player: PlayerName };

/** One run; patient, of up to three the one beside which the least went on. What came out of it plays no part in that. */
async function runOne(options: BenchmarkOptions, theatre: Theatre, which: Which): Promise<RunResult> {
  let best: RunResult | undefined;
  for (let attempt = 0; attempt < (options.isPatient ? MAX_ATTEMPTS : 1); attempt++) {
    if (options.isPatient) await waitUntilQuiet();
    const result = await runOnce(options, theatre, which);
    if (best === undefined || result.otherCores < best.otherCores) best = result;
    if (result.otherCores < QUIET_CORES) break;
  }
  return best as RunResult;
}

async function runOnce({ log }: BenchmarkOptions, theatre: Theatre, which: Which): Promise<RunResult> {
  const { schedule, clips } = theatre;
  const others = new OtherWork();
  // A browser of its own: no run finds connections or caches of another.
  await using browser = await launchChromium();
  const record = await play({ ...which, ...theatre, browser });
  const otherCores = await others.cores();
  const result = runResult(record, { schedule, clips, otherCores });
  const { stalled, sentences } = summarise([result]);
  const place = `${which.link.title}, ${which.player}, seed ${which.seed}`;
  log(`${place}: ${stalled} of ${sentences} sentences stalled; other work ${otherCores.toFixed(2)} cores`);
  return result;
}
