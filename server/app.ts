import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Config, descriptorsFor } from './config.ts';
import type { Encoder } from './encode/encoder.ts';
import { ApiKeys } from './http/access/api-keys.ts';
import { isLoopback, trustedProxies } from './http/client-address.ts';
import { EarlyPort } from './http/early-port.ts';
import { limitsWithin } from './http/limits.ts';
import { HttpServer } from './http/server.ts';
import { descriptorLimit } from './lib/descriptors.ts';
import { Jail } from './lib/jail.ts';
import { sweepJobDirectories } from './lib/job-directory.ts';
import { storageFault } from './lib/storage-error.ts';
import { Monitor } from './monitor/monitor.ts';
import { openEncoder } from './open-encoder.ts';
import { chooseProviders, type Providers } from './providers.ts';
import { DataDirectory } from './session/journal/data-directory.ts';
import { DirectoryLock } from './session/journal/directory-lock.ts';
import { makeDataDirectory } from './session/journal/writable.ts';
import { Sessions } from './session/registry.ts';
import type { ReopenReport } from './session/reopen-sessions.ts';
import { DEFAULT_INSTRUCTIONS } from './speech/llm/instructions.ts';
import { SessionConversations } from './speech/turn/conversations.ts';
import { ResilientFace } from './speech/turn/resilient-face.ts';
import { ResilientVoice } from './speech/turn/resilient-voice.ts';
import { DEFAULT_PROFILE } from './timeline/profile.ts';

/** Longest text of one request, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 20_000;
const HOUR_MS = 3_600_000;
/** With fewer, crowds of viewers are refused: worth a word at the start. */
const MANY_CONNECTIONS = 4_000;

export type App = {
  readonly origin: string;
  /** Where it listens. */
  readonly address: string;
  readonly encoder: Encoder['choice'];
  /** Where ffmpeg reads foreign media, in words. */
  readonly jail: string;
  /** Names of who writes, speaks, listens and shows a face. */
  readonly providers: { readonly llm: string; readonly tts: string; readonly asr: string; readonly avatar: string };
  /** Stops serving, leaves every session as it is for the next start, and waits until no process and no timer is left. Idempotent. */
  close(): Promise<void>;
};

/**
 * Wires the server from its parts and brings it up.
 *
 * @throws {StreamError} `ENCODER_MISSING`, `DATA_DIR_IN_USE`, `CONFIG_INVALID` for a directory that takes nothing; the socket's error when
 * the port is taken: nothing was touched then.
 */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  // What is opened is closed in the opposite order, also when the rest can't be.
  await using opened = new AsyncDisposableStack();
  const address = addressFor(config);
  const port = opened.use(await EarlyPort.open(config.PORT, address));
  const origin = `http://${hostFor(address)}:${port.number}`;
  const dataDirectory = await makeDataDirectory(resolve(config.DATA_DIR));
  const lock = await DirectoryLock.take(dataDirectory, origin, logger);
  opened.defer(() => lock.release());
  const data = await DataDirectory.open(dataDirectory, logger);
  opened.defer(() => sweepJobDirectories(join(dataDirectory, '.jobs')).catch(orStorageFault));
  opened.defer(() => data.close());
  await sweepJobs(dataDirectory, logger);
  const { clock } = data;
  clock.onFault = (error) => logger.error({ err: error }, 'what was due failed: please report this');
  // Tried while encoders and providers are.
  const jail = Jail.build({ command: config.FFMPEG_PATH, devices: false });
  jail.catch(() => undefined);
  const providersReady = chooseProviders({ ...config, DATA_DIR: dataDirectory }, logger, jail);
  // Told by who waits for them; the encoder may fail first.
  providersReady.catch(() => undefined);
  const monitor: Monitor = new Monitor({
    clock,
    sessions: () => sessions.all(),
    encoder: () => encoderLoad(encoder),
    storage: () => ({ ...data.load, ...sessions.stored }),
    http: () => http.load,
  });
  opened.defer(() => monitor.close());
  const encoder = await openEncoder(config, { dataDirectory, clock, monitor, jail, providers: providersReady, logger });
  opened.defer(() => encoder.close());
  const providers = await providersReady;
  opened.defer(() => providers.close());
  const { sessions, conversations } = makeSessions(config, logger, {
    data,
    dataDirectory,
    encoder,
    providers,
    monitor,
  });
  opened.defer(() => conversations.close());
  opened.defer(() => sessions.close());
  const { llm, tts, asr, avatar } = providers;
  const named = { llm: llm.name, tts: tts.name, asr: asr.name, avatar: avatar.name };
  const http: HttpServer = new HttpServer({
    registry: sessions,
    conversations,
    monitor,
    now: () => clock.now(),
    keepUp: () => clock.keepUp(),
    readiness: async () => {
      // An idle server writes nothing that would tell.
      await data.storage.health.check();
      return readinessOf({ encoder: encoder.choice, ...named, sessions: sessions.size }, data);
    },
    logger,
    pagesDir: join(import.meta.dirname, '../player/dist'),
    ...(await httpSettings(config, logger)),
  });
  // The first visitor should not wait for the idle loop to be drawn, nor for ffmpeg to start.
  await encoder.filler({ profile: DEFAULT_PROFILE, targetDuration: 1 });
  encoder.warm(DEFAULT_PROFILE);
  monitor.recovered(await reopenSessions(sessions, data, logger));
  encoder
    .idleLoop({ profile: DEFAULT_PROFILE, targetDuration: 1 })
    .catch((error: unknown) => logger.debug({ err: error }, 'the idle loop was not made at the start'));
  providers.warm(DEFAULT_PROFILE).catch((error: unknown) => logger.warn({ err: error }, 'the face could not be drawn'));
  await http.take(port);
  opened.defer(() => http.close());
  const running = opened.move();
  let closing: Promise<void> | undefined;
  return {
    ...{ origin, address, encoder: encoder.choice, jail: encoder.jail.description, providers: named },
    close: () => (closing ??= running.disposeAsync()),
  };
}

async function httpSettings(config: Config, logger: Logger) {
  return {
    access: {
      apiKey: config.API_KEY,
      playbackSecret: config.PLAYBACK_SECRET,
      playbackHours: config.PLAYBACK_HOURS,
    },
    origins: { media: config.CORS_ORIGINS, api: config.API_ORIGINS, embed: config.EMBED_ORIGINS },
    hosts: { allowed: config.ALLOWED_HOSTS, address: addressFor(config) },
    limits: {
      ...(await limitsHere(config, logger)),
      uploadBytes: config.MAX_CHUNK_BYTES,
      requestsPerMinute: config.RATE_LIMIT,
      trusts: trustedProxies(config.TRUST_PROXY),
    },
    ...(config.PUBLIC_URL !== undefined && { publicUrl: config.PUBLIC_URL }),
  };
}

/** Where to listen: without a key the server is nobody else's. */
export function addressFor({ HOST, API_KEY }: Config): string {
  return new ApiKeys(API_KEY).required || HOST === 'localhost' || isLoopback(HOST) ? HOST : '127.0.0.1';
}

/** Where this machine's browser finds it: only there, and by https, it may use a microphone. */
function hostFor(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

/** As many connections as this machine lets us have beside all that talking needs. */
async function limitsHere(config: Config, logger: Logger): Promise<ReturnType<typeof limitsWithin>> {
  const descriptors = await descriptorLimit();
  const limits = limitsWithin(descriptors - descriptorsFor(config));
  if (limits.connections < MANY_CONNECTIONS)
    logger.warn({ descriptors, ...limits }, 'the limit of open files (ulimit -n) is low: it bounds connections');
  return limits;
}

type Foundations = {
  readonly data: DataDirectory;
  readonly dataDirectory: string;
  readonly encoder: Encoder;
  readonly providers: Providers;
  readonly monitor: Monitor;
};

function encoderLoad({ choice, pool }: Encoder) {
  return { name: choice.name, active: pool.running, waiting: pool.waiting, limit: pool.limit };
}

function makeSessions(config: Config, logger: Logger, foundations: Foundations) {
  const { data, dataDirectory, encoder, providers, monitor } = foundations;
  const { clock } = data;
  const now = (): number => clock.now();
  const { llm, tts, asr, avatar } = providers;
  const sessions = new Sessions({
    ...{ encoder, clock, logger, dataDirectory, storage: data.storage, clips: data.clips, observer: monitor },
    maxSessions: config.MAX_SESSIONS,
    leadMs: config.LEAD_MS,
    idleMs: config.SESSION_IDLE_HOURS * HOUR_MS,
    retentionMs: config.RETENTION_HOURS * HOUR_MS,
    maxDataBytes: config.MAX_DATA_BYTES,
    check: (preferences) => conversations.check(preferences),
    remake: (session, request) => conversations.remake(session, request),
    limits: {
      maxChunkBytes: config.MAX_CHUNK_BYTES,
      maxChunkSeconds: config.MAX_CHUNK_SECONDS,
      maxQueuedSeconds: config.MAX_QUEUED_SECONDS,
      maxQueuedChunks: config.MAX_QUEUED_CHUNKS,
      maxPixelsPerSecond: config.MAX_PROFILE_PIXELS,
    },
  });
  const conversations = new SessionConversations({
    sessions,
    ...{ llm, tts, asr, avatar },
    voice: new ResilientVoice({
      tts,
      fallback: providers.embeddedTts,
      deadlineMs: config.TTS_TIMEOUT_MS,
      parallel: config.TTS_PARALLEL,
      now,
    }),
    face: new ResilientFace({ avatar, fallback: providers.drawnAvatar, now }),
    apology: config.LLM_APOLOGY,
    holding: { afterMs: config.LLM_HOLD_MS, ...(config.LLM_HOLD !== undefined && { phrase: config.LLM_HOLD }) },
    logger,
    historyTokens: config.LLM_HISTORY_TOKENS,
    instructions: config.LLM_INSTRUCTIONS ?? DEFAULT_INSTRUCTIONS,
    recordingsDirectory: join(dataDirectory, '.jobs', 'recordings'),
    maxTextLength: MAX_TEXT_LENGTH,
  });
  return { sessions, conversations };
}

/** Ready, unless nothing can be stored. */
function readinessOf<T extends { encoder: Encoder['choice'] }>(fields: T, { storage }: DataDirectory) {
  const { fault } = storage.health;
  if (!fault) return { ready: true, ...fields, storage: { writable: true } };
  const { code, reason, sinceMs } = fault;
  return {
    ready: false,
    ...fields,
    storage: { writable: false, code, reason, since: new Date(sinceMs).toISOString() },
  };
}

/** Opens the sessions of the server before this one, and says in the log what it found. */
async function reopenSessions(sessions: Sessions, data: DataDirectory, logger: Logger): Promise<ReopenReport> {
  const { aliveMs, stopped } = data.earlier;
  const startMs = performance.now();
  const report = await sessions.reopen(data.isDoubtful);
  if (report.reopened + report.broken === 0) return report;
  const tookMs = Math.round(performance.now() - startMs);
  const downMs = aliveMs === 0 ? undefined : Math.round(data.clock.now() - aliveMs);
  const how = stopped
    ? 'it was stopped in order'
    : report.leapt > 0
      ? 'it went down, and journals may lack an end'
      : 'it went down';
  logger.info({ ...report, tookMs, downMs, how }, 'sessions of the server before this one are open again');
  return report;
}

/** Clears what an earlier run left half done. */
async function sweepJobs(directory: string, logger: Logger): Promise<void> {
  try {
    await sweepJobDirectories(join(directory, '.jobs'));
  } catch (error) {
    orStorageFault(error);
    logger.warn({ err: error, directory }, 'the data directory takes no changes');
  }
}

/** Rethrows what is no trouble of the disk: that is told by who wants something stored. */
function orStorageFault(error: unknown): void {
  if (!storageFault(error)) throw error;
}
