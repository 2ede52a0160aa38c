import Hls from 'hls.js';
import type { ChunkRange } from '../session/chunk-range.ts';
import { attachHls } from './hls-playback.ts';
import type { LatencyMode } from './latency-target.ts';
import { attachNative } from './native-playback.ts';

/**
 * How loading goes: `ok`; `reconnecting`: the network or the server is away; `gone`: the server says there is no such stream, and is
 * asked again all the same; `recovering`: the decoder or the media failed, and are started anew; `unplayable`: this browser can't.
 */
export type Connection = 'ok' | 'reconnecting' | 'gone' | 'recovering' | 'unplayable';

export type PlaybackOptions = {
  /** A multivariant or media playlist; for `native` also any file that the browser plays. */
  readonly src: string;
  /** Absent: Media Source Extensions wherever they are, the browser's own HLS elsewhere. */
  readonly prefer?: 'mse' | 'native';
  /** In seconds from the playlist's start; absent: near the live edge, or at the start of what is no live stream. */
  readonly startPosition?: number;
  /** How far behind the live edge to play. Default: balanced. */
  readonly latency?: LatencyMode;
  /** Whether captions are shown, where there are any. */
  readonly captions?: boolean;
  /** False: nothing is loaded before somebody plays. */
  readonly preload?: boolean;
  /** The playlist says when somebody speaks (an EXT-X-DATERANGE for each chunk): the rest may be played a little faster. */
  readonly tellsSpeech?: boolean;
  /** Names of this view and of what it shows, told to the server with each request (CTA-5004: `sid`, `cid`). */
  readonly viewId?: string;
  readonly contentId?: string;
  readonly onConnection?: (connection: Connection) => void;
  /** What the playlist says of a chunk, each time it says something new. */
  readonly onChunkRange?: (range: ChunkRange) => void;
  /** What should have been played next does not exist any more. @param seconds - That are missed. */
  readonly onMissed?: (seconds: number) => void;
};

/** A playlist attached to a media element. */
export type Playback = {
  readonly engine: 'hls.js' | 'native';
  /** The stream goes on: it is live, and not only not yet whole. */
  readonly isLive: boolean;
  /** Seconds between the playhead and the live edge; undefined while it is not known or the stream has ended. */
  latency(): number | undefined;
  /** Seconds from the live edge at which playback is kept; undefined while it is not known. */
  targetLatency(): number | undefined;
  /** Program date time of what is on screen, in milliseconds since the epoch. */
  playingDateMs(): number | undefined;
  /** The same at a position of the media element. */
  dateAt(position: number): number | undefined;
  /** Position of the media element at a program date time; undefined while it is not known. */
  positionAt(dateMs: number): number | undefined;
  /** Position where the published media ends; undefined while it is not known. */
  liveEdge(): number | undefined;
  /** Bits per second of the encoding that is played, and what the network seems to carry; undefined while it is not known. */
  bitrate(): number | undefined;
  throughput(): number | undefined;
  hasCaptions(): boolean;
  showCaptions(shown: boolean): void;
  /** Moves the playhead to where a new viewer would start. */
  seekToLive(): void;
  /** The playlist keeps all of the stream (EXT-X-PLAYLIST-TYPE): it can be played again in place. */
  listsAll(): boolean;
  close(): void;
};

/**
 * Plays an HLS playlist on a media element: hls.js wherever it runs, else the browser's own.
 *
 * `canPlayType` is not asked first: Chromium answers "maybe" and then fails on live playlists of fewer than three segments.
 */
export function attachPlayback(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  const isNative = options.prefer === 'native' || !Hls.isSupported();
  return isNative ? attachNative(video, options) : attachHls(video, options);
}
