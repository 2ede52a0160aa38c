import Hls from 'hls.js';

const LABEL = 'Captions';
/** Enough for the window one can seek in; the oldest are forgotten first. */
const MAX_CUES = 200;

export type Captions = { available(): boolean; show(shown: boolean): void };

/**
 * Shows the captions' rendition in a text track of the element's own. hls.js would make its tracks from `data:` URLs, which the
 * page's policy forbids, and rightly.
 */
export function attachCaptions(hls: Hls, video: HTMLVideoElement, shownAtFirst: boolean): Captions {
  const track = emptyTrack(video);
  let shown = shownAtFirst;
  const apply = (): void => {
    hls.subtitleTrack = shown && hls.subtitleTracks.length > 0 ? Math.max(0, hls.subtitleTrack) : -1;
    track.mode = shown ? 'showing' : 'hidden';
  };
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, apply);
  hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, (_name, { id }) => {
    // hls.js selects the default rendition after it has told of it, and would load it all along.
    if (id !== -1 && !shown) {
      queueMicrotask(apply);
    }
  });
  hls.on(Hls.Events.CUES_PARSED, (_name, { cues }: { cues: readonly TextTrackCue[] }) => {
    for (const cue of cues) {
      // A segment repeats the cues of the one before that still last; one that was trimmed stays so.
      if (track.cues?.getCueById(cue.id) === null) {
        track.addCue(cue);
      }
    }
    forgetOldest(track);
  });
  apply();
  return {
    available: () => hls.subtitleTracks.length > 0,
    show(wanted) {
      shown = wanted;
      apply();
    },
  };
}

/** Tracks that were added can't be taken away: the next stream on the same element uses this one's. */
function emptyTrack(video: HTMLVideoElement): TextTrack {
  const known = [...video.textTracks].find(({ kind, label }) => kind === 'subtitles' && label === LABEL);
  const track = known ?? video.addTextTrack('subtitles', LABEL);
  track.mode = 'hidden';
  for (const cue of [...(track.cues ?? [])]) {
    track.removeCue(cue);
  }
  return track;
}

function forgetOldest(track: TextTrack): void {
  for (const cue of [...(track.cues ?? [])].slice(0, -MAX_CUES)) {
    track.removeCue(cue);
  }
}
