import type { MediaPlaylist, MediaSegment, PartialSegment } from './types.ts';

/** Playlists for tests: one second segments of five parts, as the default profile makes them. */
export const START = Date.UTC(2026, 10, 20, 12, 0, 0, 0);

export function part(number: number, independent: boolean, duration = 0.2): PartialSegment {
  return { uri: `p${number}.m4s`, duration, independent };
}

/** Parts `count` of segment `msn`, numbered through. */
export function partsOf(msn: number, count = 5): PartialSegment[] {
  return Array.from({ length: count }, (_, index) => part(msn * 5 + index, index === 0));
}

export function segment(msn: number, overrides: Partial<MediaSegment> = {}): MediaSegment {
  return {
    uri: `s${msn}.m4s`,
    duration: 1,
    programDateTime: new Date(START + msn * 1000),
    parts: partsOf(msn),
    mapUri: 'init.mp4',
    ...overrides,
  };
}

export function segments(first: number, count: number): MediaSegment[] {
  return Array.from({ length: count }, (_, index) => segment(first + index));
}

/** Segments `first` to `first + count - 1`, and `openParts` parts of the next one. */
export function livePlaylist(
  first: number,
  count: number,
  openParts: number,
  overrides: Partial<MediaPlaylist> = {},
): MediaPlaylist {
  const next = first + count;
  return {
    targetDuration: 1,
    partTarget: 0.2,
    holdBack: 3,
    partHoldBack: 0.6,
    canSkipUntil: 6,
    mediaSequence: first,
    discontinuitySequence: 0,
    segments: segments(first, count),
    open: { programDateTime: new Date(START + next * 1000), parts: partsOf(next, openParts), mapUri: 'init.mp4' },
    preloadHintUri: `p${next * 5 + openParts}.m4s`,
    renditionReports: [],
    ended: false,
    ...overrides,
  };
}

export function endedPlaylist(first: number, count: number): MediaPlaylist {
  const { open: _open, preloadHintUri: _hint, ...rest } = livePlaylist(first, count, 0);
  return { ...rest, ended: true };
}

/** A playlist without parts, as a player without LL-HLS needs no more of. */
export function plainPlaylist(first: number, count: number): MediaPlaylist {
  const {
    open: _open,
    preloadHintUri: _hint,
    partTarget: _target,
    partHoldBack: _holdBack,
    ...rest
  } = livePlaylist(first, count, 0);
  return { ...rest, segments: rest.segments.map((entry) => ({ ...entry, parts: [] })) };
}
