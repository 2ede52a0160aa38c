import Hls from 'hls.js';
import { bufferAhead, bufferedUntil } from '../measure/quality.ts';
import { SpeechMap } from '../session/speech-map.ts';
import { attachCaptions } from './hls-captions.ts';
import { hlsConfig } from './hls-config.ts';
import { dateAt, positionAt, watchChunkRanges } from './hls-dates.ts';
import { loadEnds } from './hls-end.ts';
import { holdBacksOf, type PlaylistAnswer } from './hls-loaders.ts';
import { nextSegment } from './hls-next.ts';
import { keepParts } from './hls-parts.ts';
import { restWhilePaused } from './hls-rest.ts';
import { Resumption } from './hls-resumption.ts';
import { LatencyTarget } from './latency-target.ts';
import { Pace } from './pace.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import { Prefetching } from './prefetch.ts';
import { Recoveries } from './recovery.ts';
import type { Trouble } from './recovery-table.ts';
import { Watchdog } from './watchdog.ts';

/** With less media in hand, in seconds, it is time to see where more comes from. */
const ALMOST_OUT = 0.3;

/** Playlist and media differ by less, in seconds. */
const ROUNDING = 0.05;

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
  readonly #prefetching: Prefetching;
  readonly #target: LatencyTarget;
  readonly #speech = new SpeechMap();
  readonly #resumption: Resumption;
  readonly #recoveries: Recoveries;
  readonly #watchdog: Watchdog;
  readonly #pace: Pace;
  readonly #captions: ReturnType<typeof attachCaptions>;
  readonly #abort = new AbortController();
  #captionsShown: boolean;

  constructor(video: HTMLVideoElement, options: PlaybackOptions) {
    this.#video = video;
    this.#options = options;
    this.#target = new LatencyTarget(options.latency ?? 'balanced');
    this.#prefetching = new Prefetching(({ frag }) => nextSegment(this.#hls, video, frag));
    this.#hls = new Hls(
      hlsConfig(options, { onPlaylist: (answer) => this.#onPlaylist(answer), prefetching: this.#prefetching }),
    );
    this.#captionsShown = options.captions ?? false;
    this.#resumption = new Resumption(this.#hls, video, {
      src: options.src,
      speech: this.#speech,
      onMissed: (seconds) => options.onMissed?.(seconds),
      seekToLive: () => this.seekToLive(),
      signal: this.#abort.signal,
    });
    this.#recoveries = this.#makeRecoveries();
    this.#watchdog = this.#makeWatchdog();
    this.#captions = attachCaptions(this.#hls, video, this.#captionsShown);
    this.#listen();
    keepParts(this.#hls, video);
    restWhilePaused(this.#hls, video, {
      preload: options.preload ?? true,
      onReturn: () => this.#resumption.returnToLive(),
      signal: this.#abort.signal,
    });
    this.#pace = new Pace(video, {
      latency: () => (this.isLive ? this.latency() : undefined),
      target: () => this.#target.at(performance.now()),
      silence: () => this.#silence(),
      bufferAhead: () => bufferAhead(this.#video),
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
    this.#abort.abort();
    this.#recoveries.close();
    this.#pace.close();
    this.#hls.destroy();
    this.#prefetching.clear();
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
      this.#resumption.onPlaylist(details);
      this.#watchdog.onPlaylist();
    });
    loadEnds(hls, this.#video, this.#abort.signal);
    const { signal } = this.#abort;
    addEventListener('online', () => this.#recoveries.tryNow(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#recoveries.tryNow(), { signal });
    this.#video.addEventListener('waiting', () => this.#recoveries.onOut(), { signal });
  }

  #makeRecoveries(): Recoveries {
    const hls = this.#hls;
    return new Recoveries({
      resume: () => this.#resumption.resume(),
      halt: () => hls.stopLoad(),
      rebuild: () => this.#resumption.rebuild(),
      reload: (fromMs) => this.#resumption.reload(fromMs),
      dropCaptions: () => this.#captions.show(false),
      restoreCaptions: () => this.#captions.show(this.#captionsShown),
      skipTo: (end) => this.#resumption.skipTo(end),
      isOut: () => bufferAhead(this.#video) < ALMOST_OUT,
      isEmpty: () => hls.levels.length === 0,
      tell: (trouble) => this.#tell(trouble),
      nowMs: () => performance.now(),
    });
  }

  #makeWatchdog(): Watchdog {
    return new Watchdog({
      isStarving: () =>
        !this.#video.paused && bufferAhead(this.#video) < ALMOST_OUT && this.#listedAhead() > ALMOST_OUT,
      restart: () => {
        this.#hls.stopLoad();
        this.#resumption.resume();
      },
      reload: () => this.#resumption.reload(),
      nowMs: () => performance.now(),
    });
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
}
