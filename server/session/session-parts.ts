import type { Logger } from 'pino';
import type { Encoder } from '../encode/encoder.ts';
import type { FillerClip } from '../encode/types.ts';
import type { Sample } from '../isobmff/types.ts';
import type { Clock } from './clock.ts';
import type { SegmentStore } from './segment-store.ts';
import type { SessionLimits } from './settings.ts';
import type { Preferences, SessionObserver } from './types.ts';

/** What a session works with; all but the store and the idle loop is shared by all sessions. */
export type SessionParts = {
  readonly encoder: Encoder;
  readonly clock: Clock;
  readonly store: SegmentStore;
  readonly logger: Logger;
  readonly limits: SessionLimits;
  readonly filler: FillerClip;
  /** The idle loop of another look. */
  idle(look: string | undefined): Promise<FillerClip>;
  readonly silence: Sample;
  /** @throws {StreamError} `REQUEST_INVALID` for a voice, language or look that there is not. */
  check?(preferences: Preferences): void;
  readonly observer?: SessionObserver | undefined;
};
