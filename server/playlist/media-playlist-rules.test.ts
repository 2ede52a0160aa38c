import { describe, expect, it } from 'vitest';
import { livePlaylist, part, plainPlaylist, START, segment } from './fixtures.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import type { MediaPlaylist } from './types.ts';

describe('what breaks the format is refused', () => {
  const broken: [string, MediaPlaylist, string, RegExp][] = [
    [
      'a segment that rounds above the target duration',
      livePlaylist(0, 0, 0, { segments: [segment(0, { duration: 1.5, parts: [] })] }),
      'SEGMENT_TOO_LONG',
      /segment s0.m4s lasts 1.5 s, target duration is 1 s/,
    ],
    [
      'a segment that lasts nothing',
      livePlaylist(0, 0, 0, { segments: [segment(0, { duration: 0 })] }),
      'PLAYLIST_INVALID',
      /longer than 0 s/,
    ],
    [
      'a duration that is no number',
      livePlaylist(0, 0, 0, { segments: [segment(0, { duration: Number.NaN })] }),
      'PLAYLIST_INVALID',
      /got NaN/,
    ],
    [
      'a part above the part target',
      open([part(0, true, 0.21)]),
      'PLAYLIST_INVALID',
      /part p0.m4s lasts 0.21 s, part target is 0.2 s/,
    ],
    [
      'a short part in the middle',
      open([part(0, true), part(1, false, 0.16), part(2, false)]),
      'PLAYLIST_INVALID',
      /less than 85 %/,
    ],
    ['a segment that does not start with a sync sample', open([part(0, false)]), 'PLAYLIST_INVALID', /sync sample/],
    [
      'parts that do not add up',
      livePlaylist(0, 0, 0, { segments: [segment(0, { duration: 0.96 })] }),
      'PLAYLIST_INVALID',
      /parts of segment s0.m4s last 1 s together/,
    ],
    [
      'parts without a part target',
      {
        ...plainPlaylist(0, 0),
        open: { parts: [part(0, true)], mapUri: 'init.mp4', programDateTime: new Date(START) },
      },
      'PLAYLIST_INVALID',
      /no part target/,
    ],
    [
      'a fraction as target duration',
      livePlaylist(0, 0, 0, { targetDuration: 1.5 }),
      'PLAYLIST_INVALID',
      /integer of at least 1 s, got 1.5/,
    ],
    ['a negative sequence number', livePlaylist(-1, 0, 0), 'PLAYLIST_INVALID', /media sequence number/],
    [
      'a negative discontinuity sequence',
      livePlaylist(0, 0, 0, { discontinuitySequence: -1 }),
      'PLAYLIST_INVALID',
      /discontinuity sequence/,
    ],
    [
      'HOLD-BACK under three target durations',
      livePlaylist(0, 0, 0, { holdBack: 2.9 }),
      'PLAYLIST_INVALID',
      /HOLD-BACK must be at least 3 s/,
    ],
    [
      'PART-HOLD-BACK under three part targets',
      livePlaylist(0, 0, 0, { partHoldBack: 0.5 }),
      'PLAYLIST_INVALID',
      /PART-HOLD-BACK/,
    ],
    [
      'CAN-SKIP-UNTIL under six target durations',
      livePlaylist(0, 0, 0, { canSkipUntil: 5 }),
      'PLAYLIST_INVALID',
      /CAN-SKIP-UNTIL must be at least 6 s/,
    ],
    [
      'a start within three target durations of the end',
      livePlaylist(0, 0, 0, { startTimeOffset: -2 }),
      'PLAYLIST_INVALID',
      /TIME-OFFSET/,
    ],
    ['an open segment after the end', livePlaylist(0, 1, 1, { ended: true }), 'PLAYLIST_INVALID', /no open segment/],
    [
      'a URI with a line break',
      livePlaylist(0, 0, 0, { segments: [segment(0, { uri: 'a\n#EXT-X-ENDLIST' })] }),
      'PLAYLIST_INVALID',
      /no URI/,
    ],
    ['a URI with a quote', livePlaylist(0, 0, 0, { preloadHintUri: 'a".m4s' }), 'PLAYLIST_INVALID', /no URI/],
  ];
  it.each(broken)('%s', (_case, playlist, code, message) => {
    expect(() => renderMediaPlaylist(playlist)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('but a short part may be independent, or the last of its segment', () => {
    expect(renderMediaPlaylist(open([part(0, true, 0.04), part(1, false), part(2, false, 0.04)]))).toContain(
      'DURATION=0.04',
    );
  });
});

function open(parts: MediaPlaylist['segments'][number]['parts']): MediaPlaylist {
  return livePlaylist(0, 0, 0, { open: { parts, mapUri: 'init.mp4', programDateTime: new Date(START) } });
}
