import type { OpenedSession } from '../session/api.ts';

export type EmbedCodes = {
  /** Address of the multivariant playlist, for any HLS player. */
  readonly playlist: string;
  /** The player as a web component. */
  readonly tag: string;
  /** The player as a page of its own, in a frame. */
  readonly frame: string;
  /** The addresses carry a playback token, which expires. */
  readonly hasToken: boolean;
};

type Shown = Pick<OpenedSession, 'playlistUrl' | 'playerUrl' | 'profile'>;

/**
 * What to paste where a session is to be shown.
 *
 * @param base - Address of the page, which relative addresses are resolved against.
 */
export function embedCodes({ playlistUrl, playerUrl, profile }: Shown, base: string): EmbedCodes {
  const playlist = new URL(playlistUrl, base);
  const player = new URL(playerUrl, base);
  const script = new URL('player.js', new URL('../', player));
  const { width, height } = profile;
  const size = `style="width: 100%; max-width: ${width}px; aspect-ratio: ${width} / ${height}`;
  return {
    playlist: playlist.href,
    tag: [
      `<script type="module" src="${attribute(script.href)}"></script>`,
      `<throughline-player src="${attribute(playlist.href)}" autoplay="any" ${size}"></throughline-player>`,
    ].join('\n'),
    frame: `<iframe src="${attribute(player.href)}" title="Live stream" allow="autoplay; fullscreen; picture-in-picture" ${size}; border: 0"></iframe>`,
    hasToken: playlist.pathname.includes('/~') || player.searchParams.has('token'),
  };
}

/** Text as the value of an attribute between double quotes. */
function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
