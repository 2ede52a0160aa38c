import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import type { Profile } from '../timeline/profile.ts';

/**
 * Media made inside this process (the drawn face): raw pictures and sound of one chunk.
 * `frames` pictures last exactly as long as the sound does, rounded up to a whole frame.
 */
export type RawClip = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Number of pictures that `pictures` will yield. */
  readonly frames: number;
  /** One RGBA picture each, width * height * 4 bytes, in order; made while it is being read. */
  readonly pictures: AsyncIterable<Uint8Array>;
  /** Mono, 16 bit signed. */
  readonly pcm: Int16Array;
  readonly audioRate: number;
};

/** Sound made inside this process that has no pictures of its own: `frames` of the profile's last as long as it does, rounded up. */
export type RawSound = {
  readonly frames: number;
  /** Mono, 16 bit signed. */
  readonly pcm: Int16Array;
  readonly audioRate: number;
};

/** What is inside a media file, as far as the encoder needs to know. Times in seconds from the start of the file. */
export type MediaProbe = {
  readonly container: string;
  readonly video?: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly start: number;
    readonly end: number;
  };
  readonly audio?: {
    readonly codec: string;
    readonly sampleRate: number;
    readonly start: number;
    readonly end: number;
    /** Lossless codecs end where the sound does; the others fill up their last block. */
    readonly exact: boolean;
  };
};

/** Where a chunk's media comes from. */
export type ChunkSource =
  | { readonly kind: 'file'; readonly path: string; readonly probe: MediaProbe }
  | { readonly kind: 'clip'; readonly clip: RawClip }
  | { readonly kind: 'sound'; readonly sound: RawSound };

/** How a chunk is to be encoded. */
export type ChunkPlan = {
  readonly profile: Profile;
  /** Length of each segment, in frames; each starts with an IDR. */
  readonly segmentFrames: readonly number[];
  /** Further frames that show the last picture, for `hold` filler; they start with an IDR. */
  readonly holdFrames: number;
  /** Frames and samples of the source in front of the first that is wanted. */
  readonly skip?: { readonly frames: number; readonly samples: number } | undefined;
};

/** One encode, once its process is gone. */
export type EndedEncode = {
  readonly isDone: boolean;
  /** Length of what came out, and how long that took. */
  readonly mediaSeconds: number;
  readonly seconds: number;
};

/** Coded pictures of a clip in a form that can be published any number of times. */
export type FillerClip = {
  /** Hash of all that is in it: the same pictures, cut in the same way, have the same name. */
  readonly id: string;
  readonly segmentFrames: readonly number[];
  /** Per rendition, all frames in order. */
  readonly video: readonly (readonly Sample[])[];
  readonly init: readonly VideoTrackInit[];
};

export type VideoEncoderName = 'h264_nvenc' | 'libx264';

/** Which encoder is used, and why not the other. */
export type EncoderChoice = {
  readonly name: VideoEncoderName;
  readonly reason: string;
  readonly rejected: readonly { readonly name: VideoEncoderName; readonly reason: string }[];
};
