import type { Connection } from '../engine/playback.ts';
import type { Player, Start } from '../player.ts';
import { behindNotice, missedNotice, noticeOf, type PlayerState, stateOf } from './state.ts';
import type { Parts } from './template.ts';

/** How long something is said that passes. */
const TOAST_MS = 6_000;
/** Further behind than where one wants to be, by so many seconds, one is told after an interruption of the network. */
const TELL_BEHIND = 3;
/** How far behind where one wants to be one is still called live, in seconds. */
const LIVE_TOLERANCE = 2;
const LOOK_MS = 250;

export type StageOptions = {
  readonly parts: Parts;
  readonly player: () => Player | undefined;
  readonly onState: (state: PlayerState) => void;
};

/** What lies over the picture: the reason why there is none, the button for sound, what was missed. */
export class Stage {
  readonly #parts: Parts;
  readonly #options: StageOptions;
  #state: PlayerState = 'idle';
  #connection: Connection = 'ok';
  #hasPlayed = false;
  #wasAway = false;
  #awaitsGesture = false;
  #toastTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#parts = options.parts;
    const { video } = this.#parts;
    for (const type of ['playing', 'waiting', 'pause', 'play', 'ended', 'emptied', 'seeked', 'timeupdate']) {
      video.addEventListener(type, () => this.look());
    }
    video.addEventListener('resize', () => this.#fit());
    video.addEventListener('volumechange', () => {
      // Whatever gives the sound back, the button is done.
      if (!video.muted) {
        this.#parts.sound.hidden = true;
        this.#awaitsGesture = false;
      }
    });
    this.#parts.sound.addEventListener('click', () => void options.player()?.unmute());
    this.#extend(video);
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** The browser withheld the sound, or playback, and gives it after a gesture. */
  get awaitsGesture(): boolean {
    return this.#awaitsGesture;
  }

  set connection(connection: Connection) {
    this.#connection = connection;
    this.look();
  }

  /** Another source, or none. */
  reset(): void {
    this.#connection = 'ok';
    this.#hasPlayed = false;
    this.#wasAway = false;
    this.#awaitsGesture = false;
    this.#parts.sound.hidden = true;
    this.#say('');
    clearInterval(this.#timer);
    if (this.#options.player() !== undefined) {
      this.#timer = setInterval(() => this.look(), LOOK_MS);
    }
    this.look();
  }

  /** The browser wants a tap before it gives sound, or plays at all. @param wasMuted - By the listener, or the page, before that. */
  started(start: Start, wasMuted: boolean): void {
    this.#awaitsGesture = start === 'refused' || (start === 'muted' && !wasMuted);
    this.#parts.soundText.textContent = start === 'refused' ? 'Tap to play' : 'Tap for sound';
    this.#parts.sound.hidden = start === 'sound';
  }

  missed(seconds: number): void {
    this.#wasAway = false;
    this.#say(missedNotice(seconds));
  }

  look(): void {
    const { video } = this.#parts;
    const player = this.#options.player();
    this.#hasPlayed ||= video.currentTime > 0 && !video.paused && video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
    const state = stateOf({
      hasSource: player !== undefined,
      hasPlayed: this.#hasPlayed,
      paused: video.paused,
      ended: video.ended,
      // Held to gather media, an element has some and plays none.
      readyState: video.playbackRate === 0 ? HTMLMediaElement.HAVE_CURRENT_DATA : video.readyState,
      connection: this.#connection,
    });
    if (state !== this.#state) {
      this.#state = state;
      this.#options.onState(state);
    }
    this.#show(state);
    this.#tellBack(state, player);
  }

  #show(state: PlayerState): void {
    const { controller, notice, noticeText, replay } = this.#parts;
    const text = noticeOf(state, navigator.onLine);
    if (controller.dataset.state === state && noticeText.textContent === text) {
      return;
    }
    controller.dataset.state = state;
    noticeText.textContent = text;
    notice.hidden = text === '';
    replay.hidden = state !== 'ended';
  }

  /** Who was cut off and is back learns how far behind that left them. */
  #tellBack(state: PlayerState, player: Player | undefined): void {
    if (state === 'reconnecting' && this.#hasPlayed) {
      this.#wasAway = true;
    } else if (state === 'playing' && this.#wasAway && player !== undefined) {
      this.#wasAway = false;
      const { latency = 0, targetLatency = 0 } = player.figures();
      if (player.isLive && latency - targetLatency > TELL_BEHIND) {
        this.#say(behindNotice(latency));
      }
    }
  }

  #say(text: string): void {
    clearTimeout(this.#toastTimer);
    this.#parts.toast.textContent = text;
    if (text !== '') {
      this.#toastTimer = setTimeout(() => this.#say(''), TOAST_MS);
    }
  }

  #fit(): void {
    const { videoWidth, videoHeight } = this.#parts.video;
    const host = (this.#parts.controller.getRootNode() as ShadowRoot).host;
    if (videoWidth > 0 && videoHeight > 0 && host instanceof HTMLElement) {
      host.style.setProperty('--throughline-ratio', `${videoWidth} / ${videoHeight}`);
    }
  }

  /** What media-chrome wants to know of live streams, as it asks for it: properties of the media element. */
  #extend(video: HTMLVideoElement): void {
    const { player } = this.#options;
    Object.defineProperties(video, {
      streamType: { get: () => (player()?.isLive ? 'live' : video.duration > 0 ? 'on-demand' : 'unknown') },
      liveEdgeStart: {
        get: () => {
          const { latency, targetLatency } = player()?.figures() ?? {};
          const isKnown = latency !== undefined && targetLatency !== undefined;
          return isKnown ? video.currentTime + latency - targetLatency - LIVE_TOLERANCE : Number.NaN;
        },
      },
      targetLiveWindow: { get: () => (player()?.isLive ? 0 : Number.NaN) },
    });
    let before: unknown;
    video.addEventListener('timeupdate', () => {
      const { streamType } = video as unknown as { streamType: string };
      if (streamType !== before) {
        before = streamType;
        video.dispatchEvent(new Event('streamtypechange'));
      }
    });
  }
}
