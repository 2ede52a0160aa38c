import { describe, expect, it } from 'vitest';
import { endedPlaylist, livePlaylist, segment, segments } from './fixtures.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import type { MediaPlaylist } from './types.ts';

describe('a Playlist Delta Update', () => {
  it('replaces what lies beyond the Skip Boundary', () => {
    const text = renderMediaPlaylist(livePlaylist(40, 8, 0), { skip: true });
    expect(text.slice(0, text.indexOf('#EXT-X-PROGRAM'))).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:40
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-SKIP:SKIPPED-SEGMENTS=2
`);
    expect(text).toContain('\ns42.m4s\n');
    expect(text).not.toContain('\ns41.m4s\n');
  });

  it.each([
    ['nothing lies beyond the boundary', livePlaylist(40, 6, 4)],
    ['the playlist has ended', endedPlaylist(40, 20)],
    ['delta updates are not offered', withoutSkip(livePlaylist(40, 20, 0))],
  ])('is the full playlist when %s', (_case, playlist) => {
    expect(renderMediaPlaylist(playlist, { skip: true })).toBe(renderMediaPlaylist(playlist));
  });

  it('names the init segment of what it lists when it skips a discontinuity', () => {
    const later = segments(3, 9).map((entry) => ({ ...entry, mapUri: 'init-1.mp4' }));
    const all = [...segments(0, 2), segment(2, { discontinuity: true, mapUri: 'init-1.mp4' }), ...later];
    const text = renderMediaPlaylist(livePlaylist(0, 0, 0, { segments: all }), { skip: true });
    expect(text).toContain('#EXT-X-MAP:URI="init-1.mp4"\n#EXT-X-SKIP:SKIPPED-SEGMENTS=6\n');
    expect(text).not.toContain('#EXT-X-MAP:URI="init.mp4"');
  });

  it('merges with any earlier playlist of a live window to the full one, byte for byte', () => {
    const random = generator(7);
    for (let round = 0; round < 300; round += 1) {
      const window = 8 + Math.floor(random() * 30);
      const first = Math.floor(random() * 50);
      const moved = Math.floor(random() * 3);
      const durations = Array.from({ length: window + moved + 1 }, () => (13 + Math.floor(random() * 24)) / 25);
      const all = durations.map((duration, index) => ({ ...segment(first + index, { duration }), parts: [] }));
      const previous = livePlaylist(first, 0, 0, { segments: all.slice(0, window) });
      const now = livePlaylist(first + moved, 0, 0, { segments: all.slice(moved, window + moved) });
      expect(merge(renderMediaPlaylist(previous), renderMediaPlaylist(now, { skip: true }))).toBe(
        renderMediaPlaylist(now),
      );
    }
  });
});

function withoutSkip(playlist: MediaPlaylist): MediaPlaylist {
  const { canSkipUntil: _canSkipUntil, ...rest } = playlist;
  return rest;
}

/** Text of each segment by its URI, as a client keeps it. */
function blocks(text: string): Map<string, string> {
  const bySegment = new Map<string, string>();
  const body = text.slice(text.indexOf('#EXT-X-PROGRAM-DATE-TIME'));
  for (const match of body.matchAll(/(?:#.*\n)*?#EXTINF.*\n(.+)\n/g)) bySegment.set(match[1] ?? '', match[0]);
  return bySegment;
}

/** What a client does (RFC 8216bis 6.3.7): puts the segments it has where the delta update skipped them. */
function merge(previous: string, delta: string): string {
  const skip = /#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)\n/.exec(delta);
  if (skip === null) return delta;
  const mediaSequence = Number(/MEDIA-SEQUENCE:(\d+)/.exec(delta)?.[1]);
  const kept = blocks(previous);
  const skipped = Array.from({ length: Number(skip[1]) }, (_, index) => kept.get(`s${mediaSequence + index}.m4s`)).join(
    '',
  );
  return delta.replace(skip[0], skipped).replace('VERSION:9', 'VERSION:6');
}

/** Mulberry32: numbers in [0, 1) that are the same in each run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
