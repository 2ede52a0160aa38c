import { ThroughlinePlayer } from './throughline-player.ts';

export { attachPlayer, type Player, type PlayerOptions } from '../player.ts';
export type { ThroughlineEvents } from './player-events.ts';
export { ThroughlinePlayer };

// Two scripts on one page, or one loaded twice, share the first.
if (globalThis.customElements !== undefined && customElements.get('throughline-player') === undefined) {
  customElements.define('throughline-player', ThroughlinePlayer);
}

declare global {
  interface HTMLElementTagNameMap {
    'throughline-player': ThroughlinePlayer;
  }
}
