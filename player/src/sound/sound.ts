/** How to begin: `any`: with sound, else without; `sound`: with sound or not at all; `muted`: without; `none`: when somebody plays it. */
export type Autoplay = 'any' | 'sound' | 'muted' | 'none';

/** How playback started: `muted` and `refused` wait for a tap. */
export type Start = 'sound' | 'muted' | 'refused';

/** Starts playback as far as the browser's policy lets it. */
export async function startPlaying(video: HTMLVideoElement, autoplay: Exclude<Autoplay, 'none'>): Promise<Start> {
  if (autoplay === 'muted') {
    video.muted = true;
  }
  if (await play(video)) {
    return video.muted ? 'muted' : 'sound';
  }
  if (autoplay === 'sound') {
    return 'refused';
  }
  video.muted = true;
  return (await play(video)) ? 'muted' : 'refused';
}

/** To be called from a tap or key press. */
export async function unmute(video: HTMLVideoElement): Promise<void> {
  video.muted = false;
  video.volume = video.volume === 0 ? 1 : video.volume;
  await play(video);
}

/** False when the browser wants a gesture first. */
async function play(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') {
      return false;
    }
    // A new load or a pause took the place of this play(): not a refusal, and whoever did it goes on.
    if (error instanceof DOMException && error.name === 'AbortError') {
      return true;
    }
    throw error;
  }
}
