import type { ThroughlinePlayer } from '../element/index.ts';

/** Tells the program date time of each picture, and when it is on screen. Where the browser does not say, nothing is told. */
export function followFrames(player: ThroughlinePlayer, onFrame: (dateMs: number, displayMs: number) => void): void {
  const { media } = player;
  const next = 'requestVideoFrameCallback' in media ? media.requestVideoFrameCallback.bind(media) : undefined;
  next?.((_nowMs, { mediaTime, expectedDisplayTime }) => {
    const date = player.dateOfPosition(mediaTime);
    if (date !== null) {
      onFrame(date.getTime(), expectedDisplayTime);
    }
    followFrames(player, onFrame);
  });
}
