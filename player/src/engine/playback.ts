import Hls from 'hls.js';
import type { ChunkRange } from '../session/chunk-range.ts';
import { attachHls } from './hls-playback.ts';
import { attachNative } from './native-playback.ts';

/** `gone`: the server says there is no such stream; it is asked again all the same. */
export type Connection = 'ok' | 'reconnecting' | 'gone';

export type PlaybackOptions = {
  /** The multivariant playlist. */
  readonly src: string;
  /** In seconds from the playlist's start; absent: near the live edge. */
  readonly startPosition?: number;
  /** Whether captions are shown, where there are any. */
  readonly captions?: boolean;
  readonly onConnection?: (connection: Connection) => void;
  /** What the playlist says of a chunk, each time it says something new. */
  readonly onChunkRange?: (range: ChunkRange) => void;
};

/** A playlist attached to a media element. */
export type Playback = {
  readonly engine: 'hls.js' | 'native';
  /** Seconds between the playhead and the live edge; undefined while it is not known or the stream has ended. */
  latency(): number | undefined;
  /** Seconds from the live edge at which a new viewer starts; undefined while it is not known. */
  targetLatency(): number | undefined;
  /** Program date time of what is on screen, in milliseconds since the epoch. */
  playingDateMs(): number | undefined;
  /** The same at a position of the media element. */
  dateAt(position: number): number | undefined;
  /** Position of the media element at a program date time; undefined while it is not known. */
  positionAt(dateMs: number): number | undefined;
  /** Position where the published media ends; undefined while it is not known. */
  liveEdge(): number | undefined;
  hasCaptions(): boolean;
  showCaptions(shown: boolean): void;
  /** Moves the playhead to where a new viewer would start. */
  seekToLive(): void;
  close(): void;
};

/**
 * Plays an HLS playlist on a media element: hls.js wherever it runs, else the browser's own.
 *
 * `canPlayType` is not asked first: Chromium answers "maybe" and then fails on live playlists of fewer than three segments.
 */
export function attachPlayback(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  return Hls.isSupported() ? attachHls(video, options) : attachNative(video, options);
}
