import type { Profile } from '../../../server/session/types.ts';
import type { Player, QualityFigures } from '../player.ts';
import { button, find, setText } from './dom.ts';

export type StageState = 'loading' | 'live' | 'behind' | 'waiting' | 'reconnecting' | 'paused' | 'ended' | 'gone';

export type Action = { readonly label: string; readonly run: () => void };

/** How far behind a new viewer one may be and still be called live, in seconds. */
const LIVE_TOLERANCE = 3;

const BADGES: Record<StageState, string> = {
  loading: 'Connecting',
  live: 'LIVE',
  behind: 'Go to live',
  waiting: 'Waiting',
  reconnecting: 'Reconnecting',
  paused: 'Paused',
  ended: 'Ended',
  gone: 'Offline',
};

/** The picture, with what is said over it: badge and messages. */
export class Stage {
  readonly video = find('video', HTMLVideoElement);
  readonly #stage = find('stage', HTMLElement);
  readonly #badge = find('badge', HTMLButtonElement);
  readonly #badgeText = find('badge-text', HTMLElement);
  readonly #message = find('message', HTMLElement);
  readonly #messageText = find('message-text', HTMLElement);
  readonly #actions = find('message-actions', HTMLElement);
  #player: Player | undefined;

  constructor() {
    this.#badge.addEventListener('click', () => this.#player?.seekToLive());
  }

  /** Before the first frame of a session: the frame keeps the size its picture will have. */
  load(profile: Pick<Profile, 'width' | 'height'>): void {
    document.documentElement.style.setProperty('--ratio', String(profile.width / profile.height));
    this.#show('loading');
  }

  set player(player: Player) {
    this.#player = player;
  }

  /** To be called now and then: what the badge says follows from the media element, and the connection once media runs out. */
  refresh({ latency, targetLatency }: QualityFigures, connected: boolean): void {
    const state = this.#stage.dataset.state;
    if (state !== 'gone') {
      const behind = (latency ?? 0) - (targetLatency ?? LIVE_TOLERANCE);
      const now = stateOf(this.video, behind, state === 'loading');
      this.#show(now === 'waiting' && !connected ? 'reconnecting' : now);
    }
  }

  /** The stream does not exist any more, or never did. */
  gone(): void {
    this.#show('gone');
  }

  say(text: string, ...actions: readonly Action[]): void {
    setText(this.#messageText, text);
    this.#actions.replaceChildren(...actions.map(({ label, run }) => button(label, run)));
    this.#message.hidden = false;
  }

  clear(): void {
    this.#message.hidden = true;
  }

  #show(state: StageState): void {
    this.#stage.dataset.state = state;
    this.#badge.disabled = state !== 'behind';
    setText(this.#badgeText, BADGES[state]);
  }
}

function stateOf(video: HTMLVideoElement, behind: number, loading: boolean): StageState {
  if (video.ended) {
    return 'ended';
  }
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    return loading ? 'loading' : 'waiting';
  }
  if (video.paused) {
    return 'paused';
  }
  if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) {
    return 'waiting';
  }
  return behind > LIVE_TOLERANCE ? 'behind' : 'live';
}
