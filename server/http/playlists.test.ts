import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livePlaylist, segment } from '../playlist/fixtures.ts';
import { renderMediaPlaylist } from '../playlist/media-playlist.ts';
import { ask, closeEmpty, type Rig, startRig, until } from './fakes.ts';

const STREAM = '/live/abc/v0/stream.m3u8';
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => closeEmpty(rig));

const held = (count: number): Promise<void> => until(() => rig.server.load.heldRequests === count);

describe('a playlist', () => {
  it('is the text of what is published, never cached, for every origin', async () => {
    const reply = await ask(rig, STREAM);
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(renderMediaPlaylist(livePlaylist(0, 4, 2)));
    expect(reply.headers).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringMatching(/Content-Length.*Date, Age, ETag/),
      'content-length': String(reply.body.byteLength),
    });
    expect(reply.headers).not.toHaveProperty('last-modified');
    expect(rig.session.output.watched).toEqual([1234]);
  });

  it('comes as gzip or brotli, each with its own tag, and as 304 to who has it', async () => {
    const plain = await ask(rig, STREAM);
    const gzip = await ask(rig, STREAM, { headers: { 'Accept-Encoding': 'gzip' } });
    const br = await ask(rig, STREAM, { headers: { 'Accept-Encoding': 'gzip, deflate, br' } });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(br.headers['content-encoding']).toBe('br');
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(new Set([plain, gzip, br].map((reply) => reply.headers.etag)).size).toBe(3);
    const again = await ask(rig, STREAM, {
      headers: { 'Accept-Encoding': 'gzip', 'If-None-Match': `"x", W/${gzip.headers.etag}` },
    });
    expect([again.status, again.body.byteLength, again.headers.etag]).toEqual([304, 0, gzip.headers.etag]);
    const other = await ask(rig, STREAM, { headers: { 'If-None-Match': String(gzip.headers.etag) } });
    expect(other.status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const reply = await ask(rig, STREAM, { method: 'HEAD' });
    expect([reply.status, reply.body.byteLength]).toEqual([200, 0]);
    expect(Number(reply.headers['content-length'])).toBeGreaterThan(100);
  });

  it('names the variants', async () => {
    const reply = await ask(rig, '/live/abc/index.m3u8?x="><script>');
    expect(reply.text).toMatch(/^#EXTM3U\n[^<]*v0\/stream\.m3u8\n$/);
    const again = await ask(rig, '/live/abc/index.m3u8', { headers: { 'If-None-Match': String(reply.headers.etag) } });
    expect(again.status).toBe(304);
  });

  it('waits for the first variants', async () => {
    const variants = rig.session.output.variantList.splice(0);
    const reply = ask(rig, '/live/abc/index.m3u8');
    await held(1);
    rig.session.output.variantList.push(...variants);
    rig.session.output.publish();
    expect((await reply).status).toBe(200);
  });

  it('that breaks the format is our failure, told and logged', async () => {
    rig.session.output.publish(
      livePlaylist(0, 0, 0, { segments: [0, 1, 2].map((msn) => segment(msn, { duration: 2, parts: [] })) }),
    );
    const reply = await ask(rig, STREAM);
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([500, 'SEGMENT_TOO_LONG']);
    expect(rig.errors).toEqual([
      [expect.objectContaining({ session: 'abc', code: 'SEGMENT_TOO_LONG' }), expect.any(String)],
    ]);
  });
});
