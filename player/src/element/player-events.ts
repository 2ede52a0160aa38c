import type { ChunkMark, PlayerEvent, QualityFigures } from '../player.ts';
import type { PlayerState } from './state.ts';

/** Events of its own, beside those of media elements. */
export type ThroughlineEvents = {
  /** A chunk begins, or ends, on screen: `detail` says which. */
  readonly chunkstart: CustomEvent<ChunkMark['chunk']>;
  readonly chunkend: CustomEvent<ChunkMark['chunk']>;
  /** Playback stands still for want of media; `stallend` comes with how long it did, in seconds. */
  readonly stall: CustomEvent<{ readonly currentTime: number }>;
  readonly stallend: CustomEvent<{ readonly duration: number }>;
  /** `quality` has changed; once a second at most. */
  readonly qualitychange: CustomEvent<QualityFigures>;
  readonly statechange: CustomEvent<PlayerState>;
  readonly transcriptchange: Event;
  /** What should have been played next does not exist any more. */
  readonly missed: CustomEvent<{ readonly duration: number }>;
  /** An event of the session, where `events` is set. */
  readonly sessionevent: CustomEvent<PlayerEvent>;
  /** The stream of those is lost, or is back. */
  readonly sessionconnection: CustomEvent<boolean>;
};
