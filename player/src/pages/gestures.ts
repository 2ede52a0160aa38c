import type { ThroughlinePlayer } from '../element/index.ts';

/** Gives sound with the first gesture on the page: whoever uses it wants to hear the answer. What is done to the player, it hears itself. */
export function unmuteByGesture(player: ThroughlinePlayer): void {
  for (const type of ['click', 'keydown']) {
    document.addEventListener(type, (event) => {
      if (!event.composedPath().includes(player) && navigator.userActivation.isActive) {
        void player.unmute();
      }
    });
  }
}

/** Calls `onEscape` for what Escape does not close or leave of its own accord. */
export function hearEscape(onEscape: () => void): void {
  document.addEventListener('keydown', (event) => {
    const isTaken =
      document.fullscreenElement !== null || document.querySelector(':popover-open, dialog[open]') !== null;
    if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && !isTaken) {
      onEscape();
    }
  });
}
