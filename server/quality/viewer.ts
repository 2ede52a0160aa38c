import { type CmcdText, mayBeStarved, mayHaveStartDelay } from './cmcd-text.ts';
import { type Counts, credit, type Ledger, noCounts } from './counts.ts';
import { type PlayerState, type Report, readReport } from './report.ts';
import { ReportedCounter } from './reported-counter.ts';

/** A player that reports does so every 10 s, or every 30 s by CMCD's default; one that asks for media does so all the time. */
const SILENT_AFTER_MS = { reports: 45_000, requests: 12_000 };
/** Longest time between two requests for media that counts as watched. */
const REQUEST_GAP_MS = 10_000;
/** What a player may report for the time since we know it: a stall each second, all of it rebuffering, two frames in three dropped. */
const MOST = { stallsPerSecond: 1, slackMs: 5_000, framesPerSecond: 120, slackFrames: 240 };
/** Flags of one starvation come at least so far apart, and so do errors that count. */
const STALL_GAP_MS = 1_000;
const ERROR_GAP_MS = 1_000;
/** One viewer's latency counts so often: who reports all the time is no more than one of many. */
const LATENCY_GAP_MS = 5_000;
const OVER: ReadonlySet<PlayerState | undefined> = new Set<PlayerState>(['ended', 'failed', 'quit']);

/** Told of what is measured once, for distributions. Seconds. */
export type QualitySink = {
  started(delay: number): void;
  behindLive(latency: number): void;
};

/**
 * One playback, told from others by its `sid`.
 *
 * Watch time, where the player reports (event mode): from each report to the next, as long as the state in between was `playing` or
 * `rebuffering`; at most 45 s, since what follows a longer silence is not known. Where it only sends its requests: from each request for
 * media to the next, at most 10 s; how long it stalled is not known then, so that this time is not `timed`.
 */
export class Viewer {
  readonly sid: string;
  readonly firstMs: number;
  readonly counts: Counts = noCounts();
  readonly #ledger: Ledger;
  readonly #sink: QualitySink;
  readonly #stalls = new ReportedCounter();
  readonly #rebufferMs = new ReportedCounter();
  readonly #droppedFrames = new ReportedCounter();
  /** Stalls and rebuffering as seen from here, until the player tells its own counts. */
  #seenStalls = 0;
  #seenRebufferMs = 0;
  #lastFlagMs = Number.NEGATIVE_INFINITY;
  #lastErrorMs = Number.NEGATIVE_INFINITY;
  #lastLatencyMs = Number.NEGATIVE_INFINITY;
  #lastMs: number;
  #lastReportMs: number | undefined;
  /** Watch time is accounted for up to here. */
  #accountedMs: number | undefined;
  /** The last request's, until somebody wants to know. */
  #undecoded: CmcdText | undefined;
  #latest: Report | undefined;

  /** @param ledger - What counts along: the session's, and that of all. */
  constructor(sid: string, nowMs: number, ledger: Ledger, sink: QualitySink) {
    this.sid = sid;
    this.firstMs = nowMs;
    this.#lastMs = nowMs;
    this.#ledger = [this.counts, ...ledger];
    this.#sink = sink;
    credit(this.#ledger, 'playbacks', 1);
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /** True when it sends reports; else its requests are all there is. */
  reports(nowMs: number): boolean {
    return this.#lastReportMs !== undefined && nowMs - this.#lastReportMs < SILENT_AFTER_MS.reports;
  }

  /** True until it ends, or falls silent. */
  isPresent(nowMs: number): boolean {
    return this.reports(nowMs) ? !OVER.has(this.#latest?.state) : nowMs - this.#lastMs < SILENT_AFTER_MS.requests;
  }

  /** What it said last, of each thing. Decodes what was only kept. */
  latest(): Report | undefined {
    this.decode();
    return this.#latest;
  }

  /** What was decoded so far. */
  get known(): Report | undefined {
    return this.#latest;
  }

  get isUndecoded(): boolean {
    return this.#undecoded !== undefined;
  }

  /** It asked for something: on the path of every request. */
  requested(cmcd: CmcdText, isMedia: boolean, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#undecoded = cmcd;
    if (this.#isTelling(cmcd, nowMs)) this.decode();
    if (!isMedia || this.reports(nowMs)) return;
    const gapMs = nowMs - (this.#accountedMs ?? nowMs);
    this.#accountedMs = nowMs;
    if (gapMs <= REQUEST_GAP_MS) credit(this.#ledger, 'watchMs', gapMs);
  }

  /** It reported in event mode, at `atMs`; what is told late counts as told after what was told before. */
  reported(report: Report, atMs: number): void {
    this.decode();
    const nowMs = Math.max(atMs, this.#accountedMs ?? atMs, this.#lastReportMs ?? atMs);
    this.#accountUntil(nowMs);
    this.#lastMs = Math.max(nowMs, this.#lastMs);
    this.#lastReportMs = nowMs;
    if (report.state === 'rebuffering' && this.#latest?.state !== 'rebuffering') this.#sawStall();
    this.#take(report, nowMs);
    this.#observe(report, nowMs);
  }

  /** Takes in what the last request said. */
  decode(): void {
    const report = this.#undecoded && readReport(this.#undecoded);
    this.#undecoded = undefined;
    if (!report) return;
    if (report.isStarved && this.#lastMs - this.#lastFlagMs >= STALL_GAP_MS) {
      this.#lastFlagMs = this.#lastMs;
      this.#sawStall();
    }
    this.#take(report, this.#lastMs);
  }

  #observe({ latencyMs, event }: Report, nowMs: number): void {
    if (latencyMs !== undefined && nowMs - this.#lastLatencyMs >= LATENCY_GAP_MS) {
      this.#lastLatencyMs = nowMs;
      this.#sink.behindLive(latencyMs / 1000);
    }
    if (event === 'e' && nowMs - this.#lastErrorMs >= ERROR_GAP_MS) {
      this.#lastErrorMs = nowMs;
      credit(this.#ledger, 'errors', 1);
    }
  }

  /** What can't wait until somebody looks, because the next request does not repeat it. */
  #isTelling(cmcd: CmcdText, nowMs: number): boolean {
    if (nowMs - this.#lastFlagMs >= STALL_GAP_MS && mayBeStarved(cmcd)) return true;
    return this.counts.starts === 0 && mayHaveStartDelay(cmcd);
  }

  #accountUntil(nowMs: number): void {
    const state = this.#lastReportMs === undefined ? undefined : this.#latest?.state;
    const gapMs = nowMs - (this.#accountedMs ?? nowMs);
    this.#accountedMs = nowMs;
    if ((state !== 'playing' && state !== 'rebuffering') || gapMs > SILENT_AFTER_MS.reports) return;
    credit(this.#ledger, 'watchMs', gapMs);
    credit(this.#ledger, 'timedWatchMs', gapMs);
    if (state === 'rebuffering' && this.#rebufferMs.counted === undefined) this.#seenRebufferMs += gapMs;
  }

  #sawStall(): void {
    if (this.#stalls.counted === undefined) this.#seenStalls += 1;
  }

  #take(report: Report, nowMs: number): void {
    const { startDelayMs, stalls, rebufferMs, droppedFrames } = report;
    const knownMs = nowMs - this.firstMs;
    if (stalls !== undefined) this.#stalls.tell(stalls, 1 + (knownMs * MOST.stallsPerSecond) / 1000);
    if (rebufferMs !== undefined) this.#rebufferMs.tell(rebufferMs, knownMs + MOST.slackMs);
    if (droppedFrames !== undefined)
      this.#droppedFrames.tell(droppedFrames, MOST.slackFrames + (knownMs * MOST.framesPerSecond) / 1000);
    this.#raise('stalls', Math.max(this.#seenStalls, this.#stalls.counted ?? 0));
    this.#raise('rebufferMs', Math.max(this.#seenRebufferMs, this.#rebufferMs.counted ?? 0));
    this.#raise('droppedFrames', this.#droppedFrames.counted ?? 0);
    if (startDelayMs !== undefined && this.counts.starts === 0) {
      credit(this.#ledger, 'starts', 1);
      credit(this.#ledger, 'startDelayMs', startDelayMs);
      this.#sink.started(startDelayMs / 1000);
    }
    const errors = report.errors.length > 0 ? report.errors : (this.#latest?.errors ?? []);
    this.#latest = { ...this.#latest, ...report, errors };
  }

  #raise(field: 'stalls' | 'rebufferMs' | 'droppedFrames', to: number): void {
    const more = to - this.counts[field];
    if (more > 0) credit(this.#ledger, field, more);
  }
}
