import type { Player, QualityFigures } from '../player.ts';

const LOOK_MS = 1_000;

/** Hands out the player's figures when they have changed. @returns the timer that does. */
export function watchFigures(
  player: Player,
  onChange: (figures: QualityFigures) => void,
): ReturnType<typeof setInterval> {
  let before = '';
  return setInterval(() => {
    const figures = player.figures();
    const now = JSON.stringify(figures);
    if (now !== before) {
      before = now;
      onChange(figures);
    }
  }, LOOK_MS);
}
