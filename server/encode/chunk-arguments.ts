import { type Profile, pictureSizes } from '../timeline/profile.ts';
import { encodeMemoryBytes, ORDINARY_MEMORY_BYTES } from './decode-memory.ts';
import { FRAGMENTED_MP4, videoEncoderArguments } from './encoder-arguments.ts';
import { FORCE_IDR_AT_LEAPS } from './filter-scripts.ts';
import type { ChunkSource, VideoEncoderName } from './types.ts';

/** Demuxers that read the bytes they are given and nothing else: no playlists, no scripts, no devices. */
export const SAFE_DEMUXERS =
  'mov,mp4,m4a,3gp,3g2,mj2,mpegts,matroska,webm,wav,w64,aiff,mp3,aac,ogg,flac,flv,avi,mpeg,asf,caf,au,ac3,eac3,wv';

/**
 * Streams of all kinds that a file may have. Films have dozens of subtitles, phones a track for each sensor; only what is decoded costs
 * memory, and that is bounded elsewhere (`decode-memory.ts`).
 */
export const MAX_STREAMS = 500;

/** Options in front of an input that came from outside. */
export const UNTRUSTED_INPUT = [
  ...['-protocol_whitelist', 'file', '-format_whitelist', SAFE_DEMUXERS],
  ...['-max_streams', `${MAX_STREAMS}`, '-max_pixels', `${4096 * 2304}`],
  ...['-probesize', '5000000', '-analyzeduration', '5000000'],
];

/** Chunks are encoded side by side, so more threads each would only cost memory; the option counts for the input it stands before. */
const DECODER_THREADS = ['-threads', '1'];

/** Names inside a job's own directory, which is the process's working directory. */
export const JOB_FILES = {
  input: 'input',
  audioScript: 'audio.filter',
  videoScript: (rendition: number) => `video${rendition}.filter`,
};

/**
 * What must be known to start a process before its chunk is: the kind of input and the profile. Everything else reaches it through
 * files that ffmpeg opens only once its first input gives bytes.
 */
export type Variant =
  | FileVariant
  /** Its sound says its own rate (WAV): which voice speaks next is not known before. */
  | { readonly kind: 'clip'; readonly width: number; readonly height: number }
  | { readonly kind: 'sound'; readonly audioRate: number };

/** A file from outside: which of its streams are read, by which decoder, and how much memory that may take. */
export type FileVariant = {
  readonly kind: 'file';
  /** Ordinal among the streams of pictures, cover art not counted. */
  readonly video?: number;
  /** Instead of ffmpeg's first choice. */
  readonly decoder?: string;
  /** Ordinal among the streams of sound. */
  readonly audio?: number;
  readonly memoryBytes: number;
};

/** Most uploads: one stream of pictures and one of sound, neither large nor rare. */
export const ORDINARY_FILE: FileVariant = { kind: 'file', video: 0, audio: 0, memoryBytes: ORDINARY_MEMORY_BYTES };

export function variantOf(source: ChunkSource, profile: Profile): Variant {
  if (source.kind === 'clip') return { kind: 'clip', width: source.clip.width, height: source.clip.height };
  if (source.kind === 'sound') return { kind: 'sound', audioRate: source.sound.audioRate };
  const { video, audio } = source.probe;
  const decoder = video?.alpha === 'native' ? undefined : video?.alpha;
  return {
    kind: 'file',
    ...(video && { video: video.ordinal ?? 0 }),
    ...(decoder !== undefined && { decoder }),
    ...(audio && { audio: audio.ordinal ?? 0 }),
    memoryBytes: encodeMemoryBytes(source.probe, profile),
  };
}

/** File descriptors of one encode's outputs, and how many pipes beyond stderr it needs. */
export type Outputs = {
  readonly video: readonly number[];
  readonly audio: number | undefined;
  /** When each picture of a file is shown (`PictureTimes`). */
  readonly times: number | undefined;
  readonly extraPipes: number;
};

/** Descriptor of the pipe that a clip's sound goes in by. */
export const CLIP_SOUND_FD = 3;

export function outputsOf(variant: Variant, profile: Profile): Outputs {
  const isFile = variant.kind === 'file';
  const hasVideo = variant.kind === 'clip' || (isFile && variant.video !== undefined);
  const hasAudio = !isFile || variant.audio !== undefined;
  let next = variant.kind === 'clip' ? CLIP_SOUND_FD + 1 : 3;
  const video = hasVideo ? pictureSizes(profile).map((_, index) => (index === 0 ? 1 : next++)) : [];
  const audio = hasAudio ? (hasVideo ? next++ : 1) : undefined;
  const times = isFile && hasVideo ? next++ : undefined;
  return { video, audio, times, extraPipes: next - 3 };
}

/** The command line of one chunk's encode. */
export function chunkArguments(variant: Variant, profile: Profile, encoder: VideoEncoderName): string[] {
  const outputs = outputsOf(variant, profile);
  const streams = streamsOf(variant);
  const video = outputs.video.flatMap((fd, index) => {
    const size = pictureSizes(profile)[index] ?? profile;
    return [
      ...['-map', streams.video, '-filter_script:v', JOB_FILES.videoScript(index), ...FORCE_IDR_AT_LEAPS],
      ...videoEncoderArguments(encoder, { ...size, fps: profile.fps }),
      ...[...FRAGMENTED_MP4, `pipe:${fd}`],
    ];
  });
  const audio =
    outputs.audio === undefined
      ? []
      : [
          ...['-map', streams.audio, '-filter_script:a', JOB_FILES.audioScript],
          ...[...(variant.kind === 'file' ? TIMED_PCM : BARE_PCM), `pipe:${outputs.audio}`],
        ];
  // What decodes in part is played in part, with a word (`differences.ts`): no share of errors fails the whole.
  const general = ['-nostdin', '-loglevel', 'level+warning', '-max_error_rate', '1', '-filter_threads', '1'];
  return [...general, ...inputOf(variant, profile.fps), ...video, ...audio];
}

const BARE_PCM = ['-f', 's16le', '-flush_packets', '1'];
/** For `PcmReader`. */
const TIMED_PCM = [
  ...['-c:a', 'pcm_s16le', '-map_metadata', '-1', '-map_chapters', '-1', '-avoid_negative_ts', 'disabled'],
  ...['-f', 'mov', '-movflags', 'frag_every_frame+empty_moov+default_base_moof+frag_discont', '-flush_packets', '1'],
];

/** The first input of a file is its gate, and a sound's only one. */
function streamsOf(variant: Variant): { video: string; audio: string } {
  if (variant.kind === 'clip') return { video: '0:v:0', audio: '1:a:0' };
  if (variant.kind === 'sound') return { video: '0:v:0', audio: '0:a:0' };
  return { video: `1:V:${variant.video ?? 0}`, audio: `1:a:${variant.audio ?? 0}` };
}

function inputOf(variant: Variant, fps: number): string[] {
  if (variant.kind === 'clip') return clipInput(variant, fps);
  return variant.kind === 'sound' ? soundInput(variant.audioRate) : fileInput(variant.decoder);
}

/**
 * A gate (raw bytes on stdin) in front of the file: ffmpeg opens inputs in order, so it waits at the gate for the file to be there.
 * Pictures that change their size or are to be turned are dealt with by our own filters (`picture-filters.ts`): ffmpeg would begin with
 * new filters, which count from 0 again, and turns pictures by filters that do not stand a change.
 */
function fileInput(decoder: string | undefined): string[] {
  return [
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'u8', '-ar', '8000', '-ac', '1', '-i', 'pipe:0'],
    ...[...UNTRUSTED_INPUT, ...DECODER_THREADS, '-reinit_filter:v', '0', '-autorotate', '0'],
    ...[...(decoder === undefined ? [] : ['-c:v', decoder]), '-i', `file:${JOB_FILES.input}`],
  ];
}

function clipInput(clip: { width: number; height: number }, fps: number): string[] {
  return [
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${clip.width}x${clip.height}`, '-r', `${fps}`, '-i', 'pipe:0'],
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'wav', '-i', `pipe:${CLIP_SOUND_FD}`],
  ];
}

function soundInput(audioRate: number): string[] {
  return [
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 's16le', '-ar', `${audioRate}`, '-ac', '1', '-i', 'pipe:0'],
  ];
}
