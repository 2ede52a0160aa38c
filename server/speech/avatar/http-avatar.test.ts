import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AvatarServiceOptions, startAvatarService } from '../../../e2e/avatar-service/service.ts';
import { UNTRUSTED_INPUT } from '../../encode/chunk-arguments.ts';
import { childProcesses } from '../../encode/test-media.ts';
import { Jail } from '../../lib/jail.ts';
import type { Avatar } from '../providers.ts';
import { createHttpAvatar, type HttpAvatarOptions } from './http-avatar.ts';
import { isSame, jobOf, NO_IDLE, PICTURE_BYTES, picturesOf } from './rig.ts';

const directory = mkdtempSync(join(tmpdir(), 'http-avatar-'));
const scratch = mkdtempSync(join(directory, 'scratch-'));
const open: AsyncDisposable[] = [];

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  expect(childProcesses()).toEqual([]);
  expect(readdirSync(scratch)).toEqual([]);
  // A socket that was closed is gone one turn of the loop later.
  for (let tries = 0; sockets() > 0 && tries < 50; tries++) await delay(10);
  expect(sockets()).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true }));

async function service(options: AvatarServiceOptions = {}) {
  const started = await startAvatarService({ speed: 0, ...options });
  open.push(started);
  return started;
}

async function avatarAt(url: string, options: Partial<HttpAvatarOptions> = {}): Promise<Avatar> {
  const avatar = await createHttpAvatar({
    ...{
      url,
      ffmpegPath: 'ffmpeg',
      untrustedInput: UNTRUSTED_INPUT,
      jail: Jail.OPEN,
      fallback: NO_IDLE,
      temporaryDirectory: scratch,
    },
    ...options,
  });
  open.push({ [Symbol.asyncDispose]: () => avatar.close() });
  return avatar;
}

/** A server that answers as a test says. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => listener(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/render`;
}

const media = new Map<string, Buffer>();
beforeAll(() => {
  const make = (name: string, ...options: string[]): void => {
    const path = join(directory, name);
    // Noise, so that it is larger than any buffer on its way.
    const input = ['-f', 'lavfi', '-i', 'testsrc2=size=128x128:rate=10,noise=alls=60', '-f', 'lavfi', '-i', 'sine'];
    spawnSync('ffmpeg', ['-v', 'error', '-y', ...input, '-t', '2', '-pix_fmt', 'yuv420p', ...options, path]);
    media.set(name, readFileSync(path));
  };
  make('end.mp4');
  make('start.mp4', '-movflags', '+faststart');
  make('clip.webm', '-c:v', 'libvpx', '-b:v', '1M', '-c:a', 'libopus');
  make('clip.ts', '-c:v', 'mpeg2video');
  make('sound.wav', '-map', '1');
});

test('gives the first picture of a streamed clip before the service has finished, and exactly as many as the sound lasts', async () => {
  const { url, jobs } = await service({ speed: 1 });
  const avatar = await avatarAt(url);
  const job = jobOf(2.05, { look: 'calm' });
  const clip = await avatar.render(job);
  expect(jobs).toMatchObject([{ id: job.id, text: job.text, look: 'calm', outcome: 'begun' }]);
  expect(clip).toMatchObject({ frames: 21, width: 128, height: 128, fps: 10, audioRate: 16_000 });
  expect(clip?.pcm).toBe(job.speech.pcm);
  const pictures = await picturesOf(clip);
  expect(pictures.map((pixels) => pixels.length)).toEqual(Array(21).fill(PICTURE_BYTES));
  expect(new Set(pictures.map((pixels) => Buffer.from(pixels).toString('latin1'))).size).toBeGreaterThan(5);
  await avatar.close();
  expect(jobs[0]?.outcome).toBe('done');
});

test('draws whose clip it is: other jobs, other pictures', async () => {
  const avatar = await avatarAt((await service()).url);
  const [one] = await picturesOf(await avatar.render(jobOf(0.5)));
  const [other] = await picturesOf(await avatar.render(jobOf(0.5)));
  expect(isSame(one, other)).toBe(false);
});

test.each(['end.mp4', 'start.mp4', 'clip.webm', 'clip.ts'])('reads %s from the connection', async (name) => {
  const url = await answering((_, response) => response.end(media.get(name)));
  const avatar = await avatarAt(url);
  const pictures = await picturesOf(await avatar.render(jobOf(2)));
  expect(pictures).toHaveLength(20);
  expect(isSame(pictures[18], pictures[19])).toBe(false);
  await avatar.close();
});

test('shows the last picture of a clip that is too short until the sound ends, and cuts one that is too long', async () => {
  const short: number[][] = [];
  const url = await answering((_, response) => response.end(media.get('start.mp4')));
  const avatar = await avatarAt(url, { onShort: (_, got, wanted) => short.push([got, wanted]) });
  const held = await picturesOf(await avatar.render(jobOf(3)));
  expect(held).toHaveLength(30);
  expect(isSame(held[19], held[29])).toBe(true);
  expect(isSame(held[18], held[19])).toBe(false);
  expect(short).toEqual([[20, 30]]);
  expect(await picturesOf(await avatar.render(jobOf(1)))).toHaveLength(10);
  expect(short).toHaveLength(1);
});

test('asks once more, on a fresh connection, after a 500', async () => {
  const { url, jobs } = await service({ fail: 1 });
  const avatar = await avatarAt(url);
  expect(await picturesOf(await avatar.render(jobOf(0.5)))).toHaveLength(5);
  while (jobs[1]?.outcome === 'begun') await delay(10);
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['failed', 'done']);
  expect(new Set(jobs.map(({ clientPort }) => clientPort)).size).toBe(2);
});

test('gives up after its retries, with the status and the reason in one bounded line', async () => {
  let requests = 0;
  const url = await answering((_, response) => {
    requests++;
    response.writeHead(502).end(`CUDA out\nof memory\x1b[31m${'x'.repeat(100_000)}`);
  });
  const failure: Error = await (await avatarAt(url)).render(jobOf(1)).then(Promise.reject, (error) => error);
  expect(failure).toMatchObject({ code: 'AVATAR_FAILED' });
  expect(failure.message).toContain('answered 502: CUDA out of memory [31mxxx');
  expect(failure.message.length).toBeLessThan(400);
  expect(requests).toBe(2);
});

test.each([400, 404, 413, 302])('does not ask again after a %i', async (status) => {
  let requests = 0;
  const url = await answering((_, response) => {
    requests++;
    response.writeHead(status, { location: '/elsewhere', 'retry-after': '0' }).end();
  });
  await expect((await avatarAt(url)).render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: expect.stringContaining(`answered ${status}`),
  });
  expect(requests).toBe(1);
});

test('comes back to a busy service when it says, within the deadline', async () => {
  let requests = 0;
  const url = await answering((_, response) => {
    if (++requests <= 3) response.writeHead(503, { 'retry-after': '0' }).end('busy');
    else response.end(media.get('start.mp4'));
  });
  expect(await picturesOf(await (await avatarAt(url)).render(jobOf(1)))).toHaveLength(10);
  expect(requests).toBe(4);
  const never = await answering((_, response) => response.writeHead(503, { 'retry-after': '3600' }).end('busy'));
  await expect((await avatarAt(never)).render(jobOf(1))).rejects.toMatchObject({
    message: expect.stringContaining('answered 503: busy'),
  });
});

test.each<readonly [string, number, Record<string, string>, string]>([
  ['a job that is queued', 202, { 'retry-after': '0' }, '{"status":"queued"}'],
  ['too many requests', 429, { 'retry-after': '0' }, 'slow down'],
  ['a gateway', 502, { 'retry-after': '0' }, ''],
  ['a model that loads', 503, {}, '{"error":{"message":"Loading model","retry_after":0.01}}'],
  ['a model that loads, by a page', 500, { 'retry-after': '0' }, '<h1>Warming up'],
])('puts the job again after %s', async (_, status, headers, body) => {
  let requests = 0;
  const url = await answering((_request, response) => {
    if (++requests <= 2) response.writeHead(status, headers).end(body);
    else response.end(media.get('start.mp4'));
  });
  expect(await picturesOf(await (await avatarAt(url)).render(jobOf(1)))).toHaveLength(10);
  expect(requests).toBe(3);
});

test('waits a second for a job that is queued when the service does not say how long', async () => {
  let requests = 0;
  const url = await answering((_, response) => {
    if (++requests === 1) response.writeHead(202).end();
    else response.end(media.get('start.mp4'));
  });
  expect(await picturesOf(await (await avatarAt(url)).render(jobOf(1)))).toHaveLength(10);
  expect(requests).toBe(2);
});

test('two servers share one service: the second waits while it is busy', async () => {
  const { url, jobs } = await service();
  const [one, other] = [await avatarAt(url), await avatarAt(url)];
  const counts = [one, other].map(async (avatar) => (await picturesOf(await avatar.render(jobOf(0.5)))).length);
  expect(await Promise.all(counts)).toEqual([5, 5]);
  while (jobs.some(({ outcome }) => outcome === 'begun')) await delay(10);
  expect(jobs.filter(({ outcome }) => outcome === 'done')).toHaveLength(2);
});

test('gives a service up that hangs, and leaves it', async () => {
  const { url, jobs } = await service({ hang: true });
  const avatar = await avatarAt(url, { timeouts: { firstPictureMs: 500 } });
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: expect.stringContaining('no picture within'),
  });
  while (jobs[0]?.outcome === 'begun') await delay(10);
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['left']);
});

test('holds the last picture when the next does not come, but a reader may take its time', async () => {
  const clip = media.get('clip.webm') ?? Buffer.alloc(0);
  const url = await answering((_, response) => response.write(clip.subarray(0, clip.length / 2)));
  const short: number[] = [];
  const avatar = await avatarAt(url, { timeouts: { stallMs: 400 }, onShort: (_, got) => short.push(got) });
  const rendered = await avatar.render(jobOf(2));
  const pictures = rendered?.pictures[Symbol.asyncIterator]();
  await pictures?.next();
  await delay(800);
  let count = 1;
  for (let next = await pictures?.next(); next && !next.done; next = await pictures?.next()) {
    expect(next.value).toHaveLength(PICTURE_BYTES);
    count += 1;
  }
  expect(count).toBe(rendered?.frames);
  expect(short).toHaveLength(1);
  expect(short[0]).toBeGreaterThan(1);
});

test('holds the last picture of a clip that was cut while it is shown', async () => {
  const { url, jobs } = await service({ cut: true, speed: 1 });
  const short: number[] = [];
  const avatar = await avatarAt(url, { onShort: (_, got) => short.push(got) });
  const pictures = await picturesOf(await avatar.render(jobOf(2)));
  expect(pictures).toHaveLength(20);
  expect(short).toHaveLength(1);
  // Half of them, give or take how long the last one is taken to last.
  expect(short[0]).toBeLessThanOrEqual(11);
  expect(isSame(pictures[(short[0] ?? 0) - 1], pictures[19])).toBe(true);
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['cut']);
});

test('asks again when the connection is cut before there was a picture', async () => {
  let requests = 0;
  const url = await answering((_, response) => {
    if (requests++ > 0) response.end(media.get('start.mp4'));
    else response.write(media.get('start.mp4')?.subarray(0, 300), () => response.destroy());
  });
  expect(await picturesOf(await (await avatarAt(url)).render(jobOf(1)))).toHaveLength(10);
  expect(requests).toBe(2);
});

test('does one job after the other, in order, and lets those leave that are not wanted any more', async () => {
  const { url, jobs } = await service();
  const avatar = await avatarAt(url);
  const abort = new AbortController();
  const orders = [jobOf(1), jobOf(1), jobOf(1, { signal: abort.signal }), jobOf(1)];
  const clips = orders.map((job) => avatar.render(job));
  const first = await clips[0];
  await delay(200);
  expect(jobs).toHaveLength(1);
  abort.abort();
  await expect(clips[2]).rejects.toMatchObject({ code: 'ABORTED' });
  await picturesOf(first);
  // Its reader leaves: the next one's turn.
  await (await clips[1])?.pictures[Symbol.asyncIterator]().return?.();
  expect(await picturesOf(await clips[3])).toHaveLength(10);
  await avatar.close();
  // The service may take a moment to see that a reader has left, and say that it is busy until then.
  const taken = jobs.filter(({ outcome }) => outcome !== 'busy');
  expect(taken.map(({ id }) => id)).toEqual([0, 1, 3].map((at) => orders[at]?.id));
});

test('the service sees when a job is aborted: while it is asked, and while it is shown', async () => {
  const { url, jobs } = await service({ speed: 1 });
  const avatar = await avatarAt(url);
  const early = new AbortController();
  const asked = avatar.render(jobOf(5, { signal: early.signal }));
  while (jobs.length === 0) await delay(5);
  early.abort();
  await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
  while (jobs[0]?.outcome === 'begun') await delay(10);
  const late = new AbortController();
  const pictures = (await avatar.render(jobOf(5, { signal: late.signal })))?.pictures[Symbol.asyncIterator]();
  await pictures?.next();
  const waiting = pictures?.next().then(() => pictures.next().then(() => pictures.next()));
  late.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  while (jobs.at(-1)?.outcome === 'begun') await delay(10);
  expect(jobs.filter(({ outcome }) => outcome !== 'busy').map(({ outcome }) => outcome)).toEqual(['left', 'left']);
  await expect(avatar.render(jobOf(1, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'ABORTED' });
});

test.each([
  ['garbage', () => Buffer.from('<html>502 Bad Gateway</html>'.repeat(100))],
  ['nothing', () => Buffer.alloc(0)],
  ['sound without pictures', () => media.get('sound.wav')],
  [
    'a playlist',
    () => Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'),
  ],
  ['a list for the concat demuxer', () => Buffer.from("ffconcat version 1.0\nfile 'clip.mp4'\n")],
  ['half a file with its index at the end', () => media.get('end.mp4')?.subarray(0, 20_000)],
])('refuses %s', async (_, body) => {
  const url = await answering((_, response) => response.writeHead(200, { 'content-type': 'video/mp4' }).end(body()));
  const avatar = await avatarAt(url, { retries: 0 });
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: expect.stringMatching(/answer \(video\/mp4\) (can't be decoded|has no picture)/),
  });
});

test('reads no more than was agreed, also into a file', async () => {
  const endless = await answering((_, response) => {
    const more = (): unknown => response.write(Buffer.alloc(65_536), more);
    response.write(media.get('end.mp4')?.subarray(0, 48), more);
  });
  await expect((await avatarAt(endless, { maxBodyBytes: 500_000 })).render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: expect.stringContaining('larger than 500000 bytes'),
  });
});

test.each([
  ['refuses connections', undefined],
  ['closes them', (socket: Socket) => socket.destroy()],
  ['speaks another protocol', (socket: Socket) => socket.resume().end('220 smtp ready\r\n')],
])('fails when the service %s', async (_, onConnection) => {
  const server = createTcpServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  if (!onConnection) server.close();
  const avatar = await avatarAt(`http://user:secret@127.0.0.1:${port}/render?key=secret`);
  const failure: Error = await avatar.render(jobOf(1)).then(Promise.reject, (error) => error);
  expect(failure).toMatchObject({ code: 'AVATAR_FAILED' });
  expect(failure.message).toContain(`no answer from http://127.0.0.1:${port}/render: `);
  expect(failure.message).not.toContain('secret');
  if (onConnection) server.close();
});

test('fails, and asks nobody, when there is no decoder', async () => {
  const { url } = await service();
  const avatar = await avatarAt(url, { ffmpegPath: '/nonexistent/ffmpeg', retries: 0 });
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: expect.stringContaining('not installed'),
  });
});

test('holds the last picture of a clip that is broken further on, and fails one that is from the start', async () => {
  const url = await answering((_, response) => response.end(media.get('start.mp4')));
  const decoder = (pictures: number): string => {
    const path = join(directory, `decoder-${pictures}`);
    writeFileSync(path, `#!/bin/sh\nhead -c ${pictures * PICTURE_BYTES} /dev/zero\necho broken >&2\nexit 1\n`, {
      mode: 0o755,
    });
    return path;
  };
  const short: number[] = [];
  const onShort = (_: unknown, got: number) => short.push(got);
  const avatar = await avatarAt(url, { ffmpegPath: decoder(2), onShort });
  expect(await picturesOf(await avatar.render(jobOf(1)))).toHaveLength(10);
  expect(short).toEqual([2]);
  await expect((await avatarAt(url, { ffmpegPath: decoder(0) })).render(jobOf(1))).rejects.toMatchObject({
    message: expect.stringContaining('broken'),
  });
});

test('leaves no decoder behind when the request can not be made', async () => {
  const avatar = await avatarAt('http://%:x@127.0.0.1:1/');
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({ code: 'AVATAR_FAILED' });
  expect(childProcesses()).toEqual([]);
});

test('has no pictures for no sound, and asks nobody', async () => {
  const { url, jobs } = await service();
  const clip = await (await avatarAt(url)).render(jobOf(0));
  expect(clip?.frames).toBe(0);
  expect(await picturesOf(clip)).toEqual([]);
  expect(jobs).toEqual([]);
});

test('ends all its jobs when it is closed, twice', async () => {
  const { url } = await service({ speed: 1 });
  const avatar = await avatarAt(url, { concurrency: 1 });
  const clip = await avatar.render(jobOf(5));
  const queued = avatar.render(jobOf(1));
  const reading = picturesOf(clip);
  await Promise.all([
    avatar.close(),
    avatar.close(),
    expect(reading).rejects.toMatchObject({ code: 'ABORTED' }),
    expect(queued).rejects.toMatchObject({ code: 'ABORTED' }),
  ]);
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({ code: 'ABORTED' });
});

test.each([
  [{ url: 'file:///etc/passwd' }],
  [{ url: 'nonsense' }],
  [{ headers: { authorization: 'Bearer \n' } }],
  [{ idlePath: '/nonexistent.mp4' }],
])('refuses the configuration %j', async (wrong) => {
  await expect(avatarAt('http://127.0.0.1:1/', wrong)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
