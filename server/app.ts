import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Encoder } from './encode/encoder.ts';
import { HttpServer } from './http/server.ts';
import { Clock } from './session/clock.ts';
import { Sessions } from './session/registry.ts';
import { FaceRenderer } from './speech/face/renderer.ts';
import { SessionSpeaker } from './speech/turn/session-speaker.ts';
import { createSpeaker } from './speech/turn/speaker.ts';
import { chooseTts } from './speech/voice/tts.ts';
import { DEFAULT_PROFILE } from './timeline/profile.ts';

/** Names the drawn face in the filler cache: change it whenever the drawing or its idle movement changes. */
const FACE_LOOK = 'portrait-1';

export type App = {
  readonly origin: string;
  readonly encoder: Encoder['choice'];
  readonly voice: string;
  /** Stops serving, ends every session, and waits until no process and no timer is left. Idempotent. */
  close(): Promise<void>;
};

/** Wires the server from its parts and brings it up. @throws {StreamError} `ENCODER_MISSING`; the socket's error when the port is taken. */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  const dataDirectory = resolve(config.DATA_DIR);
  await prepareDataDirectory(dataDirectory, logger);
  const clock = new Clock();
  const renderer = new FaceRenderer();
  const encoder = await Encoder.open({
    ffmpegPath: config.FFMPEG_PATH,
    setting: config.ENCODER,
    dataDirectory,
    parallel: config.ENCODE_PARALLEL,
    stallMs: config.ENCODE_STALL_MS,
    idle: { look: FACE_LOOK, draw: (profile) => renderer.idle(profile) },
    now: () => clock.now(),
  });
  const tts = await chooseTts({ ffmpegPath: config.FFMPEG_PATH, signal: AbortSignal.timeout(30_000) });
  const speaker = createSpeaker({ tts, renderer });
  const sessions = new Sessions({
    encoder,
    clock,
    logger,
    dataDirectory,
    maxSessions: config.MAX_SESSIONS,
    leadMs: config.LEAD_MS,
    limits: {
      maxChunkBytes: config.MAX_CHUNK_BYTES,
      maxChunkSeconds: config.MAX_CHUNK_SECONDS,
      maxQueuedSeconds: config.MAX_QUEUED_SECONDS,
      maxQueuedChunks: config.MAX_QUEUED_CHUNKS,
    },
  });
  const http = new HttpServer({
    registry: sessions,
    speaker: new SessionSpeaker(speaker, sessions),
    readiness: () => ({ ready: true, encoder: encoder.choice, voice: tts.name, sessions: sessions.size }),
    logger,
    pagesDir: join(import.meta.dirname, '../player/dist'),
    limits: { uploadBytes: config.MAX_CHUNK_BYTES },
    ...(config.PUBLIC_URL !== undefined && { publicUrl: config.PUBLIC_URL }),
  });
  const closeParts = async () => {
    await http.close();
    await sessions.close();
    await speaker.close();
    await renderer.close();
    await encoder.close();
    clock.close();
    await rm(join(dataDirectory, '.jobs'), { recursive: true, force: true });
  };
  try {
    // The first visitor should not wait for the idle loop to be drawn, nor for ffmpeg to start.
    await encoder.filler(DEFAULT_PROFILE, 1);
    encoder.warm(DEFAULT_PROFILE);
    const { port } = await http.listen(config.PORT, config.HOST);
    const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
    let closing: Promise<void> | undefined;
    return {
      origin: `http://${host}:${port}`,
      encoder: encoder.choice,
      voice: tts.name,
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
