import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './support/chromium.ts';
import { openPage, playerLog, playerOf, position, stateOf, watchPlayer } from './support/player-page.ts';
import { until } from './support/until.ts';

const SEGMENT_COUNT = 4;
const SEGMENT = 2;
const PLAYER = join(import.meta.dirname, '../player/dist/player.js');

const pageOf = (src: string): string => `<!doctype html>
  <link rel="icon" href="data:,">
  <script type="module" src="/player.js"></script>
  <throughline-player src="${src}" autoplay="any" style="width: 320px"></throughline-player>`;

let directory: string;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plain-'));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Media of somebody who knows nothing of Throughline: segments of two seconds, as ffmpeg writes them. */
async function makeSegments(type: 'fmp4' | 'mpegts'): Promise<void> {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=128x128:r=25:d=${SEGMENT_COUNT * SEGMENT}`];
  const sound = ['-f', 'lavfi', '-i', `sine=440:r=48000:d=${SEGMENT_COUNT * SEGMENT}`];
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const hls = ['-f', 'hls', '-hls_time', `${SEGMENT}`, '-hls_list_size', '0', '-hls_segment_type', type];
  const args = ['-y', '-v', 'error', ...picture, ...sound, ...encoding, ...hls, join(directory, `${type}.m3u8`)];
  await promisify(execFile)('ffmpeg', args);
}

/** A live playlist that lists as many of its segments as it is told to. */
async function serveGrowing(type: 'fmp4' | 'mpegts') {
  await makeSegments(type);
  const whole = await readFile(join(directory, `${type}.m3u8`), 'utf8');
  const lines = whole.split('\n').filter((line) => !/^#EXT-X-(ENDLIST|PLAYLIST-TYPE)/.test(line) && line !== '');
  const firstSegment = lines.findIndex((line) => line.startsWith('#EXTINF'));
  const state = { listed: 1, ended: false };
  const playlist = (): string =>
    [...lines.slice(0, firstSegment + 2 * state.listed), ...(state.ended ? ['#EXT-X-ENDLIST'] : []), ''].join('\n');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const headers = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-cache' };
    if (pathname === '/') {
      response.writeHead(200, { ...headers, 'Content-Type': 'text/html' }).end(pageOf(`/${type}.m3u8`));
    } else if (pathname === '/player.js') {
      readFile(PLAYER).then((bytes) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(bytes));
    } else if (pathname.endsWith('.m3u8')) {
      response.writeHead(200, { ...headers, 'Content-Type': 'application/vnd.apple.mpegurl' }).end(playlist());
    } else {
      readFile(join(directory, pathname)).then(
        (bytes) => response.writeHead(200, headers).end(bytes),
        () => response.writeHead(404, headers).end(),
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    state,
    url: `http://127.0.0.1:${port}/`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.each(['fmp4', 'mpegts'] as const)(
  'a plain live stream (%s) starts with its one segment, goes on, and ends',
  async (type) => {
    using stream = await serveGrowing(type);
    const { page, context } = await openPage(browser, { url: stream.url });
    await watchPlayer(page);
    await until('it plays', async () => (await position(page)) > 0.5);
    for (let listed = 2; listed <= SEGMENT_COUNT; listed++) {
      stream.state.listed = listed;
      await until(`it plays segment ${listed}`, async () => (await position(page)) > (listed - 1) * SEGMENT);
    }
    stream.state.ended = true;
    await until('it ends', async () => (await stateOf(page)) === 'ended');
    const log = await playerLog(page);
    expect(log.played).toEqual([[expect.closeTo(0, 0), expect.closeTo(SEGMENT_COUNT * SEGMENT, 0)]]);
    expect(await playerOf(page).getByRole('button', { name: 'Play again' }).isVisible()).toBe(true);
    await context.close();
  },
);
