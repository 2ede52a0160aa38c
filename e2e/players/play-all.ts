import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { knownLimit } from './known-limits.ts';
import type { Playback, Player, Stream } from './player.ts';
import { faultsOf } from './verdict.ts';

/** A browser on a busy machine takes its time to start, and each player a few seconds to buffer. */
const START_LIMIT_SECONDS = 45;

/** One cell of the table. */
export type Outcome = {
  readonly player: string;
  readonly stream: Stream;
  readonly playback: Playback;
  /** What is wrong; nothing: it is clean. */
  readonly faults: readonly string[];
};

export type Row = {
  readonly player: Pick<Player, 'id' | 'title' | 'note'>;
  /** Why it was not run. */
  readonly missing?: string;
  readonly outcomes: readonly Outcome[];
};

export type PlayOptions = {
  readonly seconds: number;
  /** Folder for temporary files; whoever gives it removes it. */
  readonly dir: string;
  readonly signal: AbortSignal;
  /** How much longer a playback may take than what it plays. */
  readonly startLimitSeconds?: number;
  log(line: string): void;
};

/** Plays a stream once, in a bounded time; a player that breaks is a playback with an error. */
async function playOnce(player: Player, stream: Stream, options: PlayOptions): Promise<Playback> {
  const { seconds, dir, signal, startLimitSeconds = START_LIMIT_SECONDS } = options;
  const limitSeconds = startLimitSeconds + (stream.whole?.duration ?? seconds);
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const runDir = await mkdtemp(join(dir, 'run-'));
  // VLC runs as somebody else when we are root.
  await chmod(runDir, 0o755);
  try {
    const run = { seconds, dir: runDir, signal: AbortSignal.any([signal, limit]) };
    const playback = await player.play(stream, run);
    signal.throwIfAborted();
    if (!limit.aborted) return playback;
    return { ...playback, errors: [...playback.errors, `not done in ${Math.round(limitSeconds)} s`] };
  } catch (error) {
    signal.throwIfAborted();
    const why = limit.aborted ? `not done in ${Math.round(limitSeconds)} s` : String(error);
    return { version: player.title, seconds: 0, errors: [why], warnings: [] };
  } finally {
    await rm(runDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function describe({ faults, playback }: Outcome): string {
  const verdict = faults.length === 0 ? 'clean' : faults.join('; ');
  return [verdict, ...playback.warnings.map((warning) => `warning: ${warning}`)].join('; ');
}

async function playRow(player: Player, streams: readonly Stream[], options: PlayOptions): Promise<Row> {
  const missing = player.missing();
  if (missing !== undefined) {
    options.log(`${player.title}: ${missing}`);
    return { player, missing, outcomes: [] };
  }
  const outcomes: Outcome[] = [];
  for (const stream of streams) {
    const playback = await playOnce(player, stream, options);
    const outcome = { player: player.id, stream, playback, faults: faultsOf(playback, stream) };
    options.log(`${player.title}, ${stream.kind}: ${describe(outcome)}`);
    outcomes.push(outcome);
  }
  return { player, outcomes };
}

/** Plays every stream with every player, one after the other, so that none is in another's way. */
export async function playAll(
  players: readonly Player[],
  streams: readonly Stream[],
  options: PlayOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const player of players) {
    options.signal.throwIfAborted();
    rows.push(await playRow(player, streams, options));
  }
  return rows;
}

/** Cells that are not clean and have no reason that is known: these are ours to find. */
export function unexplained(rows: readonly Row[]): Outcome[] {
  return rows
    .flatMap(({ outcomes }) => outcomes)
    .filter(({ player, stream, faults }) => faults.length > 0 && knownLimit(player, stream.kind) === undefined);
}
