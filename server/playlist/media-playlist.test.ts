import { Parser } from 'm3u8-parser';
import { describe, expect, it } from 'vitest';
import { endedPlaylist, livePlaylist, part, plainPlaylist, START, segment } from './fixtures.ts';
import { renderMediaPlaylist } from './media-playlist.ts';
import type { DateRange, MediaPlaylist } from './types.ts';

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

  it('writes a playlist of captions: no parts, no init segment', () => {
    const captions = plainPlaylist(40, 1);
    const segments = captions.segments.map(({ mapUri: _mapUri, ...entry }) => ({
      ...entry,
      uri: 's40.vtt',
      discontinuity: true,
    }));
    expect(renderMediaPlaylist({ ...captions, segments })).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0
#EXT-X-MEDIA-SEQUENCE:40
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:40.000Z
#EXTINF:1.0,
s40.vtt
`);
  });

  const RANGE: DateRange = {
    id: 'c1',
    className: 'throughline.chunk',
    startDate: new Date(START),
    plannedDuration: 2.4,
    attributes: { 'X-INDEX': 3, 'X-SPEED': 1.5, 'X-TEXT': 'Hello, “you” = {me}' },
  };

  it('writes date ranges behind the segments, in delta updates too', () => {
    const dateRanges = [RANGE, { ...RANGE, id: 'c2', duration: 2, attributes: {} }];
    const lines = `#EXT-X-DATERANGE:ID="c1",CLASS="throughline.chunk",START-DATE="2026-11-20T12:00:00.000Z",PLANNED-DURATION=2.4,X-INDEX=3,X-SPEED=1.5,X-TEXT="Hello, “you” = {me}"
#EXT-X-DATERANGE:ID="c2",CLASS="throughline.chunk",START-DATE="2026-11-20T12:00:00.000Z",DURATION=2.0,PLANNED-DURATION=2.4
#EXT-X-PRELOAD-HINT:TYPE=PART`;
    const playlist = livePlaylist(0, 12, 2, { dateRanges });
    expect(renderMediaPlaylist(playlist)).toContain(`"p61.m4s"\n${lines}`);
    const delta = renderMediaPlaylist(playlist, { skip: true });
    expect(delta).toContain('#EXT-X-SKIP');
    expect(delta).toContain(`"p61.m4s"\n${lines}`);
  });

  it.each<[string, Partial<DateRange>]>([
    ['a quote', { id: 'a"b' }],
    ['a new line', { attributes: { 'X-TEXT': 'a\nb' } }],
    ['a variable nobody defined', { attributes: { 'X-TEXT': 'a {$b}' } }],
    ['a number that is none', { attributes: { 'X-INDEX': Number.NaN } }],
    ['a name that is none', { attributes: { 'X-index': 1 } }],
    ['a negative duration', { duration: -1 }],
  ])('refuses a date range with %s', (_case, overrides) => {
    const playlist = livePlaylist(0, 3, 0, { dateRanges: [{ ...RANGE, ...overrides }] });
    expect(() => renderMediaPlaylist(playlist)).toThrow(expect.objectContaining({ code: 'PLAYLIST_INVALID' }));
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
