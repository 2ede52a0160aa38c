/** One coded video frame (length-prefixed NAL units) or one AAC packet. */
export type Sample = {
  readonly data: Uint8Array;
  /** In ticks of the track's timescale. */
  readonly durationTicks: number;
  readonly isSync: boolean;
  /** Presentation time minus decode time, in ticks of the track's timescale; may be negative. */
  readonly compositionOffsetTicks: number;
};

export type VideoTrackInit = {
  readonly kind: 'video';
  readonly trackId: number;
  /** Ticks per second (`mdhd`). */
  readonly timescale: number;
  /** Coded picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** AVCDecoderConfigurationRecord: the payload of the `avcC` box, without its header. */
  readonly avcC: Uint8Array;
};

export type AudioTrackInit = {
  readonly kind: 'audio';
  readonly trackId: number;
  /** Ticks per second (`mdhd`). */
  readonly timescale: number;
  readonly channels: number;
  /** In Hz. */
  readonly sampleRate: number;
  /** ISO/IEC 14496-3 1.6.2.1. */
  readonly audioSpecificConfig: Uint8Array;
};

/** What a `trak` says of one track. */
export type TrackInit = VideoTrackInit | AudioTrackInit;

/** One `traf`: samples in decode order. */
export type FragmentTrack = {
  readonly trackId: number;
  /** Decode time of the first sample (`tfdt`), in ticks of the track's timescale. */
  readonly baseMediaDecodeTime: bigint;
  readonly samples: readonly Sample[];
};

/** One `moof` and its `mdat`. */
export type Fragment = {
  readonly sequenceNumber: number;
  readonly tracks: readonly FragmentTrack[];
};
