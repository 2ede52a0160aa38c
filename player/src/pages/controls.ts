import type { Player } from '../player.ts';
import { find } from './dom.ts';

/** iOS: only the media element itself goes full screen. */
type WebKitVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** Play, mute, captions and full screen, by pointer and keyboard. */
export class Controls {
  readonly #stage = find('stage', HTMLElement);
  readonly #play = find('play', HTMLButtonElement);
  readonly #mute = find('mute', HTMLButtonElement);
  readonly #captions = find('captions', HTMLButtonElement);
  readonly #video: WebKitVideo;
  #player: Player | undefined;
  #captionsShown = false;

  constructor(video: WebKitVideo) {
    this.#video = video;
    for (const type of ['play', 'pause', 'volumechange', 'emptied']) {
      video.addEventListener(type, () => this.refresh());
    }
    this.#play.addEventListener('click', () => togglePlay(video));
    video.addEventListener('click', () => togglePlay(video));
    this.#mute.addEventListener('click', () => this.#toggleSound());
    this.#captions.addEventListener('click', () => {
      this.#captionsShown = !this.#captionsShown;
      this.#player?.showCaptions(this.#captionsShown);
      this.refresh();
    });
    const fullscreen = find('fullscreen', HTMLButtonElement);
    fullscreen.hidden = !document.fullscreenEnabled && video.webkitEnterFullscreen === undefined;
    fullscreen.addEventListener('click', () => void toggleFullscreen(this.#stage, video));
    this.refresh();
  }

  get captionsShown(): boolean {
    return this.#captionsShown;
  }

  set player(player: Player | undefined) {
    this.#player = player;
    this.refresh();
  }

  /** To be called now and then: whether there are captions is known only after a while. */
  refresh(): void {
    // Silence for the length of an interruption is none of the listener's doing.
    const muted = this.#player?.muted ?? this.#video.muted;
    const { paused } = this.#video;
    this.#stage.toggleAttribute('data-paused', paused);
    this.#stage.toggleAttribute('data-muted', muted);
    this.#play.setAttribute('aria-label', paused ? 'Play' : 'Pause');
    this.#mute.setAttribute('aria-label', muted ? 'Unmute' : 'Mute');
    this.#captions.hidden = !(this.#player?.hasCaptions ?? false);
    this.#captions.ariaPressed = String(this.#captionsShown);
  }

  #toggleSound(): void {
    if (this.#player !== undefined) {
      this.#player.muted = !this.#player.muted;
    }
    this.refresh();
  }
}

function togglePlay(video: HTMLVideoElement): void {
  if (video.paused) {
    // Refused or superseded: the button still shows "Play", which is the whole answer.
    void video.play().catch(() => undefined);
  } else {
    video.pause();
  }
}

async function toggleFullscreen(stage: HTMLElement, video: WebKitVideo): Promise<void> {
  if (document.fullscreenElement !== null) {
    await document.exitFullscreen();
  } else if (document.fullscreenEnabled) {
    await stage.requestFullscreen();
  } else {
    video.webkitEnterFullscreen?.();
  }
}
