import type { EndedEncode } from '../encode/types.ts';
import type { ErrorCode } from '../errors.ts';
import type { CmcdText } from '../quality/cmcd-text.ts';
import { Quality, type Taken } from '../quality/quality.ts';
import type { Clock } from '../session/clock.ts';
import type { SessionEvent, SessionObserver } from '../session/types.ts';
import { Encodes } from './encodes.ts';
import { History, type Sample } from './history.ts';
import { HttpTally, type Plane } from './http-tally.ts';
import { LoopDelay } from './loop-delay.ts';
import { Metrics, type MetricsText } from './metrics.ts';
import { RecentValues } from './recent-values.ts';
import { isQuiet, type Marks, takeMarks, takeSample } from './sample.ts';
import { SAMPLE_EVERY_MS, Sampler } from './sampler.ts';
import { SessionFigures } from './session-figures.ts';
import { type SessionView, sessionView } from './session-view.ts';
import type { Recovered, Sources } from './sources.ts';
import { makeStats, RECENT_MS, type Stats } from './stats.ts';

/** Values that spreads are made of. */
const KEPT = 2_048;
/** Requests that are decoded at once, at 25 µs each, before others get their turn. */
const DECODED_AT_ONCE = 50;
/** Whoever looks again within this time sees what was decoded then. */
const DECODED_FOR_MS = 2_000;

export type MonitorOptions = Pick<Sources, 'sessions' | 'encoder' | 'storage' | 'http'> & {
  readonly clock: Pick<Clock, 'now' | 'at' | 'cancel'>;
};

/** Keeps the figures of the whole server: told by sessions, encoder and HTTP what happens, asked by whoever looks. */
export class Monitor implements SessionObserver {
  readonly #options: MonitorOptions;
  readonly #sources: Sources;
  readonly #metrics: Metrics;
  readonly #history = new History(RECENT_MS / SAMPLE_EVERY_MS);
  readonly #loopDelay = new LoopDelay();
  readonly #sampler: Sampler;
  readonly #startedMs: number;
  #marks: Marks;
  #decodedMs = Number.NEGATIVE_INFINITY;

  constructor(options: MonitorOptions) {
    this.#options = options;
    const { clock, sessions, encoder, storage, http } = options;
    const now = (): number => clock.now();
    this.#startedMs = now();
    const startup = new RecentValues(KEPT);
    this.#sources = {
      ...{ sessions, encoder, storage, http, startup },
      quality: new Quality({
        started: (delay) => {
          startup.add(delay, now());
          this.#metrics.histograms.startupSeconds.observe(delay);
        },
        behindLive: (latency) => this.#metrics.histograms.latencySeconds.observe(latency),
      }),
      figures: new SessionFigures((stage, seconds) =>
        this.#metrics.histograms.stageSeconds.observe({ stage }, seconds),
      ),
      encodes: new Encodes(),
      tally: new HttpTally(),
      recovered: { reopened: 0, broken: 0 },
      publishLag: new RecentValues(KEPT),
    };
    this.#metrics = new Metrics({
      sources: this.#sources,
      now,
      loopDelay: () => this.#history.last?.loopDelay ?? undefined,
    });
    this.#marks = takeMarks(this.#sources, this.#startedMs);
    this.#sampler = new Sampler({
      clock,
      sample: (nowMs) => this.#sample(nowMs),
      onWake: () => this.#loopDelay.start(),
      onSleep: () => this.#loopDelay.stop(),
    });
  }

  event(sessionId: string, event: SessionEvent): void {
    this.#sources.figures.event(sessionId, event, this.#now());
    this.#sampler.wake();
  }

  partPublished(lagMs: number): void {
    const lag = Math.max(0, Math.round(lagMs)) / 1000;
    this.#sources.publishLag.add(lag, this.#now());
    this.#metrics.histograms.publishLagSeconds.observe(lag);
  }

  deleted(sessionId: string): void {
    this.#sources.quality.forget(sessionId);
    this.#sources.figures.forget(sessionId);
  }

  encoded(encode: EndedEncode): void {
    const speed = this.#sources.encodes.ended(encode, this.#now());
    if (speed !== undefined) this.#metrics.histograms.encodeSpeed.observe(speed);
  }

  /**
   * A player asked for something of a session.
   *
   * @param isMedia - For media, not for a playlist.
   * @returns its `sid`, if it sent one.
   */
  requested(sessionId: string, cmcd: CmcdText | undefined, isMedia: boolean, nowMs: number): string | undefined {
    this.#sampler.wake();
    return cmcd && this.#sources.quality.requested(sessionId, cmcd, isMedia, nowMs);
  }

  /** A player reported in event mode. */
  reported(sessionId: string, body: string, nowMs: number): Taken {
    this.#sampler.wake();
    return this.#sources.quality.reported(sessionId, body, nowMs);
  }

  /** Sessions of an earlier server were opened again. */
  recovered({ reopened, broken }: Recovered): void {
    Object.assign(this.#sources.recovered, { reopened, broken });
  }

  answered(plane: Plane, status: number, code?: ErrorCode): void {
    this.#sources.tally.answered(plane, status, code);
  }

  /**
   * How it is now, and how it was in the last 15 minutes.
   *
   * @param afterMs - Only samples that are newer are told.
   */
  async stats(afterMs: number): Promise<Stats> {
    this.#sampler.look();
    await this.#decodeAll();
    const nowMs = this.#now();
    const samples = this.#history.after(nowMs - RECENT_MS);
    return makeStats(this.#sources, nowMs, { startedMs: this.#startedMs, samples, afterMs });
  }

  /** The figures of one session and its viewers. */
  session(id: string): SessionView {
    this.#sampler.wake();
    return sessionView(this.#sources, id, this.#now());
  }

  async metrics(isOpenMetrics: boolean): Promise<MetricsText> {
    this.#sampler.wake();
    await this.#decodeAll();
    return await this.#metrics.text(isOpenMetrics);
  }

  /** Takes no more samples. Idempotent. */
  close(): void {
    this.#sampler.close();
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #sample(nowMs: number): boolean {
    this.#sources.quality.sweep(nowMs);
    const marks = takeMarks(this.#sources, nowMs);
    const delayMs = this.#loopDelay.read();
    const sample: Sample = takeSample(
      this.#sources,
      this.#marks,
      marks,
      delayMs === undefined ? undefined : delayMs / 1000,
    );
    this.#marks = marks;
    this.#history.add(sample);
    return isQuiet(sample);
  }

  /** Decodes what viewers' last requests said, a few at a time: there may be thousands, and media has to be served meanwhile. */
  async #decodeAll(): Promise<void> {
    if (this.#now() - this.#decodedMs < DECODED_FOR_MS) return;
    this.#decodedMs = this.#now();
    let decoded = 0;
    for (const viewer of [...this.#sources.quality.viewers()]) {
      if (!viewer.isUndecoded) continue;
      viewer.decode();
      decoded += 1;
      if (decoded % DECODED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
