import { StreamError } from '../errors.ts';
import { DEFAULT_PROFILE, pictureSizes } from '../timeline/profile.ts';
import type { FillerKind, Pacing, Profile, SessionOptions } from './types.ts';

/** Target durations in seconds: short for conversations, long where latency is no aim. */
const TARGET_DURATION = { live: 1, asap: 4 } as const;
const DEFAULT_WINDOW_SECONDS = 60;

/** What a session is opened with, all defaults filled in. */
export type SessionSettings = {
  readonly profile: Profile;
  readonly pacing: Pacing;
  readonly filler: FillerKind;
  readonly title: string | undefined;
  /** The rendition of captions: its language, or none. */
  readonly captions: { readonly language: string } | undefined;
  /** Seconds that a live playlist lists. */
  readonly window: number;
  /** In seconds. */
  readonly targetDuration: number;
  /** How far a live stream's published end runs ahead of the wall clock, in ms. */
  readonly leadMs: number;
};

/** Bounds of one session, each a setting. */
export type SessionLimits = {
  readonly maxChunkBytes: number;
  readonly maxChunkSeconds: number;
  readonly maxQueuedSeconds: number;
  readonly maxQueuedChunks: number;
  /** Pixels of a profile in a second, all renditions together. */
  readonly maxPixelsPerSecond: number;
};

/** What one thread of x264 encodes in a second of a picture that changes everywhere, with room to spare (165 to 245 million measured). */
const MAX_RENDITION_PIXELS_PER_SECOND = 150_000_000;

/** @throws {StreamError} `PROFILE_TOO_LARGE` for a profile that could not be encoded as fast as it is shown. */
export function assertCarried(profile: Profile, { maxPixelsPerSecond }: SessionLimits): void {
  const renditions = pictureSizes(profile).map(({ width, height }) => width * height * profile.fps);
  const [largest, all] = [Math.max(...renditions), renditions.reduce((sum, pixels) => sum + pixels, 0)];
  const millions = (pixels: number): string => `${(pixels / 1e6).toFixed(1)} million`;
  const advice = 'choose a smaller picture, a lower fps or fewer renditions';
  if (largest > MAX_RENDITION_PIXELS_PER_SECOND) {
    throw new StreamError(
      'PROFILE_TOO_LARGE',
      `a rendition may have ${millions(MAX_RENDITION_PIXELS_PER_SECOND)} pixels a second, got ${millions(largest)}: ${advice}`,
    );
  }
  if (all <= maxPixelsPerSecond) return;
  throw new StreamError(
    'PROFILE_TOO_LARGE',
    `all renditions together may have ${millions(maxPixelsPerSecond)} pixels a second on this server, got ${millions(all)}: ` +
      `${advice}, or set MAX_PROFILE_PIXELS`,
  );
}

/** @param leadMs - As in `SessionSettings`. */
export function settingsOf(options: SessionOptions, leadMs: number): SessionSettings {
  const pacing = options.pacing ?? 'live';
  const profile: Profile = { ...DEFAULT_PROFILE, ...options.profile };
  return {
    profile,
    pacing,
    filler: options.filler ?? 'idle',
    title: options.title,
    captions: options.captions === false ? undefined : { language: captionLanguage(options) },
    window: options.window ?? DEFAULT_WINDOW_SECONDS,
    targetDuration: TARGET_DURATION[pacing],
    leadMs,
  };
}

/** What the rendition of captions is named for: players need a language (RFC 8216bis 4.4.6.1, Apple 4.7). */
function captionLanguage({ captions, language }: SessionOptions): string {
  return (typeof captions === 'object' ? captions.language : undefined) ?? language ?? 'en';
}
