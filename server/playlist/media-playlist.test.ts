import { Parser } from 'm3u8-parser';
import { describe, expect, it } from 'vitest';
import { endedPlaylist, livePlaylist, part, plainPlaylist, START, segment, segments } from './fixtures.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import type { MediaPlaylist } from './types.ts';

describe('renderMediaPlaylist', () => {
  it('writes a live low-latency playlist, with parts of the newest segments only', () => {
    const text = renderMediaPlaylist(
      livePlaylist(40, 5, 2, { renditionReports: [{ uri: '../v1/stream.m3u8', lastMsn: 45, lastPart: 1 }] }),
    );
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:40
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:40.000Z
#EXTINF:1.0,
s40.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:41.000Z
#EXTINF:1.0,
s41.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:42.000Z
#EXT-X-PART:DURATION=0.2,URI="p210.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="p211.m4s"
#EXT-X-PART:DURATION=0.2,URI="p212.m4s"
#EXT-X-PART:DURATION=0.2,URI="p213.m4s"
#EXT-X-PART:DURATION=0.2,URI="p214.m4s"
#EXTINF:1.0,
s42.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:43.000Z
#EXT-X-PART:DURATION=0.2,URI="p215.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="p216.m4s"
#EXT-X-PART:DURATION=0.2,URI="p217.m4s"
#EXT-X-PART:DURATION=0.2,URI="p218.m4s"
#EXT-X-PART:DURATION=0.2,URI="p219.m4s"
#EXTINF:1.0,
s43.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:44.000Z
#EXT-X-PART:DURATION=0.2,URI="p220.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="p221.m4s"
#EXT-X-PART:DURATION=0.2,URI="p222.m4s"
#EXT-X-PART:DURATION=0.2,URI="p223.m4s"
#EXT-X-PART:DURATION=0.2,URI="p224.m4s"
#EXTINF:1.0,
s44.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:45.000Z
#EXT-X-PART:DURATION=0.2,URI="p225.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="p226.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p227.m4s"
#EXT-X-RENDITION-REPORT:URI="../v1/stream.m3u8",LAST-MSN=45,LAST-PART=1
`);
  });

  it('writes an ended EVENT playlist without hint, whatever the session still promises', () => {
    const playlist: MediaPlaylist = {
      ...endedPlaylist(0, 1),
      type: 'EVENT',
      startTimeOffset: 0,
      preloadHintUri: 'p5.m4s',
    };
    expect(renderMediaPlaylist(playlist)).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-START:TIME-OFFSET=0.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:00.000Z
#EXT-X-PART:DURATION=0.2,URI="p0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="p1.m4s"
#EXT-X-PART:DURATION=0.2,URI="p2.m4s"
#EXT-X-PART:DURATION=0.2,URI="p3.m4s"
#EXT-X-PART:DURATION=0.2,URI="p4.m4s"
#EXTINF:1.0,
s0.m4s
#EXT-X-ENDLIST
`);
  });

  it('puts a discontinuity before its map, date and parts, and hints at the init segment to come', () => {
    const changed = { mapUri: 'init-1.mp4', discontinuity: true } as const;
    const playlist = livePlaylist(7, 0, 0, {
      segments: [
        segment(7, { parts: [] }),
        segment(8, { ...changed, duration: 5 / 6, parts: [part(40, true), part(41, true, 0.1)].slice(0, 0) }),
      ],
      open: { programDateTime: new Date(START + 9000), parts: [], mapUri: 'init-2.mp4', discontinuity: true },
      discontinuitySequence: 3,
    });
    expect(renderMediaPlaylist(playlist)).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=0.6
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:07.000Z
#EXTINF:1.0,
s7.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:08.000Z
#EXTINF:0.833333,
s8.m4s
#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="init-2.mp4"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p35.m4s"
`);
  });

  it('keeps a discontinuity on the oldest segment until it leaves, its map behind it', () => {
    const text = renderMediaPlaylist(livePlaylist(7, 0, 0, { segments: [segment(7, { discontinuity: true })] }));
    expect(text).toContain('SEGMENTS\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init.mp4"\n#EXT-X-PROGRAM-DATE-TIME');
  });

  it('writes a playlist without parts', () => {
    const text = renderMediaPlaylist(plainPlaylist(0, 3));
    expect(text).toContain(
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0\n#EXT-X-MEDIA-SEQUENCE:0\n',
    );
    expect(text).not.toMatch(/PART/);
  });

  it('opens with parts alone, and counts up from nothing', () => {
    expect(renderMediaPlaylist(livePlaylist(0, 0, 1))).toContain(
      '#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI="init.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:00.000Z\n#EXT-X-PART:',
    );
    expect(renderMediaPlaylist(livePlaylist(0, 0, 0))).toContain('#EXT-X-VERSION:3\n');
  });

  it('is read back by m3u8-parser', () => {
    const parser = new Parser();
    parser.push(renderMediaPlaylist(livePlaylist(40, 9, 2)));
    parser.end();
    const manifest = parser.manifest;
    expect(manifest.mediaSequence).toBe(40);
    expect(manifest.targetDuration).toBe(1);
    expect(manifest.partTargetDuration).toBe(0.2);
    expect(manifest.serverControl).toMatchObject({
      canBlockReload: true,
      canSkipUntil: 6,
      holdBack: 3,
      partHoldBack: 0.6,
    });
    expect(manifest.segments).toHaveLength(9);
    expect(manifest.segments?.every((entry) => entry.duration === 1 && entry.map?.uri === 'init.mp4')).toBe(true);
    expect(manifest.preloadSegment?.parts).toHaveLength(2);
    expect(manifest.preloadSegment?.preloadHints).toMatchObject([{ type: 'PART', uri: 'p247.m4s' }]);
  });
});

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
