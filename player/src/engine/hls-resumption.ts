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

export type ResumptionOptions = {
  readonly src: string;
  readonly speech: SpeechMap;
  /** So many seconds of the stream are passed over. */
  readonly onMissed: (seconds: number) => void;
  readonly seekToLive: () => void;
};

/** Goes on where it stopped after everything was loaded anew, by the date: positions mean nothing any more then. */
export class Resumption {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  readonly #options: ResumptionOptions;
  #resumeMs: number | undefined;
  #returnsToLive = false;

  constructor(hls: Hls, video: HTMLVideoElement, options: ResumptionOptions) {
    this.#hls = hls;
    this.#video = video;
    this.#options = options;
  }

  /** Goes on where a new viewer would start, once there is a playlist. */
  returnToLive(): void {
    this.#returnsToLive = true;
  }

  /** @param fromMs - Date to go on at, if not where it stopped. */
  reload(fromMs?: number): void {
    const playingMs = this.#hls.playingDate?.getTime() ?? this.#resumeMs;
    if (playingMs !== undefined && fromMs !== undefined && fromMs > playingMs) {
      this.#options.onMissed((fromMs - playingMs) / 1000);
    }
    this.#resumeMs = fromMs ?? playingMs;
    playingOn(this.#video, () => {
      this.#hls.loadSource(this.#options.src);
      this.#hls.startLoad();
    });
  }

  /** Called before hls.js itself would jump to the live edge, past what could still be heard. */
  onPlaylist(details: LevelDetails): void {
    if (this.#resumeMs !== undefined) {
      this.#resumeAt(details, this.#resumeMs);
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
    const firstMs = dateAt(details, details.fragmentStart);
    const isKnown = dateMs !== undefined && firstMs !== undefined;
    return isKnown && ahead < ALMOST_OUT && dateMs + ahead * 1000 < firstMs - ROUNDING_MS;
  }

  #resumeAt(details: LevelDetails, dateMs: number): void {
    const { speech, onMissed } = this.#options;
    const place = placeAfterLoss(details, dateMs, { speech, livePosition: this.#hls.liveSyncPosition });
    if (place === undefined) {
      return;
    }
    this.#resumeMs = undefined;
    // Not while hls.js is still busy with this playlist.
    queueMicrotask(() => this.#hls.startLoad(place.position));
    if (place.missed > 0) {
      onMissed(place.missed);
    }
  }
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
