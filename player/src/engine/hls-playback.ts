import Hls, { type LevelDetails } from 'hls.js';
import { bufferedUntil } from '../measure/quality.ts';
import { SpeechMap } from '../session/speech-map.ts';
import { attachCaptions } from './hls-captions.ts';
import { hlsConfig } from './hls-config.ts';
import { dateAt, positionAt, watchChunkRanges } from './hls-dates.ts';
import { holdBacksOf, type PlaylistAnswer } from './hls-loaders.ts';
import { keepParts } from './hls-parts.ts';
import { restWhilePaused } from './hls-rest.ts';
import { placeAfterLoss } from './hls-window.ts';
import { LatencyTarget } from './latency-target.ts';
import { Pace } from './pace.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import { Recoveries } from './recovery.ts';
import type { Trouble } from './recovery-table.ts';
import { Watchdog } from './watchdog.ts';

/** How long hls.js may take to load the end by itself. */
const LOAD_END_MS = 300;

/** With less media in hand, in seconds, it is time to see where more comes from. */
const ALMOST_OUT = 0.3;

/** Playlist and media differ by less, in seconds; dates by less in milliseconds. */
const ROUNDING = 0.05;
const ROUNDING_MS = 500;

const CONNECTIONS = { network: 'reconnecting', media: 'recovering', unplayable: 'unplayable', gone: 'gone' } as const;

/** Plays through Media Source Extensions, and goes on after whatever hls.js calls fatal. */
export function attachHls(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  return new HlsPlayback(video, options);
}

class HlsPlayback implements Playback {
  readonly engine = 'hls.js';
  readonly #video: HTMLVideoElement;
  readonly #options: PlaybackOptions;
  readonly #hls: Hls;
  readonly #target: LatencyTarget;
  readonly #speech = new SpeechMap();
  readonly #recoveries: Recoveries;
  readonly #watchdog: Watchdog;
  readonly #pace: Pace;
  readonly #captions: ReturnType<typeof attachCaptions>;
  readonly #abort = new AbortController();
  #captionsShown: boolean;
  #endTimer: ReturnType<typeof setTimeout> | undefined;
  /** Where to go on once a playlist is here again: at a date, or where a new viewer would start. */
  #resumeDateMs: number | undefined;
  #returnsToLive = false;

  constructor(video: HTMLVideoElement, options: PlaybackOptions) {
    this.#video = video;
    this.#options = options;
    this.#target = new LatencyTarget(options.latency ?? 'balanced');
    this.#hls = new Hls(hlsConfig(options, (answer) => this.#onPlaylist(answer)));
    this.#captionsShown = options.captions ?? false;
    this.#recoveries = this.#makeRecoveries();
    this.#watchdog = this.#makeWatchdog();
    this.#captions = attachCaptions(this.#hls, video, this.#captionsShown);
    this.#listen();
    keepParts(this.#hls, video);
    restWhilePaused(this.#hls, video, {
      preload: options.preload ?? true,
      onReturn: () => {
        this.#returnsToLive = true;
      },
      signal: this.#abort.signal,
    });
    this.#pace = new Pace(video, {
      latency: () => (this.isLive ? this.latency() : undefined),
      target: () => this.#target.at(performance.now()),
      silence: () => this.#silence(),
      bufferAhead: () => this.#bufferAhead(),
      isAll: () => this.#isBuffered(),
      stalled: (lastedMs, latency) => this.#target.stalled(lastedMs, latency, performance.now()),
    });
    this.#hls.loadSource(options.src);
    this.#hls.attachMedia(video);
  }

  get isLive(): boolean {
    const details = this.#hls.latestLevelDetails;
    return details?.live === true && details.type !== 'EVENT';
  }

  // hls.latency's own formula; hls.js refreshes that only while the playhead moves, which in a stall it does not.
  latency(): number | undefined {
    const details = this.#hls.latestLevelDetails;
    const isKnown = details?.live && this.#video.readyState > 0;
    return isKnown ? details.edge + details.age - this.#video.currentTime : undefined;
  }

  targetLatency(): number | undefined {
    return this.#hls.latestLevelDetails === null ? undefined : this.#target.at(performance.now());
  }

  playingDateMs(): number | undefined {
    return this.#hls.playingDate?.getTime();
  }

  dateAt(position: number): number | undefined {
    return dateAt(this.#hls.latestLevelDetails, position);
  }

  positionAt(dateMs: number): number | undefined {
    return positionAt(this.#hls.latestLevelDetails, dateMs);
  }

  liveEdge(): number | undefined {
    return this.#hls.latestLevelDetails?.edge;
  }

  bitrate(): number | undefined {
    return this.#hls.levels[this.#hls.currentLevel]?.bitrate;
  }

  throughput(): number | undefined {
    const estimate = this.#hls.bandwidthEstimate;
    return Number.isFinite(estimate) ? estimate : undefined;
  }

  hasCaptions(): boolean {
    return this.#captions.available();
  }

  showCaptions(shown: boolean): void {
    this.#captionsShown = shown;
    this.#captions.show(shown);
  }

  seekToLive(): void {
    this.#tune();
    if (this.#hls.liveSyncPosition !== null) {
      this.#video.currentTime = this.#hls.liveSyncPosition;
    }
  }

  listsAll(): boolean {
    return this.#hls.latestLevelDetails?.type != null;
  }

  close(): void {
    clearTimeout(this.#endTimer);
    this.#abort.abort();
    this.#recoveries.close();
    this.#pace.close();
    this.#hls.destroy();
  }

  #listen(): void {
    const hls = this.#hls;
    const readRanges = watchChunkRanges((range) => {
      this.#speech.add(range);
      this.#options.onChunkRange?.(range);
    });
    hls.on(Hls.Events.ERROR, (_name, data) => this.#recoveries.onError(data));
    hls.on(Hls.Events.LEVEL_LOADED, () => this.#recoveries.onPlaylist());
    hls.on(Hls.Events.FRAG_LOADING, () => this.#watchdog.onRequest());
    hls.on(Hls.Events.FRAG_BUFFERED, (_name, { frag: { sn } }) => {
      this.#watchdog.onMedia();
      if (typeof sn === 'number') {
        this.#recoveries.onMedia(sn);
      }
    });
    hls.on(Hls.Events.LEVEL_UPDATED, (_name, { details }) => {
      readRanges(details);
      this.#stayInWindow(details);
      this.#watchdog.onPlaylist();
      if (!details.live) {
        clearTimeout(this.#endTimer);
        this.#endTimer = setTimeout(() => loadEnd(hls, this.#video, details.edge), LOAD_END_MS);
      }
    });
    const { signal } = this.#abort;
    addEventListener('online', () => this.#recoveries.tryNow(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#recoveries.tryNow(), { signal });
  }

  #makeRecoveries(): Recoveries {
    const hls = this.#hls;
    return new Recoveries({
      resume: () => hls.startLoad(),
      halt: () => hls.stopLoad(),
      rebuild: () => this.#playingOn(() => hls.recoverMediaError()),
      reload: (fromMs) => this.#reload(fromMs),
      dropCaptions: () => this.#captions.show(false),
      restoreCaptions: () => this.#captions.show(this.#captionsShown),
      skipTo: (end) => this.#skipTo(end),
      isEmpty: () => hls.levels.length === 0,
      tell: (trouble) => this.#tell(trouble),
      nowMs: () => performance.now(),
    });
  }

  #makeWatchdog(): Watchdog {
    return new Watchdog({
      isStarving: () => !this.#video.paused && this.#bufferAhead() < ALMOST_OUT && this.#listedAhead() > ALMOST_OUT,
      restart: () => {
        this.#hls.stopLoad();
        this.#hls.startLoad();
      },
      reload: () => this.#reload(),
      nowMs: () => performance.now(),
    });
  }

  #bufferAhead(): number {
    const { currentTime } = this.#video;
    return (bufferedUntil(this.#video, currentTime) ?? currentTime) - currentTime;
  }

  #listedAhead(): number {
    return (this.#hls.latestLevelDetails?.edge ?? 0) - this.#video.currentTime;
  }

  #tell(trouble: Trouble | 'gone' | undefined): void {
    this.#options.onConnection?.(trouble === undefined ? 'ok' : CONNECTIONS[trouble]);
  }

  /** Before hls.js reads a playlist, and decides by it where to start. */
  #onPlaylist({ text, isMain, isPlain, firstByte }: PlaylistAnswer): void {
    const holdBacks = isMain ? holdBacksOf(text) : undefined;
    if (isPlain) {
      this.#target.measured(firstByte);
    }
    if (holdBacks !== undefined) {
      this.#target.holdBacks = holdBacks;
      this.#tune();
    }
  }

  #tune(): void {
    const nowMs = performance.now();
    const usesParts = this.#target.usesParts(nowMs);
    if (this.#hls.lowLatencyMode !== usesParts) {
      this.#hls.lowLatencyMode = usesParts;
    }
    this.#hls.targetLatency = this.#target.at(nowMs);
  }

  #silence(): number {
    const dateMs = this.playingDateMs();
    const isKnown = this.#options.tellsSpeech === true || this.#speech.isKnown;
    return dateMs === undefined || !isKnown ? 0 : this.#speech.silenceFrom(dateMs);
  }

  /** The buffer reaches to the end of a stream that has ended. */
  #isBuffered(): boolean {
    const details = this.#hls.latestLevelDetails;
    return (
      details?.live === false && (bufferedUntil(this.#video, this.#video.currentTime) ?? 0) > details.edge - ROUNDING
    );
  }

  /** Called before hls.js itself would jump to the live edge, past what could still be heard. */
  #stayInWindow(details: LevelDetails): void {
    if (this.#resumeDateMs !== undefined) {
      this.#resumeAt(details, this.#resumeDateMs);
    } else if (this.#returnsToLive && details.live) {
      this.#returnsToLive = false;
      this.seekToLive();
    } else if (this.#isLost(details)) {
      // Where nothing of what was listed before is listed any more, hls.js 1.7.4 guesses positions, and may wait for ever for what it has.
      this.#reload();
    }
  }

  /** What is to be played next is not listed any more. */
  #isLost(details: LevelDetails): boolean {
    const bufferAhead = this.#bufferAhead();
    const dateMs = this.playingDateMs();
    const firstMs = dateAt(details, details.fragmentStart);
    const isKnown = dateMs !== undefined && firstMs !== undefined;
    return isKnown && bufferAhead < ALMOST_OUT && dateMs + bufferAhead * 1000 < firstMs - ROUNDING_MS;
  }

  /** @param fromMs - Date to go on at, if not where it stopped. */
  #reload(fromMs?: number): void {
    const playingMs = this.playingDateMs() ?? this.#resumeDateMs;
    if (playingMs !== undefined && fromMs !== undefined && fromMs > playingMs) {
      this.#options.onMissed?.((fromMs - playingMs) / 1000);
    }
    this.#resumeDateMs = fromMs ?? playingMs;
    this.#playingOn(() => {
      this.#hls.loadSource(this.#options.src);
      this.#hls.startLoad();
    });
  }

  /** A media element that gets another source is paused by that. */
  #playingOn(change: () => void): void {
    const { paused } = this.#video;
    change();
    if (!paused) {
      // Refused: who taps plays on.
      this.#video.play().catch(() => undefined);
    }
  }

  #resumeAt(details: LevelDetails, dateMs: number): void {
    const place = placeAfterLoss(details, dateMs, { speech: this.#speech, livePosition: this.#hls.liveSyncPosition });
    if (place === undefined) {
      return;
    }
    this.#resumeDateMs = undefined;
    // Not while hls.js is still busy with this playlist.
    queueMicrotask(() => this.#hls.startLoad(place.position));
    if (place.missed > 0) {
      this.#options.onMissed?.(place.missed);
    }
  }

  #skipTo(end: number): void {
    const missed = end - this.#video.currentTime;
    if (missed > 0) {
      this.#video.currentTime = end;
      this.#options.onMissed?.(missed);
    }
  }
}

/**
 * When EXT-X-ENDLIST comes together with the last parts, hls.js 1.7.4 may take their segment for loaded, as its first parts
 * are, and neither plays the rest nor ends. Starting over makes it forget that.
 *
 * @param edge - Where the media ends, in seconds.
 */
function loadEnd(hls: Hls, { buffered }: HTMLVideoElement, edge: number): void {
  const end = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
  if (end > 0 && edge - end > ROUNDING) {
    hls.stopLoad();
    hls.startLoad();
  }
}
