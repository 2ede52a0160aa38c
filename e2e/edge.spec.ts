import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatherCrowd } from './bench/load/crowd.ts';
import { mediaRequests } from './bench/load/edge.ts';
import { deleteSession, openSession, sessionStatus, waitForPlaylist } from './support/api.ts';
import { missingForEdge, startNginx, startVarnish } from './support/edge.ts';
import { fetchMultivariant } from './support/hls-client.ts';
import type { ServingProgram } from './support/program.ts';
import { RawClient } from './support/raw-client.ts';
import { type RunningServer, startServer } from './support/server.ts';

const MEASURE_MS = 5_000;
const FEW = 10;
/** `npm run bench:load` has a thousand. */
const MANY = 300;
const missing = missingForEdge();
if (missing.length > 0) console.warn(`the edge is not tested: ${missing.join(', ')} not installed`);

let directory: string;
let server: RunningServer;
let varnish: ServingProgram;

describe.skipIf(missing.length > 0)(
  'behind the configurations that ship (skipped without nginx, varnishd and openssl)',
  () => {
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'edge-'));
      const env = { AVATAR: 'none', API_KEY: 'edge', PLAYBACK_SECRET: 'edge', TRUST_PROXY: 'loopback' };
      server = await startServer({ dataDir: join(directory, 'data'), env });
      varnish = await startVarnish(server.origin, directory);
    });

    afterAll(async () => {
      await varnish?.[Symbol.asyncDispose]();
      await server?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    /** Requests of the server that a crowd behind Varnish costs for each second of the stream. */
    async function cost(viewers: number): Promise<number> {
      const { id, playlistUrl } = await openSession(server.origin, {}, 'edge');
      await waitForPlaylist(playlistUrl);
      const [media = ''] = await fetchMultivariant(playlistUrl);
      const mediaUrl = `${varnish.origin}${new URL(media).pathname}`;
      const crowd = await gatherCrowd({ mediaUrl, viewers, warmUpMs: 4_000, measureMs: MEASURE_MS });
      const measure = async () => ({
        requests: await mediaRequests(server.origin),
        seconds: (await sessionStatus(server.origin, id, 'edge')).publishedUntil,
      });
      const before = await measure();
      const { failures, missed, parts } = await crowd.report;
      const after = await measure();
      const seconds = after.seconds - before.seconds;
      await deleteSession(server.origin, id, 'edge');
      expect(failures).toEqual([]);
      expect(missed).toBe(0);
      expect(parts).toBeGreaterThan(2 * seconds);
      return (after.requests - before.requests) / seconds;
    }

    test(`${MANY} viewers reach the server as a handful`, async () => {
      const [few, many] = [await cost(FEW), await cost(MANY)];
      console.log(
        `requests that reach the server for a second of the stream: ${few.toFixed(1)} of ${FEW} viewers, ${many.toFixed(1)} of ${MANY}`,
      );
      // A playlist and a part, five times a second.
      expect(many).toBeLessThan(25);
      expect(many).toBeLessThan(few * 1.5 + 2);
    });

    test('an edge lets nobody in who does not belong, and forgets no refusal for longer than a moment', async () => {
      const { id, playlistUrl } = await openSession(server.origin, {}, 'edge');
      await waitForPlaylist(playlistUrl);
      const at = (path: string): Promise<number> => fetch(varnish.origin + path).then(({ status }) => status);
      const { pathname } = new URL(playlistUrl);
      expect(await at(pathname)).toBe(200);
      expect(await at(`/live/${id}/index.m3u8`)).toBe(403);
      expect(await at(pathname.replace(/~[^/]+/, '~a.b.c'))).toBe(403);
      expect(await at(pathname)).toBe(200);
      await deleteSession(server.origin, id, 'edge');
    });

    describe('a name for each thing, whatever else is asked with it', () => {
      const FLOOD = 200;
      let playlistUrl: string;
      let id: string;
      let msn = 0;
      let media = '';
      let segment = '';

      beforeAll(async () => {
        ({ id, playlistUrl } = await openSession(server.origin, {}, 'edge'));
        await waitForPlaylist(playlistUrl);
        const [url = ''] = await fetchMultivariant(playlistUrl);
        media = new URL(url).pathname;
        const text = await (await fetch(url)).text();
        msn = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
        segment = media.replace('stream.m3u8', /^(s\d+\.m4s)$/m.exec(text)?.[1] ?? '');
      });

      afterAll(() => deleteSession(server.origin, id, 'edge'));

      /** Statuses that a flood of requests is answered with, and how many of them reach the server. */
      async function flood(request: (n: number) => Request): Promise<{ statuses: Set<number>; reached: number }> {
        const before = await mediaRequests(server.origin);
        const statuses = new Set<number>();
        for (let sent = 0; sent < FLOOD; sent += 50) {
          const answers = Array.from({ length: 50 }, (_, at) => fetch(request(sent + at)));
          for (const answer of await Promise.all(answers)) {
            statuses.add(answer.status);
            await answer.arrayBuffer();
          }
        }
        return { statuses, reached: (await mediaRequests(server.origin)) - before };
      }

      const at = (path: string, init: RequestInit = {}): Request => new Request(varnish.origin + path, init);
      const withHeader = (name: string) => (n: number) => at(segment, { headers: { [name]: `made-up-${n}` } });
      const base = (): string => `${media}?_HLS_msn=${msn}`;

      test.each<[string, (n: number) => Request, number]>([
        ['a made-up parameter of a segment', (n) => at(`${segment}?x=${n}`), 200],
        ['a made-up parameter of a playlist', (n) => at(`${media}?x=${n}`), 200],
        ['a made-up parameter of the multivariant playlist', (n) => at(`${new URL(playlistUrl).pathname}?${n}`), 200],
        ['one before and one behind a directive', (n) => at(`${media}?a=${n}&_HLS_msn=${msn}&b=${n}`), 200],
        ['directives in other letters', (n) => at(`${base()}&_hls_part=${n}&_HLS_Msn=${n}`), 200],
        ['directives in percent-encoding', (n) => at(`${base()}&_HLS%5Fpart=${n}`), 200],
        ['names that begin or end as directives do', (n) => at(`${base()}&x_HLS_msn=${n}&_HLS_msns=${n}`), 200],
        ['directives in another order', (n) => at(`${media}?_HLS_part=0&${n}&_HLS_msn=${msn}`), 200],
        ['directives that are none', (n) => at(`${media}?_HLS_msn=made-up-${n}`), 400],
        ['a directive twice', (n) => at(`${base()}&_HLS_msn=${n}`), 400],
        ['a part without a segment', (n) => at(`${media}?_HLS_part=${n}`), 400],
        ['ways to skip that there are not', (n) => at(`${base()}&_HLS_skip=${n}`), 400],
        ['both ways to skip', (n) => at(`${base()}&_HLS_skip=${n % 2 ? 'YES' : 'v2'}&x=${n}`), 200],
        ['what is not there', (n) => at(`${segment.replace(/s\d+/, 's999999')}?x=${n}`), 404],
        ['CMCD', (n) => at(`${segment}?CMCD=sid%3D%22${n}%22`), 200],
        ['tokens that are none', (n) => at(`${segment}?token=${n}`), 200],
        ['HEAD', (n) => at(`${segment}?x=${n}`, { method: 'HEAD' }), 200],
        ['ranges', (n) => at(segment, { headers: { Range: `bytes=0-${n}` } }), 206],
        ['origins', (n) => at(segment, { headers: { Origin: `https://made-up-${n}.example` } }), 200],
        ['codings', (n) => at(media, { headers: { 'Accept-Encoding': `made-up-${n}, gzip` } }), 200],
        ['cookies', (n) => at(segment, { headers: { Cookie: `a=${n}` } }), 200],
        ['a wish for something fresh', (n) => at(segment, { headers: { 'Cache-Control': `no-cache, x=${n}` } }), 200],
      ])('%s: next to nothing reaches the server', async (_, request, status) => {
        // A playlist without a directive is right for a tenth of a second.
        const { statuses, reached } = await flood(request);
        expect([...statuses]).toEqual([status]);
        expect(reached).toBeLessThan(FLOOD / 4);
      });

      test.each([
        'Authorization',
        'X-Forwarded-Host',
        'CMCD-Session',
        'X-Msn',
        'X-Token',
        'Accept-Language',
        'User-Agent',
      ])('a made-up %s: next to nothing reaches the server', async (name) => {
        const { statuses, reached } = await flood(withHeader(name));
        expect([[...statuses], reached]).toEqual([[200], expect.toSatisfy((count: number) => count < 5)]);
      });

      test('a made-up Host is no version of its own, and spoils no other one', async () => {
        const path = `${segment}?host`;
        const ask = async (host: string): Promise<number | undefined> => {
          using client = await RawClient.open(varnish.origin);
          client.say(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
          return await client.answered();
        };
        const before = await mediaRequests(server.origin);
        for (let n = 0; n < 20; n += 1) expect(await ask(`made-up-${n}.example`)).toBe(200);
        expect((await mediaRequests(server.origin)) - before).toBeLessThan(3);
      });

      test('a token in the query lets in who brings it, and nobody else', async () => {
        const token = /~([^/]+)/.exec(media)?.[1] ?? '';
        const bare = segment.replace(/~[^/]+\//, '');
        const status = async (path: string): Promise<number> => (await fetch(varnish.origin + path)).status;
        expect(await status(bare)).toBe(403);
        expect(await status(`${bare}?x=1&token=${token}&y=2`)).toBe(200);
        expect(await status(`${bare}?token=a.b.c`)).toBe(403);
        expect(await status(bare)).toBe(403);
      });
    });

    test('nginx speaks TLS and HTTP/2, passes everything on, and says who asks', async () => {
      await using nginx = await startNginx(server.origin, varnish.origin, directory);
      const session = connect(nginx.origin, { rejectUnauthorized: false });
      const ask = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
        const asked = session.request({ ':path': path, ...headers });
        const [answer] = (await once(asked, 'response')) as [{ ':status'?: number }];
        asked.resume().close();
        return answer[':status'] ?? 0;
      };
      const { playlistUrl } = await openSession(server.origin, {}, 'edge');
      await waitForPlaylist(playlistUrl);
      expect(await ask(new URL(playlistUrl).pathname)).toBe(200);
      expect(await ask('/v1/sessions')).toBe(401);
      expect(await ask('/v1/sessions', { authorization: 'Bearer edge' })).toBe(200);
      expect(await ask('/healthz')).toBe(200);
      session.close();
    });
  },
);
