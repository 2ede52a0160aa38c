import { beforeEach, describe, expect, it } from 'vitest';
import { renderMediaPlaylist } from '../playlist/media-playlist.ts';
import { gridFor } from '../timeline/cut.ts';
import { Timeline } from '../timeline/timeline.ts';
import { CaptionTrack } from './caption-track.ts';
import { fillerClip, PROFILE, SILENCE } from './fakes.ts';
import { Inits } from './inits.ts';
import { SessionOutput } from './output.ts';
import { readResource } from './read-resource.ts';
import { SegmentStore } from './segment-store.ts';

const GRID = gridFor(PROFILE.fps, 1);
const FILLER = fillerClip(GRID);
const PICTURES = FILLER.video[0] ?? [];
const START_MS = Date.UTC(2026, 10, 20, 12);

/** A stream that is published by hand: segments of a second, in parts of 0.2 s. */
class HandMade {
  readonly timeline: Timeline;
  readonly captions: CaptionTrack;
  readonly output: SessionOutput;

  constructor({ event = false, enabled = true, windowSeconds = 6 } = {}) {
    this.timeline = new Timeline({
      axis: PROFILE,
      windowFrames: event ? Number.POSITIVE_INFINITY : windowSeconds * 25,
    });
    this.captions = new CaptionTrack({
      ...{ fps: 25, enabled, language: 'en', presentationMs: (frame: number) => START_MS + frame * 40 },
    });
    const inits = new Inits(PROFILE);
    this.output = new SessionOutput({
      ...{ profile: PROFILE, grid: GRID, timeline: this.timeline, captions: this.captions, inits, event },
      ...{ store: new SegmentStore('/nowhere'), targetDuration: 1, mainInitId: inits.idOf(FILLER.init), tag: 'tag' },
      onWatch: () => undefined,
    });
  }

  parts(count: number): void {
    this.publish(count);
    this.output.changed();
  }

  publish(count: number): void {
    for (let at = 0; at < count; at++) {
      if (!this.timeline.open)
        this.timeline.openSegment({ initId: 0, programDateTimeMs: START_MS + this.timeline.endFrame * 40 });
      const audio = Array.from({ length: this.timeline.blocksFor(5) }, () => SILENCE);
      this.timeline.appendPart({ video: [PICTURES.slice(0, 5)], audio }, { derived: true });
      if (this.timeline.open?.parts.length === 5) this.timeline.closeSegment();
    }
  }

  text(rendition: string): string {
    const playlist = this.output.playlist(rendition);
    return playlist ? renderMediaPlaylist(playlist) : '';
  }

  async vtt(msn: number): Promise<string> {
    return (await readResource(this.output.resource('subs', `s${msn}.vtt`)))?.toString() ?? '';
  }
}

const caption = { id: 'c1', index: 0, text: 'Hello there.', frames: 50 };
const dateRangesOf = (text: string) => text.match(/#EXT-X-DATERANGE:ID="[^"]+"/g) ?? [];

describe('captions', () => {
  let stream: HandMade;
  beforeEach(() => {
    stream = new HandMade();
    stream.parts(10);
    stream.captions.begin(caption, 50);
  });

  it('are a playlist of the same segments without parts or init segment, and know the others', () => {
    stream.parts(7);
    expect(stream.text('subs')).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:1
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,HOLD-BACK=3.0,PART-HOLD-BACK=0.6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:00.000Z
#EXTINF:1.0,
s0.vtt
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:01.000Z
#EXTINF:1.0,
s1.vtt
#EXT-X-PROGRAM-DATE-TIME:2026-11-20T12:00:02.000Z
#EXTINF:1.0,
s2.vtt
#EXT-X-RENDITION-REPORT:URI="../v0/stream.m3u8",LAST-MSN=3,LAST-PART=1
`);
    expect(stream.text('v0')).toContain('#EXT-X-RENDITION-REPORT:URI="../subs/stream.m3u8",LAST-MSN=2\n');
    expect(stream.output.subtitles()).toEqual({ uri: 'subs/stream.m3u8', name: 'English', language: 'en' });
  });

  it('come with segments that are complete, and never change', async () => {
    stream.parts(4);
    expect(stream.output.resource('subs', 's2.vtt')).toBeUndefined();
    stream.parts(3);
    const said = 'c1\n00:00:02.000 --> 00:00:04.000\nHello there.\n\n';
    expect(await stream.vtt(2)).toBe(`WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90,LOCAL:00:00:00.001\n\n${said}`);
    const resource = stream.output.resource('subs', 's2.vtt');
    expect(resource).toMatchObject({ contentType: 'text/vtt; charset=utf-8' });
    stream.captions.end('c1', 85);
    stream.parts(30);
    expect(stream.output.resource('subs', 's2.vtt')).toBe(resource);
    expect(await stream.vtt(3)).toContain(said);
    expect(await stream.vtt(4)).not.toContain('Hello');
  });

  it('have names of their own only', () => {
    stream.parts(10);
    for (const name of ['s0.m4s', 'p0.m4s', 'init0.mp4', 's00.vtt', 's-1.vtt', 's99.vtt', 'init0.vtt', 'p0.vtt'])
      expect(stream.output.resource('subs', name)).toBeUndefined();
    for (const name of ['s0.vtt', 'p0.vtt', 'init0.vtt']) expect(stream.output.resource('v0', name)).toBeUndefined();
  });

  it('can be asked for as long as their segment, and are forgotten with it', async () => {
    stream.parts(10);
    stream.captions.end('c1', 100);
    const remembered: string[] = [];
    for (let second = 4; second < 60; second++) {
      stream.parts(5);
      if (stream.timeline.segment(3)) expect(await stream.vtt(3)).toContain('Hello there.');
      else remembered.push(stream.captions.spokenText('c1', 100));
    }
    expect(remembered.length).toBeGreaterThan(10);
    expect(new Set(remembered)).toEqual(new Set(['']));
  });

  it('are forgotten when the stream leaps over hours, and later ones are not', async () => {
    stream.parts(10);
    stream.captions.end('c1', 100);
    stream.timeline.leap({ segments: 80_000, parts: 400_000, frames: 2_000_000 });
    stream.output.changed();
    expect(stream.captions.spokenText('c1', 100)).toBe('');
    stream.captions.begin({ ...caption, id: 'c2' }, 2_000_100);
    stream.parts(10);
    expect(dateRangesOf(stream.text('v0'))).toEqual(['#EXT-X-DATERANGE:ID="c2"']);
    expect(await stream.vtt(80_004)).toContain('c2\n22:13:24.000 --> 22:13:26.000\n');
  });

  it('are not there when a session wants none; what describes its chunks is', () => {
    const off = new HandMade({ enabled: false });
    off.captions.begin(caption, 0);
    off.parts(10);
    expect([off.output.subtitles(), off.output.playlist('subs'), off.output.resource('subs', 's0.vtt')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(off.text('v0')).not.toContain('RENDITION-REPORT');
    expect(dateRangesOf(off.text('v0'))).toHaveLength(1);
  });
});

describe('date ranges', () => {
  it('are listed with the first part of their chunk, at its date, until they have left the window', () => {
    const stream = new HandMade();
    stream.parts(10);
    stream.captions.begin(caption, 50);
    stream.output.changed();
    expect(dateRangesOf(stream.text('v0'))).toEqual([]);
    stream.parts(1);
    expect(stream.text('v0')).toContain(
      '#EXT-X-DATERANGE:ID="c1",CLASS="throughline.chunk",START-DATE="2026-11-20T12:00:02.000Z",PLANNED-DURATION=2.0,X-INDEX=0,X-TEXT="Hello there."\n',
    );
    stream.parts(9);
    stream.captions.end('c1', 100);
    for (let second = 4; second < 40; second++) {
      stream.parts(5);
      const firstListed = stream.timeline.listed[0]?.startFrame ?? 0;
      expect(dateRangesOf(stream.text('v0')).length).toBe(firstListed <= 100 ? 1 : 0);
    }
  });

  it('wait in an EVENT playlist for the segment they begin in, and stay', () => {
    const stream = new HandMade({ event: true });
    stream.parts(5);
    stream.captions.begin(caption, 25);
    stream.parts(2);
    expect(dateRangesOf(stream.text('v0'))).toEqual([]);
    stream.parts(3);
    expect(dateRangesOf(stream.text('v0'))).toHaveLength(1);
    stream.captions.end('c1', 75);
    stream.parts(1_000);
    expect(dateRangesOf(stream.text('v0'))).toHaveLength(1);
  });
});

describe('frozen, while what is new may not be told yet', () => {
  let stream: HandMade;
  const publish = (parts: number) => {
    stream.output.freeze();
    stream.publish(parts);
  };
  const known = (rendition: string, uri: string) => stream.output.resource(rendition, uri);
  beforeEach(() => {
    stream = new HandMade();
    stream.parts(12);
  });

  it('shows the same playlists, also to who comes only now', () => {
    const before = [stream.text('v0'), stream.text('subs')];
    publish(10);
    expect([stream.text('v0'), stream.text('subs')]).toEqual(before);
    stream.output.changed();
    expect(stream.text('v0')).not.toBe(before[0]);
    expect(stream.text('v0')).toContain('p21.m4s');
  });

  it('gives nothing that they do not name, and makes clients wait for the part they hint at', () => {
    publish(10);
    expect(known('v0', 's1.m4s')).toMatchObject({ sizeBytes: expect.any(Number) });
    for (const uri of ['s2.m4s', 's3.m4s', 'p13.m4s', 'p20.m4s']) expect(known('v0', uri)).toBeUndefined();
    expect(known('subs', 's2.vtt')).toBeUndefined();
    expect(known('v0', 'p12.m4s')).toBe('awaited');
    stream.output.changed();
    expect(known('v0', 'p12.m4s')).toMatchObject({ sizeBytes: expect.any(Number) });
    expect(known('v0', 's3.m4s')).toMatchObject({ sizeBytes: expect.any(Number) });
  });
});
