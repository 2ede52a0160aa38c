import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Encoder } from './encode/encoder.ts';
import { HttpServer } from './http/server.ts';
import { Monitor } from './monitor/monitor.ts';
import { chooseProviders } from './providers.ts';
import { Clock } from './session/clock.ts';
import { Sessions } from './session/registry.ts';
import { DEFAULT_INSTRUCTIONS } from './speech/llm/instructions.ts';
import { SessionConversations } from './speech/turn/conversations.ts';
import { ResilientFace } from './speech/turn/resilient-face.ts';
import { ResilientVoice } from './speech/turn/resilient-voice.ts';
import { DEFAULT_PROFILE } from './timeline/profile.ts';

/** Longest text of one request, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 20_000;

export type App = {
  readonly origin: string;
  readonly encoder: Encoder['choice'];
  /** Names of who writes, speaks, listens and shows a face. */
  readonly providers: { readonly llm: string; readonly tts: string; readonly asr: string; readonly avatar: string };
  /** Stops serving, ends every session, and waits until no process and no timer is left. Idempotent. */
  close(): Promise<void>;
};

/** Wires the server from its parts and brings it up. @throws {StreamError} `ENCODER_MISSING`; the socket's error when the port is taken. */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  const dataDirectory = resolve(config.DATA_DIR);
  await prepareDataDirectory(dataDirectory, logger);
  const clock = new Clock();
  const providers = await chooseProviders(config, logger);
  const { llm, tts, asr, avatar } = providers;
  const encoder = await Encoder.open({
    ffmpegPath: config.FFMPEG_PATH,
    setting: config.ENCODER,
    dataDirectory,
    parallel: config.ENCODE_PARALLEL,
    stallMs: config.ENCODE_STALL_MS,
    idle: { version: (look) => avatar.idleLook(look), draw: (profile, look) => avatar.idle(profile, look) },
    now: () => clock.now(),
    onEncoded: (encode) => monitor.encoded(encode),
  });
  const monitor: Monitor = new Monitor({
    clock,
    sessions: () => sessions.all(),
    encoder: () => ({
      name: encoder.choice.name,
      active: encoder.pool.running,
      waiting: encoder.pool.waiting,
      limit: encoder.pool.limit,
    }),
    http: () => http.load,
  });
  const sessions = new Sessions({
    encoder,
    clock,
    logger,
    dataDirectory,
    maxSessions: config.MAX_SESSIONS,
    leadMs: config.LEAD_MS,
    check: (preferences) => conversations.check(preferences),
    observer: monitor,
    limits: {
      maxChunkBytes: config.MAX_CHUNK_BYTES,
      maxChunkSeconds: config.MAX_CHUNK_SECONDS,
      maxQueuedSeconds: config.MAX_QUEUED_SECONDS,
      maxQueuedChunks: config.MAX_QUEUED_CHUNKS,
    },
  });
  const now = (): number => clock.now();
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
    historyTokens: config.LLM_HISTORY_TOKENS,
    instructions: config.LLM_INSTRUCTIONS ?? DEFAULT_INSTRUCTIONS,
    recordingsDirectory: join(dataDirectory, '.jobs', 'recordings'),
    maxTextLength: MAX_TEXT_LENGTH,
  });
  const named = { llm: llm.name, tts: tts.name, asr: asr.name, avatar: avatar.name };
  const http: HttpServer = new HttpServer({
    registry: sessions,
    conversations,
    monitor,
    now,
    readiness: () => ({ ready: true, encoder: encoder.choice, ...named, sessions: sessions.size }),
    logger,
    pagesDir: join(import.meta.dirname, '../player/dist'),
    limits: { uploadBytes: config.MAX_CHUNK_BYTES },
    ...(config.PUBLIC_URL !== undefined && { publicUrl: config.PUBLIC_URL }),
  });
  const closeParts = async () => {
    await http.close();
    await sessions.close();
    await conversations.close();
    await providers.close();
    await encoder.close();
    monitor.close();
    clock.close();
    await rm(join(dataDirectory, '.jobs'), { recursive: true, force: true });
  };
  try {
    // The first visitor should not wait for the idle loop to be drawn, nor for ffmpeg to start.
    await encoder.filler(DEFAULT_PROFILE, 1);
    encoder.warm(DEFAULT_PROFILE);
    providers
      .warm(DEFAULT_PROFILE)
      .catch((error: unknown) => logger.warn({ err: error }, 'the face could not be drawn'));
    const { port } = await http.listen(config.PORT, config.HOST);
    const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
    let closing: Promise<void> | undefined;
    return {
      origin: `http://${host}:${port}`,
      encoder: encoder.choice,
      providers: named,
      close: () => (closing ??= closeParts()),
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}

/** Clears what an earlier run left half done, and says what else it left. */
async function prepareDataDirectory(directory: string, logger: Logger): Promise<void> {
  await mkdir(directory, { recursive: true });
  await rm(join(directory, '.jobs'), { recursive: true, force: true });
  const entries = await readdir(directory, { withFileTypes: true });
  const sessions = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).length;
  if (sessions > 0) logger.warn({ sessions, directory }, 'sessions of an earlier run lie here; they are not reopened');
}
