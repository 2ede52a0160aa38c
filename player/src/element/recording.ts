import { attachPlayer, type Player } from '../player.ts';
import type { Source } from './source.ts';

/**
 * Plays the recording of a session that has ended: all that was said, without the pauses.
 *
 * @param captions - Whether its captions are shown.
 */
export function playRecording(
  video: HTMLVideoElement,
  { recordingUrl, recordingCaptionsUrl }: NonNullable<Source['session']>,
  captions: boolean,
): Player {
  // Captions of another origin are read only where the media is asked for in the same way.
  video.crossOrigin = 'anonymous';
  const track = document.createElement('track');
  track.kind = 'subtitles';
  track.label = 'Captions';
  track.src = recordingCaptionsUrl;
  track.default = captions;
  video.append(track);
  return attachPlayer(video, { src: recordingUrl, prefer: 'native', autoplay: 'any', captions });
}

/** Leaves the media element as it was before. */
export function forgetRecording(video: HTMLVideoElement): void {
  video.removeAttribute('crossorigin');
  for (const track of video.querySelectorAll('track')) {
    track.remove();
  }
}
