import { type Profile, pictureSizes } from '../timeline/profile.ts';
import { FRAGMENTED_MP4, videoEncoderArguments } from './encoder-arguments.ts';
import { FORCE_IDR_AT_LEAPS } from './filter-scripts.ts';
import type { ChunkSource, VideoEncoderName } from './types.ts';

/** Demuxers that read the bytes they are given and nothing else: no playlists, no scripts, no devices. */
export const SAFE_DEMUXERS = 'mov,mp4,m4a,3gp,3g2,mj2,mpegts,matroska,webm,wav,w64,aiff,mp3,aac,ogg,flac,flv,avi';

/** Options in front of an input that came from outside. */
export const UNTRUSTED_INPUT = [
  ...['-protocol_whitelist', 'file', '-format_whitelist', SAFE_DEMUXERS],
  ...['-max_streams', '8', '-max_pixels', `${4096 * 2304}`, '-probesize', '5000000', '-analyzeduration', '5000000'],
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
  | { readonly kind: 'file'; readonly video: boolean; readonly audio: boolean }
  /** Its sound says its own rate (WAV): which voice speaks next is not known before. */
  | { readonly kind: 'clip'; readonly width: number; readonly height: number }
  | { readonly kind: 'sound'; readonly audioRate: number };

export function variantOf(source: ChunkSource): Variant {
  if (source.kind === 'clip') return { kind: 'clip', width: source.clip.width, height: source.clip.height };
  if (source.kind === 'sound') return { kind: 'sound', audioRate: source.sound.audioRate };
  return { kind: 'file', video: source.probe.video !== undefined, audio: source.probe.audio !== undefined };
}

/** File descriptors of one encode's outputs, and how many pipes beyond stderr it needs. */
export type Outputs = {
  readonly video: readonly number[];
  readonly audio: number | undefined;
  readonly extraPipes: number;
};

/** Descriptor of the pipe that a clip's sound goes in by. */
export const CLIP_SOUND_FD = 3;

export function outputsOf(variant: Variant, profile: Profile): Outputs {
  const hasVideo = variant.kind === 'clip' || (variant.kind === 'file' && variant.video);
  const hasAudio = variant.kind !== 'file' || variant.audio;
  let next = variant.kind === 'clip' ? CLIP_SOUND_FD + 1 : 3;
  const video = hasVideo ? pictureSizes(profile).map((_, index) => (index === 0 ? 1 : next++)) : [];
  const audio = hasAudio ? (hasVideo ? next++ : 1) : undefined;
  return { video, audio, extraPipes: next - 3 };
}

/** The command line of one chunk's encode. */
export function chunkArguments(variant: Variant, profile: Profile, encoder: VideoEncoderName): string[] {
  const outputs = outputsOf(variant, profile);
  const input = inputOf(variant, profile.fps);
  const [videoInput, audioInput] = variant.kind === 'clip' ? [0, 1] : variant.kind === 'sound' ? [0, 0] : [1, 1];
  const video = outputs.video.flatMap((fd, index) => {
    const size = pictureSizes(profile)[index] ?? profile;
    return [
      ...['-map', `${videoInput}:v:0`, '-filter_script:v', JOB_FILES.videoScript(index), ...FORCE_IDR_AT_LEAPS],
      ...videoEncoderArguments(encoder, { ...size, fps: profile.fps }),
      ...[...FRAGMENTED_MP4, `pipe:${fd}`],
    ];
  });
  const audio =
    outputs.audio === undefined
      ? []
      : [
          ...['-map', `${audioInput}:a:0`, '-filter_script:a', JOB_FILES.audioScript],
          ...['-f', 's16le', '-flush_packets', '1', `pipe:${outputs.audio}`],
        ];
  return ['-nostdin', '-v', 'error', '-filter_threads', '1', ...input, ...video, ...audio];
}

function inputOf(variant: Variant, fps: number): string[] {
  if (variant.kind === 'clip') return clipInput(variant, fps);
  return variant.kind === 'sound' ? soundInput(variant.audioRate) : fileInput();
}

/** A gate (raw bytes on stdin) in front of the file: ffmpeg opens inputs in order, so it waits at the gate for the file to be there. */
function fileInput(): string[] {
  return [
    ...['-protocol_whitelist', 'pipe', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'u8', '-ar', '8000', '-ac', '1', '-i', 'pipe:0'],
    ...[...UNTRUSTED_INPUT, ...DECODER_THREADS, '-i', `file:${JOB_FILES.input}`],
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
