import { gridFor } from '../../timeline/cut.ts';
import type { ReopenRecord } from './records.ts';
import type { SavedSession } from './saved-session.ts';

/** Events that may have been told in a second at most: a model's words come twenty times a second, to several turns. */
const EVENTS_PER_SECOND = 200;

/** A number that no event can have had, when the end of a journal can't be trusted. */
export function seqAfter({ lastSeq, atMs }: SavedSession, nowMs: number): number {
  return lastSeq + Math.ceil((Math.max(0, nowMs - atMs + MARGIN_MS) / 1000) * EVENTS_PER_SECOND);
}

/** What may have been shown before it was due: a part ahead of the lead, and as much again for what we did not think of. */
const MARGIN_MS = 2_000;

/**
 * Where a live stream goes on when the end of its journal can't be trusted: numbers that can't have been used. No frame can have been
 * out before its time, and no part or segment is shorter than a frame.
 *
 * @param clip - Name of the filler that stands for what is leapt over.
 */
export function leapOf(session: SavedSession, nowMs: number, clip: string): NonNullable<ReopenRecord['leap']> {
  const { settings, stream, atMs } = session;
  const { fps } = settings.profile;
  const { timeline, anchorMs } = stream;
  const frames = (ms: number): number => Math.max(0, Math.ceil((ms * fps) / 1000));
  const since = frames(nowMs - atMs + MARGIN_MS);
  // Without filler the axis stands still while nothing is said: the clock does not tell where it is.
  const byClock =
    anchorMs === undefined || settings.filler === 'none'
      ? timeline.endFrame + since
      : frames(nowMs + settings.leadMs - anchorMs) + gridFor(fps, settings.targetDuration).partFrames;
  const frame = Math.max(timeline.endFrame, byClock);
  const used = Math.max(frame - timeline.endFrame, since);
  return { frame, msn: timeline.nextMsn + used, part: timeline.nextPart + used, clip };
}
