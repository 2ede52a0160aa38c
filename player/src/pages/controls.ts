import { find } from './dom.ts';

/** iOS: only the media element itself goes full screen. */
type WebKitVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** Play, mute and full screen, by pointer and keyboard. */
export function wireControls(video: WebKitVideo): void {
  const stage = find('stage', HTMLElement);
  const play = find('play', HTMLButtonElement);
  const mute = find('mute', HTMLButtonElement);
  const fullscreen = find('fullscreen', HTMLButtonElement);

  const refresh = (): void => {
    stage.toggleAttribute('data-paused', video.paused);
    stage.toggleAttribute('data-muted', video.muted);
    play.setAttribute('aria-label', video.paused ? 'Play' : 'Pause');
    mute.setAttribute('aria-label', video.muted ? 'Unmute' : 'Mute');
  };
  for (const type of ['play', 'pause', 'volumechange', 'emptied']) {
    video.addEventListener(type, refresh);
  }
  refresh();

  play.addEventListener('click', () => togglePlay(video));
  video.addEventListener('click', () => togglePlay(video));
  mute.addEventListener('click', () => {
    video.muted = !video.muted;
  });
  fullscreen.hidden = !document.fullscreenEnabled && video.webkitEnterFullscreen === undefined;
  fullscreen.addEventListener('click', () => void toggleFullscreen(stage, video));
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
