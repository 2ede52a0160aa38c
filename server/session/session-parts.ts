import type { Logger } from 'pino';
import type { Encoder } from '../encode/encoder.ts';
import type { FillerClip } from '../encode/types.ts';
import type { StreamError } from '../errors.ts';
import type { Sample } from '../isobmff/types.ts';
import type { ChunkOrigin, RenderSpec } from './chunk.ts';
import type { Clock } from './clock.ts';
import type { ClipStore } from './journal/clip-store.ts';
import type { Journal } from './journal/session-journal.ts';
import type { SegmentStore } from './segment-store.ts';
import type { Session } from './session.ts';
import type { SessionLimits } from './settings.ts';
import type { StorageAccount } from './storage-account.ts';
import type { Preferences, SessionObserver } from './types.ts';

/** A sentence that an earlier server had accepted. */
export type RemakeRequest = {
  readonly turn: string;
  /** In its turn. */
  readonly index: number;
  readonly text: string;
  readonly spec: RenderSpec;
  /** Where its speech lies if it was spoken before (`readSpeech`). */
  readonly speechPath: string;
};

/** What a session works with; all but journal, store and idle loop is shared by all sessions. */
export type SessionParts = {
  readonly encoder: Encoder;
  readonly clock: Clock;
  readonly store: SegmentStore;
  readonly logger: Logger;
  readonly limits: SessionLimits;
  readonly journal: Journal;
  readonly clips: ClipStore;
  /** Makes entity tags of this session differ from those of an earlier one with the same id. */
  readonly tag: string;
  /** What is shown in a pause at first. */
  readonly filler: FillerClip;
  /** Filler of another look that can be shown at once: a still picture until its loop is made. */
  idle(look: string | undefined): Promise<FillerClip>;
  /** The idle loop of a look; made when it is needed. */
  idleLoop(look: string | undefined, signal: AbortSignal): Promise<FillerClip>;
  readonly silence: Sample;
  /** What it keeps on disk. */
  readonly account: StorageAccount;
  /** @throws {StreamError} `STORAGE_FULL` when new media can't be stored. */
  assertStorable(): void;
  /** The disk takes nothing. @returns what to tell who wanted something stored. */
  onStorageFault(error: unknown): StreamError;
  /** @throws {StreamError} `REQUEST_INVALID` for a voice, language or look that there is not. */
  check?(preferences: Preferences): void;
  readonly observer?: SessionObserver | undefined;
  /** Makes a sentence that an earlier server had accepted. */
  remake?(session: Session, request: RemakeRequest): Extract<ChunkOrigin, { kind: 'render' }>;
};
