import type { Session } from './session.ts';
import type { SessionWorks } from './session-works.ts';
import type { SessionState, SessionStatus } from './types.ts';

/** What the API says of a session. */
export function statusOf(session: Session, { stream, desk }: SessionWorks, state: SessionState): SessionStatus {
  const { profile, pacing, filler, title } = session.settings;
  const publishedUntil = stream.publishedUntil();
  // Whoever is told that it has ended will look for the end.
  const isEndShown = state !== 'ended' || !stream.output.frozen;
  return {
    id: session.id,
    state: isEndShown ? state : 'ending',
    ...(title !== undefined && { title }),
    profile,
    pacing,
    filler,
    createdAt: session.createdAt.toISOString(),
    publishedUntil,
    queuedUntil: publishedUntil + stream.secondsLeftOnAir() + desk.queuedSeconds,
    chunks: { ...desk.counts },
    preferences: session.preferences,
    viewers: stream.viewers(),
  };
}

/** What the figures of the whole server need. */
export function loadOf({ busy }: Session, { stream, desk }: SessionWorks, state: SessionState) {
  return { state, isBusy: busy, viewers: stream.viewers(), queuedSeconds: desk.queuedSeconds };
}
