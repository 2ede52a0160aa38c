import { Budget } from './budget.ts';
import type { CmcdText } from './cmcd-text.ts';
import { type Ledger, noCounts } from './counts.ts';
import type { Report } from './report.ts';
import { type QualitySink, Viewer } from './viewer.ts';

/** Viewers that one session keeps figures of; of more, nothing is kept but that they watch. */
const MAX_VIEWERS = 5_000;
/** A viewer that was silent for so long is forgotten; until then one that comes back goes on where it was. */
const FORGET_AFTER_MS = 600_000;
/** Between two looks for viewers to forget, when there is no room for a new one. */
const SWEEP_EVERY_MS = 1_000;
/** Reports are decoded on the thread that serves media: 600 lines take about 20 ms of it. Counts are absolute, so none is missed. */
const REPORTS = { perSecond: 600, burst: 3_000 };

/** Bounds the viewers of all sessions together. */
export type Room = { left: number };

/** The figures of one session, and of its viewers. */
export class SessionQuality {
  readonly counts = noCounts();
  readonly #viewers = new Map<string, Viewer>();
  readonly #budget = new Budget(REPORTS);
  readonly #totals: Ledger;
  readonly #sink: QualitySink;
  readonly #room: Room;
  #sweptMs = Number.NEGATIVE_INFINITY;
  #troubledMs: number | undefined;

  constructor(totals: Ledger, room: Room, sink: QualitySink) {
    this.#totals = totals;
    this.#room = room;
    this.#sink = sink;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** When one of its viewers last stalled or reported an error, in ms since the epoch. */
  get troubledMs(): number | undefined {
    return this.#troubledMs;
  }

  /** All that are remembered. */
  viewers(): Iterable<Viewer> {
    return this.#viewers.values();
  }

  /** @returns the `sid`, as the same string each time: looking that up elsewhere costs less. */
  requested(sid: string, cmcd: CmcdText, isMedia: boolean, nowMs: number): string {
    const troubles = this.#troubles;
    const viewer = this.#viewers.get(sid) ?? this.#welcome(sid, nowMs);
    viewer?.requested(cmcd, isMedia, nowMs);
    if (this.#troubles > troubles) this.#troubledMs = nowMs;
    return viewer?.sid ?? sid;
  }

  /** Takes a report, which names its viewer. */
  reported(sid: string, report: Report, nowMs: number): void {
    const troubles = this.#troubles;
    const viewer = this.#viewers.get(sid) ?? this.#welcome(sid, nowMs);
    viewer?.reported(report, nowMs);
    if (this.#troubles > troubles) this.#troubledMs = nowMs;
  }

  /** False when so many reports came that this one is not to be looked at. */
  admits(nowMs: number): boolean {
    return this.#budget.take(nowMs);
  }

  /** Forgets those who are long gone; what they counted stays. */
  sweep(nowMs: number, silentMs = FORGET_AFTER_MS): void {
    this.#sweptMs = nowMs;
    for (const [sid, viewer] of this.#viewers) {
      if (nowMs - viewer.lastMs < silentMs || viewer.isPresent(nowMs)) continue;
      viewer.decode();
      this.#viewers.delete(sid);
      this.#room.left += 1;
    }
  }

  /** The session is gone. */
  clear(): void {
    for (const viewer of this.#viewers.values()) viewer.decode();
    this.#room.left += this.#viewers.size;
    this.#viewers.clear();
  }

  get #troubles(): number {
    return this.counts.stalls + this.counts.errors;
  }

  #welcome(sid: string, nowMs: number): Viewer | undefined {
    const isFull = (): boolean => this.#viewers.size >= MAX_VIEWERS || this.#room.left <= 0;
    // Those who left make room at once, not only when they would be forgotten.
    if (isFull() && nowMs - this.#sweptMs >= SWEEP_EVERY_MS) this.sweep(nowMs, 0);
    if (isFull()) return undefined;
    const viewer = new Viewer(sid, nowMs, [this.counts, ...this.#totals], this.#sink);
    this.#viewers.set(sid, viewer);
    this.#room.left -= 1;
    return viewer;
  }
}
