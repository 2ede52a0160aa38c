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

/** Colours beyond BT.709: of HDR (PQ, HLG), and with wider primaries alone. */
export type WideColour = 'pq' | 'hlg' | 'bt2020' | 'p3';

/** The pictures of a media file. */
export type VideoProbe = {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
  /** When the last picture begins, which is shown to the end; absent where that is not known. */
  readonly lastStart?: number;
  /** Which of the file's streams of pictures it is, cover art not counted; default: the first. */
  readonly ordinal?: number;
  /** How they are to be turned before they are shown, clockwise, and then whether to be mirrored left to right. */
  readonly rotation?: 90 | 180 | 270;
  readonly flip?: boolean;
  /** Absent: BT.709, BT.601 and sRGB, which are taken for each other. */
  readonly colour?: WideColour;
  /** They have an alpha channel, which ffmpeg's own decoder for the codec gives, or only this one. */
  readonly alpha?: 'native' | 'libvpx' | 'libvpx-vp9';
  readonly interlaced?: boolean;
  /** Bytes that a decoded pixel takes, at most; default: what YUV 4:4:4 of 16 bits does. */
  readonly bytesPerPixel?: number;
};

/** The sound of a media file. */
export type AudioProbe = {
  readonly codec: string;
  readonly sampleRate: number;
  readonly start: number;
  readonly end: number;
  /** Lossless codecs end where the sound does; the others fill up their last block. */
  readonly exact: boolean;
  /** Which of the file's streams of sound it is; default: the first. */
  readonly ordinal?: number;
  readonly channels?: number;
};

/** What is inside a media file, as far as the encoder needs to know. Times in seconds from the start of the file. */
export type MediaProbe = {
  readonly container: string;
  readonly video?: VideoProbe;
  readonly audio?: AudioProbe;
  /** When all ends by the file's header, where that says so; the tracks end where their packets do. */
  readonly announcedEnd?: number;
  /** Streams of all kinds in the file, where they are known. */
  readonly streams?: number;
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
