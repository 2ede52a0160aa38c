import { describe, expect, it } from 'vitest';
import { faultOfBytes, faultOfType, HEAD_BYTES } from './body-kind.ts';

const FORM = 'application/x-www-form-urlencoded';
const text = (value: string) => new TextEncoder().encode(value);
const hex = (value: string) => Buffer.from(value.replaceAll(' ', ''), 'hex');

/** Bytes as media has them behind its first ones: any, zeros among them. */
const behind = (start: Uint8Array, sizeBytes = HEAD_BYTES) =>
  Buffer.concat([
    start,
    Buffer.from(Array.from({ length: sizeBytes - start.length }, (_, at) => (at * 73 + (at >> 3)) & 0xff)),
  ]);
const stripped = (bytes: Uint8Array) => Buffer.from(bytes.filter((byte) => byte !== 0 && byte !== 10 && byte !== 13));

const MEDIA: readonly (readonly [string, Uint8Array])[] = [
  ['MP4', hex('00000020 66747970 69736f6d 00000200')],
  ['QuickTime that begins with its media', hex('00000008 77696465 00012345 6d646174')],
  ['WebM', hex('1a45dfa3 01000000 0000001f 42868101')],
  ['WAVE', hex('52494646 24000000 57415645 666d7420')],
  ['Ogg', hex('4f676753 00020000 00000000 0000')],
  ['FLAC', hex('664c6143 00000022 10001000')],
  ['MP3', hex('fffb9064 00000000')],
  ['MP3 with a tag', hex('49443303 00000000 0f76')],
  ['ADTS', hex('fff15080 0bbffc')],
  ['a transport stream', hex('47400011 0042f025')],
  ['FLV', hex('464c5601 05000000 09000000 00')],
  ['AIFF', hex('464f524d 00000100 41494646')],
  ['AVI', hex('52494646 00100000 41564920 4c495354')],
];

describe('first bytes', () => {
  it.each(MEDIA)('of %s are media, under any type', (_, start) => {
    for (const type of ['', 'application/octet-stream', 'video/mp4', FORM]) {
      expect(faultOfBytes(behind(start), type)).toBeUndefined();
      expect(faultOfBytes(start, type)).toBeUndefined();
    }
  });

  it.each(MEDIA)('of %s are seen to have gone through curl -d', (_, start) => {
    expect(faultOfBytes(stripped(behind(start, 2 * HEAD_BYTES)).subarray(0, HEAD_BYTES), FORM)).toMatch(
      /curl -d .* use --data-binary/,
    );
    expect(faultOfBytes(stripped(behind(start, 2 * HEAD_BYTES)).subarray(0, HEAD_BYTES), 'video/mp4')).toMatch(
      /--data-binary/,
    );
  });

  it('of a short MP4 are, too', () => {
    expect(faultOfBytes(stripped(behind(hex('00000020 66747970 69736f6d 00000200'), 300)), '')).toMatch(/curl -d/);
  });

  it.each([
    ['JSON', '{"url": "https://example.com/clip.mp4"}', /is JSON/],
    ['a list', ' [1, 2]', /is JSON/],
    ['HTML', '<!DOCTYPE html><html>', /is HTML/],
    ['XML behind a byte order mark', '\ufeff<?xml version="1.0"?>', /is XML/],
    ['a form with parts', '--abc\r\nContent-Disposition: form-data; name="file"\r\n\r\n\0\u0001', /form with parts/],
    ['fields', 'file=@clip.mp4', /fields of a form/],
    ['a URL', 'https://example.com/clip.mp4', /is a URL/],
    ['a data URL', 'data:video/mp4;base64,AAAA', /data URL/],
    ['Base64', 'AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAAIZnJlZQAAAAhtZGF0AAAA', /Base64/],
    ['a playlist', '#EXTM3U\n#EXTINF:1,\nx.ts\n', /playlist/],
    ['a text', 'Hallo, hier ist Köln am Rhein.', /is text/],
    ['PNG', '\u0089PNG\r\n\u001a\n', /picture, which has no length/],
  ])('of %s say what it is, and what to do', (_, body, message) => {
    const bytes = body.startsWith('\u0089') ? Buffer.from(body, 'latin1') : text(body);
    const fault = faultOfBytes(bytes, 'application/octet-stream');
    expect(fault).toMatch(message);
    expect(fault).toContain("curl --data-binary @clip.mp4 -H 'Content-Type: video/mp4'");
  });

  it.each([
    ['JPEG', 'ffd8ffe0 0010'],
    ['GIF', '474946383961'],
    ['WebP', '52494646 24000000 57454250'],
    ['ZIP', '504b0304'],
    ['gzip', '1f8b0800'],
    ['PDF', '255044462d312e34'],
  ])('of %s are no media', (_, start) => expect(faultOfBytes(behind(hex(start)), '')).toMatch(/by its first bytes/));

  it('that are few, or none, say nothing', () => {
    for (const body of ['', 'x', 'abc', 'RIFF']) expect(faultOfBytes(text(body), '')).toBeUndefined();
  });

  it('of a text that is cut in the middle of a letter are text', () => {
    expect(faultOfBytes(text('ä'.repeat(40)).subarray(0, 33), '')).toMatch(/is text/);
  });
});

describe('a media type', () => {
  it.each([
    'multipart/form-data',
    'application/json',
    'application/ld+json',
    'text/plain',
    'text/html',
    'application/xml',
    'image/svg+xml',
  ])('%s is none of media', (type) => expect(faultOfType(type)).toContain('send the file itself as the body'));
  it.each(['', 'video/mp4', 'audio/wav', 'application/octet-stream', 'application/ogg', FORM])(
    '%j is left to the bytes',
    (type) => {
      expect(faultOfType(type)).toBeUndefined();
    },
  );
});
