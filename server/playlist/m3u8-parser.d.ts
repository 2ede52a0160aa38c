/** The part of m3u8-parser that tests read; the package has no types of its own. */
declare module 'm3u8-parser' {
  type Manifest = {
    mediaSequence?: number;
    targetDuration?: number;
    partTargetDuration?: number;
    serverControl?: Record<string, unknown>;
    segments?: { uri?: string; duration?: number; map?: { uri: string }; parts?: unknown[] }[];
    preloadSegment?: { parts?: unknown[]; preloadHints?: unknown[] };
    playlists?: { uri: string; attributes?: Record<string, unknown> }[];
  };
  export class Parser {
    manifest: Manifest;
    push(text: string): void;
    end(): void;
  }
}
