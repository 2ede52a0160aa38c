import { BROWSER_PLAYERS } from './browsers/browser-player.ts';
import type { Player } from './player.ts';
import { ffmpeg } from './programs/ffmpeg.ts';
import { gstreamer, gstreamerWithoutCaptions } from './programs/gstreamer.ts';
import { mpv } from './programs/mpv.ts';
import { streamlink } from './programs/streamlink.ts';
import { vlc } from './programs/vlc.ts';

/** Every player that can be had on this platform, in the order of the table. */
export const PLAYERS: readonly Player[] = [
  ...BROWSER_PLAYERS,
  ffmpeg,
  vlc,
  mpv,
  gstreamer,
  gstreamerWithoutCaptions,
  streamlink,
];
