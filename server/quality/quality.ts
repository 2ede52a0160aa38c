import { type CmcdText, MAX_TEXT_LENGTH, sidOf } from './cmcd-text.ts';
import { noCounts } from './counts.ts';
import { type Report, readReport } from './report.ts';
import { type Room, SessionQuality } from './session-quality.ts';
import type { QualitySink, Viewer } from './viewer.ts';

/** Viewers of all sessions that figures are kept of, at 1 kB each and the text of its last request. */
const MAX_VIEWERS = 20_000;
/** Reports of one request. */
const MAX_LINES = 32;

/** Reports that waited longer than this count as if they had not. */
const MAX_AGE_MS = 60_000;

/** What became of the reports in one body. */
export type Taken = {
  /** Reports that were taken in. */
  readonly taken: number;
  /** Too many came for now: the rest was not looked at. */
  readonly isThrottled: boolean;
};

/** What viewers see and hear, as their players tell it: of each, of each session, of all. Time is passed in, in ms since the epoch. */
export class Quality {
  readonly totals = noCounts();
  readonly #sessions = new Map<string, SessionQuality>();
  readonly #room: Room = { left: MAX_VIEWERS };
  readonly #sink: QualitySink;

  constructor(sink: QualitySink) {
    this.#sink = sink;
  }

  /**
   * Notes a request that carried CMCD; decodes nothing, unless the player says that it stalled.
   *
   * @param isMedia - It asked for media, not for a playlist.
   * @returns the `sid`, if there is one.
   */
  requested(sessionId: string, cmcd: CmcdText, isMedia: boolean, nowMs: number): string | undefined {
    if (cmcd.text.length > MAX_TEXT_LENGTH) return undefined;
    const sid = sidOf(cmcd);
    return sid === undefined ? undefined : this.#open(sessionId).requested(sid, cmcd, isMedia, nowMs);
  }

  /**
   * Takes in a body of event mode (CTA-5004-B): one report per line, each of which names its viewer. What can't be read is passed over.
   */
  reported(sessionId: string, body: string, nowMs: number): Taken {
    const session = this.#open(sessionId);
    const reports: Report[] = [];
    let isThrottled = false;
    for (const line of body.split('\n', MAX_LINES)) {
      const text = line.trim();
      if (text === '') continue;
      isThrottled ||= !session.admits(nowMs);
      const report = isThrottled ? undefined : readReport({ text, isEncoded: false });
      if (report?.sid !== undefined) reports.push(report);
    }
    const lastMs = Math.max(...reports.map(({ playerMs }) => playerMs ?? 0));
    for (const report of reports) {
      // Reports that were sent together are as far apart as the player's clock says.
      const ageMs = report.playerMs === undefined ? 0 : lastMs - report.playerMs;
      session.reported(report.sid ?? '', report, nowMs - Math.min(ageMs, MAX_AGE_MS));
    }
    return { taken: reports.length, isThrottled };
  }

  /** `undefined` while none of its viewers said anything. */
  session(id: string): SessionQuality | undefined {
    return this.#sessions.get(id);
  }

  sessions(): Iterable<readonly [id: string, quality: SessionQuality]> {
    return this.#sessions;
  }

  /** All viewers that are remembered. */
  *viewers(): Iterable<Viewer> {
    for (const session of this.#sessions.values()) yield* session.viewers();
  }

  /** Forgets viewers that are long gone. */
  sweep(nowMs: number): void {
    for (const session of this.#sessions.values()) session.sweep(nowMs);
  }

  /** The session was deleted; what it counted stays in the totals. */
  forget(sessionId: string): void {
    this.#sessions.get(sessionId)?.clear();
    this.#sessions.delete(sessionId);
  }

  #open(sessionId: string): SessionQuality {
    const known = this.#sessions.get(sessionId);
    if (known) return known;
    const opened = new SessionQuality([this.totals], this.#room, this.#sink);
    this.#sessions.set(sessionId, opened);
    return opened;
  }
}
