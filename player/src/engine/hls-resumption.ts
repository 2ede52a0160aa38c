import type Hls from 'hls.js';
import type { LevelDetails } from 'hls.js';
import { bufferAhead } from '../measure/quality.ts';
import type { SpeechMap } from '../session/speech-map.ts';
import { dateAt } from './hls-dates.ts';
import { placeAfterLoss } from './hls-window.ts';

/** With less media in hand, in seconds, it is time to see where more comes from. */
const ALMOST_OUT = 0.3;
/** Program date times are rounded. */
const ROUNDING_MS = 500;

const HAVE_CURRENT_DATA = 2;
const ARRIVALS = ['loadeddata', 'seeked', 'playing', 'timeupdate'] as const;

export type ResumptionOptions = {
  readonly src: string;
  readonly speech: SpeechMap;
  /** So many seconds of the stream are passed over. */
  readonly onMissed: (seconds: number) => void;
  readonly seekToLive: () => void;
  readonly signal: AbortSignal;
};

/** Where playback is to go on, until it does. */
type Goal = {
  readonly dateMs: number;
  /** Where that is in the media element, in seconds; undefined until a playlist tells. */
  readonly position?: number;
};

/**
 * Goes on where it stopped after everything was loaded anew, by the date: positions mean nothing any more then. It holds on to that
 * date until playback is there, whatever goes wrong on the way: meanwhile the media element stands at its beginning, and where
 * that is in the stream is not where anybody was.
 */
export class Resumption {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #options: ResumptionOptions;
  #goal: Goal | undefined;
  #returnsToLive = false;

  constructor(hls: Hls, video: HTMLVideoElement, options: ResumptionOptions) {
    this.#hls = hls;
    this.#video = video;
    this.#options = options;
    for (const type of ARRIVALS) {
      video.addEventListener(type, () => this.#onMedia(), { signal: options.signal });
    }
  }

  /** Goes on where a new viewer would start, once there is a playlist. */
  returnToLive(): void {
    this.#returnsToLive = true;
  }

  /** Loads on, towards where playback is to be. */
  resume(): void {
    this.#hls.startLoad(this.#goal?.position);
  }

  /** A new MediaSource and decoder at the same position. */
  rebuild(): void {
    if (this.#goal === undefined) {
      playingOn(this.#video, () => this.#hls.recoverMediaError());
    } else {
      this.reload();
    }
  }

  /** @param fromMs - Date to go on at, if not where it stopped. */
  reload(fromMs?: number): void {
    const playingMs = this.#goal?.dateMs ?? this.#hls.playingDate?.getTime();
    if (playingMs !== undefined && fromMs !== undefined && fromMs > playingMs) {
      this.#options.onMissed((fromMs - playingMs) / 1000);
    }
    const dateMs = fromMs ?? playingMs;
    this.#goal = dateMs === undefined ? undefined : { dateMs };
    playingOn(this.#video, () => {
      this.#hls.loadSource(this.#options.src);
      this.#hls.startLoad();
    });
  }

  /** Plays over a segment. @param end - Where it ends in the media element, in seconds. */
  skipTo(end: number): void {
    const { dateMs, position = this.#video.currentTime } = this.#goal ?? {};
    const missed = end - position;
    if (missed <= 0) {
      return;
    }
    if (dateMs === undefined) {
      this.#video.currentTime = end;
    } else {
      this.#goal = { dateMs: dateMs + missed * 1000, position: end };
    }
    this.#options.onMissed(missed);
  }

  /** Called before hls.js itself would jump to the live edge, past what could still be heard. */
  onPlaylist(details: LevelDetails): void {
    if (this.#goal !== undefined) {
      this.#pursue(details, this.#goal);
    } else if (this.#returnsToLive && details.live) {
      this.#returnsToLive = false;
      this.#options.seekToLive();
    } else if (this.#isLost(details)) {
      // Where nothing of what was listed before is listed any more, hls.js 1.7.4 guesses positions, and may wait for ever for what it has.
      this.reload();
    }
  }

  /** What is to be played next is not listed any more. */
  #isLost(details: LevelDetails): boolean {
    const ahead = bufferAhead(this.#video);
    const dateMs = this.#hls.playingDate?.getTime();
    return dateMs !== undefined && ahead < ALMOST_OUT && isBefore(details, dateMs + ahead * 1000);
  }

  /** There is a picture at the playhead: it has got there, or whoever watches has gone elsewhere. */
  #onMedia(): void {
    const { readyState, seeking } = this.#video;
    if (this.#goal?.position !== undefined && readyState >= HAVE_CURRENT_DATA && !seeking) {
      this.#goal = undefined;
    }
  }

  #pursue(details: LevelDetails, { dateMs, position }: Goal): void {
    if (position !== undefined && !isBefore(details, dateMs)) {
      return;
    }
    const { speech, onMissed } = this.#options;
    const place = placeAfterLoss(details, dateMs, { speech, livePosition: this.#hls.liveSyncPosition });
    if (place === undefined) {
      return;
    }
    this.#goal = { dateMs: dateMs + place.missed * 1000, position: place.position };
    // Not while hls.js is still busy with this playlist.
    queueMicrotask(() => this.resume());
    if (place.missed > 0) {
      onMissed(place.missed);
    }
  }
}

/** That date has left the playlist. */
function isBefore(details: LevelDetails, dateMs: number): boolean {
  const firstMs = dateAt(details, details.fragmentStart);
  return firstMs !== undefined && dateMs < firstMs - ROUNDING_MS;
}

/** A media element that gets another source is paused by that: plays on, if it did. */
export function playingOn(video: HTMLVideoElement, change: () => void): void {
  const { paused } = video;
  change();
  if (!paused) {
    // Refused: who taps plays on.
    video.play().catch(() => undefined);
  }
}
