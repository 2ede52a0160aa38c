/** EXT-X-PART (RFC 8216bis 4.4.4.9). */
export type PartialSegment = {
  readonly uri: string;
  /** In seconds. */
  readonly duration: number;
  /** True when the part starts with a sync sample. */
  readonly independent: boolean;
};

/** One entry of a Media Playlist (RFC 8216bis 4.4.4). */
export type MediaSegment = {
  readonly uri: string;
  /** EXTINF, in seconds. */
  readonly duration: number;
  /** EXT-X-PROGRAM-DATE-TIME of the first sample. */
  readonly programDateTime: Date;
  /** All parts of the segment, in order; empty in a playlist without parts. */
  readonly parts: readonly PartialSegment[];
  /** EXT-X-DISCONTINUITY stands before this segment. */
  readonly discontinuity?: boolean;
  /** URI of the init segment (EXT-X-MAP) that applies to this segment; absent when it needs none (WebVTT). */
  readonly mapUri?: string;
};

/** The segment in the making: its first parts are published, the rest is to come. */
export type OpenSegment = Omit<MediaSegment, 'uri' | 'duration'>;

/** EXT-X-RENDITION-REPORT (RFC 8216bis 4.4.5.4). */
export type RenditionReport = { readonly uri: string; readonly lastMsn: number; readonly lastPart?: number };

/** A Media Playlist as data (RFC 8216bis 4.4.3). All durations in seconds. */
export type MediaPlaylist = {
  readonly targetDuration: number;
  /** PART-TARGET; absent in a playlist without parts. */
  readonly partTarget?: number;
  /** HOLD-BACK, at least three target durations. */
  readonly holdBack: number;
  /** PART-HOLD-BACK, at least three part targets. */
  readonly partHoldBack?: number;
  /** CAN-SKIP-UNTIL, at least six target durations; absent when delta updates are not offered. */
  readonly canSkipUntil?: number;
  /** EVENT: nothing is ever removed. Absent for a live window. */
  readonly type?: 'EVENT';
  /** EXT-X-START TIME-OFFSET. */
  readonly startTimeOffset?: number;
  /** Media sequence number of `segments[0]`. */
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  /** Complete segments, oldest first. */
  readonly segments: readonly MediaSegment[];
  readonly open?: OpenSegment;
  /** URI of the part that will be published next (EXT-X-PRELOAD-HINT TYPE=PART). */
  readonly preloadHintUri?: string;
  readonly renditionReports: readonly RenditionReport[];
  /** Metadata of what the playlist lists, oldest first. */
  readonly dateRanges?: readonly DateRange[];
  /** EXT-X-ENDLIST. */
  readonly ended: boolean;
};

/** EXT-X-STREAM-INF (RFC 8216bis 4.4.6.2). */
export type VariantStream = {
  readonly uri: string;
  /** Bits per second: peak, and average. */
  readonly bandwidth: number;
  readonly averageBandwidth: number;
  /** RFC 6381, for example `avc1.64001F,mp4a.40.2`. */
  readonly codecs: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
};

/** EXT-X-MEDIA TYPE=SUBTITLES (RFC 8216bis 4.4.6.1): a rendition of WebVTT segments. */
export type SubtitleRendition = {
  readonly uri: string;
  /** For people. */
  readonly name: string;
  /** BCP 47 tag. */
  readonly language: string;
};

/** EXT-X-DATERANGE (RFC 8216bis 4.4.5.1). */
export type DateRange = {
  readonly id: string;
  readonly className: string;
  readonly startDate: Date;
  /** In seconds; `plannedDuration` until `duration` is known, and then beside it: repeated tags must agree. */
  readonly plannedDuration?: number;
  readonly duration?: number;
  /** Client attributes by full name (`X-...`). */
  readonly attributes: Readonly<Record<`X-${string}`, string | number>>;
};
