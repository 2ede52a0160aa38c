/** Cues of what was cut off end where it was cut. @param position - Of the media element, in seconds. */
export function trimCues(tracks: Iterable<Pick<TextTrack, 'kind' | 'cues'>>, position: number): void {
  for (const { kind, cues } of tracks) {
    if (kind === 'subtitles' || kind === 'captions') {
      for (const cue of cues ?? []) {
        if (cue.startTime < position && position < cue.endTime) {
          cue.endTime = position;
        }
      }
    }
  }
}
