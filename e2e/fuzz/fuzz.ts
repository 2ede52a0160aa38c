import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERROR_CODES } from '../../server/errors.ts';
import { deleteSession, endSession, openSession, pushChunk, sessionStatus } from '../support/api.ts';
import { filesIn } from '../support/leftovers.ts';
import { mostMegabytes, residentMegabytes } from '../support/processes.ts';
import { type Random, randomFrom, wholeBelow } from '../support/random.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { makeSeeds, scripts } from './media-bodies.ts';
import { type FuzzRequest, fuzzRequest } from './requests.ts';
import { crowd, DESCRIPTORS, profiles, secondStart, Talker } from './trials.ts';

export type FuzzOptions = {
  readonly requests: number;
  readonly seed: number;
  log(line: string): void;
};

export type FuzzReport = {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** What must not be, each with the request that brought it. */
  readonly findings: readonly string[];
  /** Of the server, in MB. */
  readonly residentMb: readonly [before: number, most: number];
};

/** Of the server, in MB, whatever is sent: the README gives it. */
const MOST_MB = 1_000;
/** Trials that take longer than requests come every so many rounds. */
const TRIAL_EVERY = 10;
const AT_ONCE = 12;
const SESSIONS = 6;
/** Sessions are replaced after so many requests: they end, fill up, and are deleted. */
const RENEW_EVERY = 200;
const REQUEST_LIMIT_MS = 30_000;
const ALIVE_WITHIN_MS = 3_000;
/** Statuses of 500 and up that are told on purpose, with a problem. */
const DECLARED: readonly number[] = [501, 503, 507];
const CODES: readonly string[] = ERROR_CODES;
const LONG_AGO = new Date('2001-01-01');
const MAX_FINDINGS = 20;

type Answer = { readonly status: number; readonly text: string; readonly contentType: string };

/** Sends what nobody should send, and looks for what must not come of it. */
export async function fuzz({ requests, seed, log }: FuzzOptions): Promise<FuzzReport> {
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const findings: string[] = [];
  const byStatus: Record<string, number> = {};
  await using bait = await layBait(directory);
  try {
    const env = { AVATAR: 'none', LOG_LEVEL: 'warn', MAX_CHUNK_SECONDS: '5', MAX_SESSIONS: '200' };
    const dataDir = join(directory, 'data');
    await using server = await startServer({ dataDir, env, descriptors: DESCRIPTORS });
    const seeds = await makeSeeds();
    const clip = join(directory, 'good.mp4');
    await writeFile(clip, seeds[0] ?? '');
    const talker = await Talker.open(server.origin, clip);
    const random = randomFrom(seed);
    const beforeMb = await residentMegabytes(server.pid);
    const found = (what: string): void => {
      if (findings.length < MAX_FINDINGS) findings.push(what);
    };
    for (let sent = 0; sent < requests && findings.length < MAX_FINDINGS; sent += RENEW_EVERY) {
      const sessions = await openSessions(server, random);
      const material = { seeds, scripts: scripts(bait.path, bait.url), sessions };
      let left = Math.min(RENEW_EVERY, requests - sent);
      const worker = async (): Promise<void> => {
        while (left-- > 0) {
          const asked = fuzzRequest(random, material);
          const answer = await send(server.origin, asked).catch((error: unknown) => error as Error);
          const fault =
            answer instanceof Error
              ? faultOfSilence(answer)
              : (faultOf(answer, bait.secret) ?? faultOfEntry(asked, answer));
          const status = answer instanceof Error ? 'no answer' : `${answer.status}`;
          byStatus[status] = (byStatus[status] ?? 0) + 1;
          if (fault !== undefined)
            found(
              `seed ${seed}: ${fault}: ${asked.method} ${asked.path.slice(0, 200)} ${JSON.stringify(asked.headers).slice(0, 300)}`,
            );
        }
      };
      const trial = async (what: string, run: () => Promise<void>): Promise<void> => {
        await run().catch((error: unknown) => found(`seed ${seed}: ${what}: ${error}`));
      };
      await trial('a talker was refused', () => talker.say());
      await Promise.all([
        ...Array.from({ length: AT_ONCE }, worker),
        trial('profiles', () => profiles(server, random)),
      ]);
      if ((sent / RENEW_EVERY) % TRIAL_EVERY === 0) {
        await trial('a second start', () => secondStart(server, dataDir));
        await trial('a crowd', () => crowd(server, random, sessions));
      }
      await trial('a talker was starved', () => talker.heard());
      if (!(await isAlive(server.origin)))
        found(`seed ${seed}: the server does not answer after ${sent + RENEW_EVERY} requests`);
      for (const id of sessions) await deleteSession(server.origin, id).catch(() => undefined);
      log(`${sent + RENEW_EVERY} of ${requests}: ${JSON.stringify(byStatus)}`);
    }
    if (await bait.wasTaken())
      found(`seed ${seed}: a file outside of the data directory was read, or an address was asked`);
    await expectWork(server, clip).catch((error: unknown) => found(`it does not work any more: ${error}`));
    for (const line of server.log) {
      if (/"level":(50|60)/.test(line)) found(`the log tells of an error: ${line.slice(0, 500)}`);
      // What strangers send is their fault, however it fails.
      if (/"code":"(ENCODER_FAILED|INTERNAL)"/.test(line)) found(`a chunk failed by our fault: ${line.slice(0, 500)}`);
    }
    const mostMb = await mostMegabytes(server.pid);
    if (mostMb > MOST_MB) found(`seed ${seed}: the server had ${mostMb.toFixed(0)} MB in memory`);
    const inputs = async (): Promise<string[]> =>
      (await filesIn(join(directory, 'data', '.jobs'))).filter((path) => path.endsWith('/input'));
    await until('jobs are cleared away', async () => (await inputs()).length === 0).catch((error: unknown) =>
      found(String(error)),
    );
    return { requests, byStatus, findings, residentMb: [beforeMb, mostMb] };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function openSessions({ origin }: RunningServer, random: Random): Promise<string[]> {
  const profile = { width: 64, height: 64, fps: 10, audioRate: 16_000, renditions: [] } as const;
  const sessions = Array.from({ length: SESSIONS }, () =>
    openSession(origin, { profile, pacing: random() < 0.7 ? 'asap' : 'live', window: 12 + wholeBelow(random, 20) }),
  );
  return (await Promise.all(sessions)).map(({ id }) => id);
}

function faultOf({ status, text, contentType }: Answer, secret: string): string | undefined {
  if (text.includes(secret)) return 'the bait is in an answer';
  if (text.includes(process.cwd())) return 'a path of this machine is in an answer';
  if (status >= 500 && !DECLARED.includes(status)) return `${status} ${text.slice(0, 200)}`;
  if (status < 400 || text === '') return undefined;
  if (!contentType.startsWith('application/problem+json')) return `${status} as ${contentType}`;
  const { code } = JSON.parse(text) as { code?: string };
  return code !== undefined && CODES.includes(code) ? undefined : `${status} with the code ${code}`;
}

/** What only this server's own pages and programs may do, somebody else did. */
function faultOfEntry({ method, path, stranger, headers }: FuzzRequest, { status }: Answer): string | undefined {
  if (stranger.isLost && status < 400) return `${status} for the host ${headers.host}`;
  const isChange = !['GET', 'HEAD', 'OPTIONS'].includes(method);
  return stranger.isForeign && isChange && /^\/v1\b/.test(path) && status < 400
    ? `${status} for a page of another origin`
    : undefined;
}

/** A connection may be closed on who sends nonsense, but not left hanging. */
function faultOfSilence(error: Error): string | undefined {
  return error.name === 'TimeoutError' ? `no answer in ${REQUEST_LIMIT_MS} ms` : undefined;
}

function send(origin: string, { method, path, headers, body }: FuzzRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(origin);
  const signal = AbortSignal.timeout(REQUEST_LIMIT_MS);
  const length = body === undefined ? {} : { 'content-length': `${body.byteLength}` };
  const asked = request(
    { hostname, port, method, path, headers: { ...headers, ...length }, signal, agent: false },
    (response) => {
      const pieces: Buffer[] = [];
      response
        .on('data', (bytes: Buffer) => pieces.push(bytes))
        .once('error', reject)
        .once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(pieces).toString('latin1'),
            contentType: response.headers['content-type'] ?? '',
          }),
        );
    },
  );
  asked.once('error', (error) => reject(signal.aborted ? signal.reason : error));
  asked.end(body);
  return promise;
}

async function isAlive(origin: string): Promise<boolean> {
  return await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(ALIVE_WITHIN_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** After all that, a clip goes in and comes out. */
async function expectWork({ origin }: RunningServer, clip: string): Promise<void> {
  const { id } = await openSession(origin, { pacing: 'asap' });
  await pushChunk(origin, id, clip);
  await endSession(origin, id);
  await until('the session has ended', async () => (await sessionStatus(origin, id)).state === 'ended');
  const { chunks } = await sessionStatus(origin, id);
  if (chunks.published !== 1) throw new Error(JSON.stringify(chunks));
}

type Bait = AsyncDisposable & {
  readonly path: string;
  readonly url: string;
  readonly secret: string;
  wasTaken(): Promise<boolean>;
};

/** A file and an address that nobody has any business with. */
async function layBait(directory: string): Promise<Bait> {
  const folder = join(directory, 'elsewhere');
  await mkdir(folder);
  const secret = 'THIS-IS-NOBODYS-BUSINESS';
  const [path, proof] = [join(folder, 'bait.ts'), join(folder, 'proof')];
  for (const file of [path, proof]) {
    await writeFile(file, secret);
    // Older than its last change: the next read moves it, also where not every read does (relatime).
    await utimes(file, LONG_AGO, new Date());
  }
  await readFile(proof);
  if ((await stat(proof)).atimeMs === LONG_AGO.getTime())
    console.warn('this file system does not tell who reads: a file that is read is found by what it holds alone');
  let visits = 0;
  const server = createServer((_req, res) => {
    visits += 1;
    res.end(secret);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const wasRead = async (file: string): Promise<boolean> => (await stat(file)).atimeMs !== LONG_AGO.getTime();
  return {
    path,
    secret,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wasTaken: async () => visits > 0 || (await wasRead(path)),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
