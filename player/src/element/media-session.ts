export type NowPlaying = { readonly title: string; readonly poster: string };

/** Title, picture and buttons on lock screens and keyboards (Media Session API); the player that played last has them. */
export function announce(video: HTMLVideoElement, { title, poster }: NowPlaying): void {
  if (!('mediaSession' in navigator)) {
    return;
  }
  const { mediaSession } = navigator;
  const artwork = poster === '' ? [] : [{ src: new URL(poster, document.baseURI).href }];
  mediaSession.metadata = new MediaMetadata({ title, artwork });
  mediaSession.setActionHandler('play', () => {
    // Refused: the button that was pressed still says "play".
    void video.play().catch(() => undefined);
  });
  mediaSession.setActionHandler('pause', () => video.pause());
}

export function withdraw(): void {
  if ('mediaSession' in navigator) {
    navigator.mediaSession.metadata = null;
    navigator.mediaSession.setActionHandler('play', null);
    navigator.mediaSession.setActionHandler('pause', null);
  }
}
