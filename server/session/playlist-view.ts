import type { DateRange, MediaPlaylist, MediaSegment, OpenSegment, RenditionReport } from '../playlist/types.ts';
import type { Grid } from '../timeline/cut.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { Segment, Timeline } from '../timeline/timeline.ts';
import type { CaptionTrack } from './caption-track.ts';

/** Name of the captions' rendition. */
export const SUBTITLES = 'subs';

export type PlaylistViewOptions = {
  readonly profile: Profile;
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly captions: CaptionTrack;
  /** In seconds. */
  readonly targetDuration: number;
  /** An EVENT playlist without parts (`asap`), or a live window with parts. */
  readonly event: boolean;
};

export function playlistUri(rendition: string): string {
  return `${rendition}/stream.m3u8`;
}

export function renditionName(rendition: number): string {
  return `v${rendition}`;
}

/** A timeline as media playlists. */
export class PlaylistView {
  readonly #options: PlaylistViewOptions;
  /** Entries of complete segments: they never change again. */
  readonly #entries = new WeakMap<Segment, MediaSegment>();
  readonly #subtitleEntries = new WeakMap<Segment, MediaSegment>();

  constructor(options: PlaylistViewOptions) {
    this.#options = options;
  }

  /** What a rendition's playlist says now. */
  playlist(rendition: string): MediaPlaylist {
    const { timeline, targetDuration, event } = this.#options;
    const { listed, open } = timeline;
    const complete = open ? listed.slice(0, -1) : listed;
    const subtitles = rendition === SUBTITLES;
    return {
      targetDuration,
      holdBack: 3 * targetDuration,
      ...(event ? this.#eventFields() : this.#liveFields(subtitles)),
      mediaSequence: listed[0]?.msn ?? timeline.nextMsn,
      discontinuitySequence: timeline.discontinuitySequence,
      segments: complete.map((segment) => (subtitles ? this.#subtitleEntry(segment) : this.#entry(segment))),
      ...(open && !event && !subtitles && { open: this.#openEntry(open) }),
      renditionReports: this.#reports(rendition),
      // Captions have their times in the cues; what describes the stream stands beside the pictures.
      ...(!subtitles && { dateRanges: this.#dateRanges(complete) }),
      ended: timeline.ended,
    };
  }

  /** Of chunks that have begun in what is listed, and not ended before it. */
  #dateRanges(complete: readonly Segment[]): readonly DateRange[] {
    const { timeline, captions, event } = this.#options;
    const first = timeline.listed[0];
    const last = complete.at(-1);
    const listedEnd = event ? (last ? last.startFrame + last.frames : 0) : timeline.endFrame;
    return first ? captions.dateRanges(first.startFrame, listedEnd) : [];
  }

  #liveFields(
    subtitles: boolean,
  ): Pick<MediaPlaylist, 'partTarget' | 'partHoldBack' | 'canSkipUntil' | 'preloadHintUri'> {
    const { grid, profile, targetDuration, timeline } = this.#options;
    const partTarget = grid.partFrames / profile.fps;
    // RFC 8216bis 6.2.4: EXT-X-SERVER-CONTROL is the same in all renditions, also where there are no parts.
    const control = { partHoldBack: 3 * partTarget, canSkipUntil: 6 * targetDuration };
    if (subtitles) return control;
    return { partTarget, ...control, ...(!timeline.ended && { preloadHintUri: `p${timeline.nextPart}.m4s` }) };
  }

  #eventFields(): Pick<MediaPlaylist, 'type' | 'startTimeOffset'> {
    const { timeline, profile, targetDuration } = this.#options;
    // RFC 8216bis 4.4.2.2: TIME-OFFSET should not lie within three target durations of the end of an open playlist.
    const startsAtZero = timeline.ended || timeline.endFrame / profile.fps > 3 * targetDuration;
    return { type: 'EVENT', ...(startsAtZero && { startTimeOffset: 0 }) };
  }

  #reports(rendition: string): RenditionReport[] {
    const { timeline, profile, event, captions } = this.#options;
    const lastMsn = timeline.nextMsn - 1;
    const lastPart = (timeline.open ?? timeline.listed.at(-1))?.parts.length ?? 0;
    const media = pictureSizes(profile).map((_, index) => ({
      name: renditionName(index),
      lastMsn,
      ...(!event && { lastPart: Math.max(0, lastPart - 1) }),
    }));
    const subtitles = { name: SUBTITLES, lastMsn: timeline.open ? lastMsn - 1 : lastMsn };
    return [...media, ...(captions.enabled ? [subtitles] : [])]
      .filter((report) => report.name !== rendition && report.lastMsn >= 0)
      .map(({ name, ...report }) => ({ uri: `../${playlistUri(name)}`, ...report }));
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

  /** The same stretch of time as the media segment of this number. */
  #subtitleEntry(segment: Segment): MediaSegment {
    const known = this.#subtitleEntries.get(segment);
    if (known) return known;
    const { mapUri: _mapUri, ...entry } = this.#entry(segment);
    const made = { ...entry, uri: `s${segment.msn}.vtt`, parts: [] };
    this.#subtitleEntries.set(segment, made);
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
