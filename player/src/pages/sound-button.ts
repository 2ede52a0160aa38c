import type { Player, Start } from '../player.ts';
import { find, setText } from './dom.ts';

/** The button over the picture while the browser wants a tap before it gives sound. */
export class SoundButton {
  readonly #button = find('sound', HTMLButtonElement);
  readonly #label = find('sound-text', HTMLElement);
  #player: Player | undefined;

  constructor(video: HTMLVideoElement) {
    this.#button.addEventListener('click', () => void this.#player?.unmute());
    // Whatever gives the sound back, the button is done.
    video.addEventListener('volumechange', () => {
      if (!video.muted) {
        this.#button.hidden = true;
      }
    });
  }

  show(player: Player, start: Start): void {
    this.#player = player;
    setText(this.#label, start === 'refused' ? 'Tap to play' : 'Tap for sound');
    this.#button.hidden = start === 'sound';
  }

  hide(): void {
    this.#button.hidden = true;
  }
}
