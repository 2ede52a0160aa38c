import { DEFAULT_PROFILE } from '../timeline/profile.ts';
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
};

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
