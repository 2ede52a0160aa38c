import { PICTURE } from '../../ffmpeg-settings.ts';
import type { RunRecord } from '../run/play.ts';
import type { SentenceClip } from '../script/clips.ts';
import type { Schedule, ScheduledSentence } from '../script/schedule.ts';
import { alignSound, type SoundRun } from './align-sound.ts';
import { quantile, STALL_MS } from './definitions.ts';
import { type SeenSentence, type Stand, seenSentence } from './pictures.ts';
import { shownFrames } from './screen.ts';
import { type HeardSentence, heardSentence } from './voices.ts';

const FRAME_MS = 1000 / PICTURE.fps;

/** One sentence of one run; times in ms from the start of the conversation. */
export type SentenceFigures = {
  readonly clip: number;
  readonly turn: number;
  readonly kind: ScheduledSentence['kind'];
  readonly text: string;
  readonly durationMs: number;
  readonly releaseMs: number;
  /** Interrupted or dropped: it is in no total. */
  readonly isCut: boolean;
  readonly firstFrameMs: number | null;
  readonly lastFrameMs: number | null;
  /** From release to the first picture on screen. */
  readonly latencyMs: number | null;
  readonly framesSkipped: number;
  readonly framesRepeated: number;
  readonly samplesMissing: number;
  readonly samplesRepeated: number;
  /** Each time it stood still for more than 100 ms after it had begun. */
  readonly stalls: readonly Stand[];
  /** How much later it began than it could have; 0 for the first of a turn. */
  readonly lateMs: number;
};

/** The join of two sentences where the second was ready in time. */
export type JoinFigures = {
  /** Of the second. */
  readonly clip: number;
  /** Without the next picture, beyond one frame; below 0 when it came early. */
  readonly pictureGapMs: number | null;
  /** Samples of silence put in between; below 0: of both sounding at once. */
  readonly soundGapSamples: number | null;
  /** Samples around the join that were never heard. */
  readonly samplesMissing: number;
};

export type Analysed = {
  readonly sentences: readonly SentenceFigures[];
  readonly joins: readonly JoinFigures[];
  /** From each interruption to the last sound of what was being said; none where nothing was. */
  readonly interruptionsMs: readonly number[];
  /** From the navigation to the first picture. */
  readonly firstPictureMs: number;
};

type Observed = {
  readonly planned: ScheduledSentence;
  readonly clip: SentenceClip;
  readonly releaseMs: number;
  readonly seen: SeenSentence;
  readonly heard: HeardSentence;
  readonly isCut: boolean;
};

/** The recording's samples on the wall clock. */
class SoundClock {
  readonly runs: readonly SoundRun[];
  readonly rate: number;
  readonly #startMs: number;

  constructor(record: RunRecord, clips: readonly SentenceClip[]) {
    const { sound } = record.probe;
    this.rate = sound?.rate ?? 48_000;
    this.#startMs = sound?.startMs ?? 0;
    const bytes = Buffer.from(sound?.base64 ?? '', 'base64');
    this.runs = alignSound(new Int16Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 1), clips);
  }

  /** Of a time in the recording, in ms. */
  wallMs(recordingMs: number): number {
    return this.#startMs + recordingMs;
  }

  wallMsOf(sample: number): number {
    return this.wallMs((sample / this.rate) * 1000);
  }
}

/** Compares what was seen and heard with what was released, sentence by sentence. */
export function analyseRun(record: RunRecord, schedule: Schedule, clips: readonly SentenceClip[]): Analysed {
  const screen = shownFrames(record.probe);
  const sound = new SoundClock(record, clips);
  const observed = schedule.sentences.map((planned): Observed => {
    const clip = clips[planned.clip - 1] as SentenceClip;
    const seen = seenSentence(planned.clip, clip.frames, screen, FRAME_MS);
    const heard = heardSentence(planned.clip, clip.pcm.length, sound.runs, sound.rate);
    const releaseMs = record.releasedMs.get(planned.clip) ?? Number.NaN;
    return { planned, clip, releaseMs, seen, heard, isCut: planned.isCut || isCutOff(planned, seen, record, schedule) };
  });
  const latencies = observed.map(({ seen, releaseMs }) => (seen.firstMs ?? Number.NaN) - releaseMs);
  const usualMs = usualLatency(observed, latencies);
  return {
    sentences: observed.map((one, index) =>
      sentenceFigures(one, { previous: observed[index - 1], latencies, observed, usualMs, record, sound }),
    ),
    joins: observed.flatMap((one, index) => joinFigures(one, observed[index - 1]) ?? []),
    interruptionsMs: schedule.interrupts.flatMap(({ turn }, index) => {
      const heardTo = observed.filter(({ planned }) => planned.turn === turn).map(({ heard }) => heard.heardTo ?? 0);
      const ms = sound.wallMsOf(Math.max(...heardTo)) - (record.interruptedMs[index] ?? Number.NaN);
      return ms > 0 ? [ms] : [];
    }),
    firstPictureMs: (screen[0]?.atMs ?? Number.NaN) - record.probe.navigationMs,
  };
}

/** A player that lags is interrupted in an earlier sentence than the schedule says. */
function isCutOff({ turn }: ScheduledSentence, seen: SeenSentence, record: RunRecord, schedule: Schedule): boolean {
  const cut = schedule.interrupts.findIndex((interrupt) => interrupt.turn === turn);
  const cutMs = record.interruptedMs[cut];
  return cutMs !== undefined && (seen.lastMs === undefined || (seen.skipped > 0 && seen.lastMs > cutMs));
}

/** What the first sentences of turns take, nine of ten of them: nothing is said before them, so only the player's own way is in it. */
function usualLatency(observed: readonly Observed[], latencies: readonly number[]): number {
  const first = latencies.filter((ms, index) => observed[index]?.planned.kind === 'first' && Number.isFinite(ms));
  return quantile(first, 0.9);
}

type Context = {
  readonly previous: Observed | undefined;
  readonly observed: readonly Observed[];
  readonly latencies: readonly number[];
  readonly usualMs: number;
  readonly record: RunRecord;
  readonly sound: SoundClock;
};

function sentenceFigures(one: Observed, context: Context): SentenceFigures {
  const { planned, clip, releaseMs, seen, heard, isCut } = one;
  const { startMs } = context.record;
  const since = (ms: number | undefined): number | null => (ms === undefined ? null : ms - startMs);
  const latencyMs = seen.firstMs === undefined ? null : seen.firstMs - releaseMs;
  return {
    ...{ clip: planned.clip, turn: planned.turn, kind: planned.kind, text: clip.text, durationMs: planned.durationMs },
    ...{ releaseMs: releaseMs - startMs, isCut, latencyMs },
    ...{ firstFrameMs: since(seen.firstMs), lastFrameMs: since(seen.lastMs) },
    ...{ framesSkipped: seen.skipped, framesRepeated: seen.repeated },
    ...{ samplesMissing: heard.missing, samplesRepeated: heard.repeated },
    stalls: stallsOf(one, context).map(({ atMs, ms }) => ({ atMs: atMs - startMs, ms })),
    lateMs: lateMs(one, context),
  };
}

/** Standing pictures and silent holes of the same stall are one: the longer of the two counts. */
function stallsOf({ seen, heard }: Observed, { sound }: Context): Stand[] {
  const holes = heard.holes.map(({ atMs, ms }) => ({ atMs: sound.wallMs(atMs), ms }));
  const long = [...seen.stands, ...holes].filter(({ ms }) => ms > STALL_MS).sort((a, b) => a.atMs - b.atMs);
  const stalls: Stand[] = [];
  for (const stand of long) {
    const last = stalls.at(-1);
    if (last === undefined || stand.atMs > last.atMs + last.ms) stalls.push(stand);
    else if (stand.ms > last.ms) stalls[stalls.length - 1] = stand;
  }
  return stalls;
}

/**
 * How much later a sentence began than it could have: after the one ahead of it, and not before its release plus the player's own
 * latency. That is what nine of ten of its first sentences keep, or, where it has fallen further behind, what its turn began with.
 */
function lateMs({ planned, seen, releaseMs, isCut }: Observed, context: Context): number {
  const { previous, observed, latencies, usualMs } = context;
  if (planned.kind === 'first' || isCut || seen.firstMs === undefined || previous?.seen.lastMs === undefined) return 0;
  const opening = latencies[observed.findIndex((other) => other.planned.turn === planned.turn)] ?? Number.NaN;
  const ownLatencyMs = Math.max(usualMs, Number.isFinite(opening) ? opening : 0);
  const possibleMs = Math.max(previous.seen.lastMs + FRAME_MS, releaseMs + ownLatencyMs);
  return Math.max(0, seen.firstMs - possibleMs);
}

function joinFigures(one: Observed, previous: Observed | undefined): JoinFigures | undefined {
  if (one.planned.kind !== 'ready' || previous === undefined || one.isCut || previous.isCut) return undefined;
  const [shownMs, lastMs] = [one.seen.firstMs, previous.seen.lastMs];
  const [startAt, endAt] = [one.heard.startAt, previous.heard.endAt];
  return {
    clip: one.planned.clip,
    pictureGapMs: shownMs === undefined || lastMs === undefined ? null : shownMs - lastMs - FRAME_MS,
    soundGapSamples: startAt === undefined || endAt === undefined ? null : startAt - endAt,
    samplesMissing: previous.heard.missingAtEnd + one.heard.missingAtStart,
  };
}
