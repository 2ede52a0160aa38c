import type { MediaPlaylist, MediaSegment, OpenSegment, RenditionReport } from '../playlist/types.ts';
import type { Grid } from '../timeline/cut.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { Segment, Timeline } from '../timeline/timeline.ts';

export type PlaylistViewOptions = {
  readonly profile: Profile;
  readonly grid: Grid;
  readonly timeline: Timeline;
  /** In seconds. */
  readonly targetDuration: number;
  /** An EVENT playlist without parts (`asap`), or a live window with parts. */
  readonly event: boolean;
};

export function renditionName(rendition: number): string {
  return `v${rendition}`;
}

/** A timeline as media playlists. */
export class PlaylistView {
  readonly #options: PlaylistViewOptions;
  /** Entries of complete segments: they never change again. */
  readonly #entries = new WeakMap<Segment, MediaSegment>();

  constructor(options: PlaylistViewOptions) {
    this.#options = options;
  }

  /** What a rendition's playlist says now. */
  playlist(rendition: string): MediaPlaylist {
    const { timeline, targetDuration, event } = this.#options;
    const { listed, open } = timeline;
    const complete = open ? listed.slice(0, -1) : listed;
    return {
      targetDuration,
      holdBack: 3 * targetDuration,
      ...(event ? this.#eventFields() : this.#liveFields()),
      mediaSequence: listed[0]?.msn ?? timeline.nextMsn,
      discontinuitySequence: timeline.discontinuitySequence,
      segments: complete.map((segment) => this.#entry(segment)),
      ...(open && !event && { open: this.#openEntry(open) }),
      renditionReports: this.#reports(rendition),
      ended: timeline.ended,
    };
  }

  #liveFields(): Pick<MediaPlaylist, 'partTarget' | 'partHoldBack' | 'canSkipUntil' | 'preloadHintUri'> {
    const { grid, profile, targetDuration, timeline } = this.#options;
    const partTarget = grid.partFrames / profile.fps;
    return {
      partTarget,
      partHoldBack: 3 * partTarget,
      canSkipUntil: 6 * targetDuration,
      ...(!timeline.ended && { preloadHintUri: `p${timeline.nextPart}.m4s` }),
    };
  }

  #eventFields(): Pick<MediaPlaylist, 'type' | 'startTimeOffset'> {
    const { timeline, profile, targetDuration } = this.#options;
    // RFC 8216bis 4.4.2.2: TIME-OFFSET should not lie within three target durations of the end of an open playlist.
    const startsAtZero = timeline.ended || timeline.endFrame / profile.fps > 3 * targetDuration;
    return { type: 'EVENT', ...(startsAtZero && { startTimeOffset: 0 }) };
  }

  #reports(rendition: string): RenditionReport[] {
    const { timeline, profile, event } = this.#options;
    const lastMsn = timeline.nextMsn - 1;
    const lastPart = (timeline.open ?? timeline.listed.at(-1))?.parts.length ?? 0;
    return pictureSizes(profile)
      .map((_, index) => renditionName(index))
      .filter((name) => name !== rendition && lastMsn >= 0)
      .map((name) => ({
        uri: `../${name}/stream.m3u8`,
        lastMsn,
        ...(!event && { lastPart: Math.max(0, lastPart - 1) }),
      }));
  }

  #entry(segment: Segment): MediaSegment {
    const known = this.#entries.get(segment);
    if (known) return known;
    const made = {
      ...this.#openEntry(segment),
      uri: `s${segment.msn}.m4s`,
      duration: segment.frames / this.#options.profile.fps,
    };
    this.#entries.set(segment, made);
    return made;
  }

  #openEntry(segment: Segment): OpenSegment {
    const { profile, event } = this.#options;
    const parts = event
      ? []
      : segment.parts.map((part) => ({
          uri: `p${part.number}.m4s`,
          duration: part.frames / profile.fps,
          independent: part.independent,
        }));
    return {
      programDateTime: new Date(Math.round(segment.programDateTimeMs)),
      parts,
      ...(segment.discontinuity && { discontinuity: true }),
      mapUri: `init${segment.initId}.mp4`,
    };
  }
}
