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
