import { Parser } from 'm3u8-parser';
import { describe, expect, it } from 'vitest';
import { renderMultivariantPlaylist } from './multivariant-playlist.ts';
import type { VariantStream } from './types.ts';

const VARIANT: VariantStream = {
  uri: 'v0/stream.m3u8',
  bandwidth: 1_200_000.2,
  averageBandwidth: 800_000,
  codecs: 'avc1.64001F,mp4a.40.2',
  width: 512,
  height: 512,
  frameRate: 25,
};

describe('renderMultivariantPlaylist', () => {
  const text = renderMultivariantPlaylist([
    VARIANT,
    { ...VARIANT, uri: 'v1/stream.m3u8', width: 256, height: 256, frameRate: 29.97 },
  ]);

  it('writes every attribute Apple asks for', () => {
    expect(text).toBe(`#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=1200001,AVERAGE-BANDWIDTH=800000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=512x512,FRAME-RATE=25.000,CLOSED-CAPTIONS=NONE
v0/stream.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1200001,AVERAGE-BANDWIDTH=800000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=256x256,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE
v1/stream.m3u8
`);
  });

  it('is read back by m3u8-parser', () => {
    const parser = new Parser();
    parser.push(text);
    parser.end();
    expect(parser.manifest.playlists?.map((entry) => entry.attributes?.BANDWIDTH)).toEqual([1200001, 1200001]);
  });

  it('names the captions, and that each variant has them', () => {
    const subtitles = { uri: 'subs/stream.m3u8', name: 'English', language: 'en' };
    expect(renderMultivariantPlaylist([VARIANT], subtitles)).toBe(`#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="subs/stream.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1200001,AVERAGE-BANDWIDTH=800000,CODECS="avc1.64001F,mp4a.40.2",RESOLUTION=512x512,FRAME-RATE=25.000,CLOSED-CAPTIONS=NONE,SUBTITLES="subs"
v0/stream.m3u8
`);
    for (const wrong of [{ name: 'a"b' }, { name: '{$x}' }, { name: '' }, { language: 'en"' }, { uri: 'a b' }])
      expect(() => renderMultivariantPlaylist([VARIANT], { ...subtitles, ...wrong })).toThrow();
  });

  it.each<[string, VariantStream[]]>([
    ['no variant', []],
    ['a bandwidth of nothing', [{ ...VARIANT, bandwidth: 0 }]],
    ['a bandwidth that is no number', [{ ...VARIANT, averageBandwidth: Number.NaN }]],
    ['codecs that leave their quotes', [{ ...VARIANT, codecs: 'avc1"\n#EXT' }]],
    ['a URI with a blank', [{ ...VARIANT, uri: 'v 0' }]],
  ])('refuses %s', (_case, variants) => {
    expect(() => renderMultivariantPlaylist(variants)).toThrow(expect.objectContaining({ code: 'PLAYLIST_INVALID' }));
  });
});
