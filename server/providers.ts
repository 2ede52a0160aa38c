import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { UNTRUSTED_INPUT } from './encode/chunk-arguments.ts';
import { StreamError } from './errors.ts';
import type { Jail } from './lib/jail.ts';
import { chooseAsr } from './speech/asr/choose-asr.ts';
import { createDrawnAvatar } from './speech/avatar/drawn-avatar.ts';
import { createFolderAvatar } from './speech/avatar/folder-avatar.ts';
import { createHttpAvatar } from './speech/avatar/http-avatar.ts';
import { createPictureAvatar } from './speech/avatar/no-avatar.ts';
import { FaceRenderer, LOOKS, lookVersion } from './speech/face/renderer.ts';
import { createOfflineLlm } from './speech/llm/offline/offline-llm.ts';
import type { Asr, Avatar, AvatarJob, Llm, Picture, Tts } from './speech/providers.ts';
import { createSoundDecoder } from './speech/voice/decode-sound.ts';
import { chooseTts } from './speech/voice/tts.ts';

/** Finding out what speaks here may take that long. */
const CHOICE_LIMIT_MS = 30_000;

/** Who writes, speaks, listens and shows a face, each with the one that stands in for it. */
export type Providers = {
  readonly llm: Llm;
  readonly tts: Tts;
  readonly embeddedTts: Tts | undefined;
  readonly asr: Asr;
  readonly avatar: Avatar;
  readonly drawnAvatar: Avatar | undefined;
  /** Draws a picture, so that the first answer does not wait for the thread and its brushes (0.2 s). */
  warm(picture: Picture): Promise<void>;
  close(): Promise<void>;
};

/** Chooses the providers that the settings name, and the embedded ones for the rest. @throws {StreamError} `CONFIG_INVALID`. */
export async function chooseProviders(config: Config, logger: Logger, jail: Promise<Jail>): Promise<Providers> {
  const signal = AbortSignal.timeout(CHOICE_LIMIT_MS);
  const ffmpegPath = config.FFMPEG_PATH;
  const renderer = new FaceRenderer();
  const drawn = createDrawnAvatar(renderer, { looks: LOOKS, lookVersion });
  try {
    const [embedded, asr, avatar] = await Promise.all([
      chooseTts({ ffmpegPath, jobsDirectory: jobsIn(config), jail: await jail, signal }),
      chooseAsr({ ...openAiAsr(config), ffmpegPath, untrustedInput: UNTRUSTED_INPUT, jail: await jail, signal }),
      chooseAvatar(config, { drawn, renderer, logger, jail }),
    ]);
    const tts = await openAiTts(config, jail);
    return {
      llm: await chooseLlm(config),
      tts: tts ?? embedded,
      embeddedTts: tts && embedded,
      asr,
      avatar,
      drawnAvatar: avatar === drawn || config.AVATAR === 'none' ? undefined : drawn,
      warm: async (picture) => {
        if (avatar !== drawn) return;
        const pictures = drawn.idle(picture).pictures[Symbol.asyncIterator]();
        await pictures.next();
        await pictures.return?.();
      },
      close: async () => {
        await avatar.close();
        await drawn.close();
        await renderer.close();
      },
    };
  } catch (error) {
    await renderer.close();
    throw error;
  }
}

/** Address and key of one role: its own, or those of the server that has everything. */
function serverOf(config: Config, role: 'LLM' | 'TTS' | 'ASR'): { baseUrl?: string; apiKey?: string } {
  const baseUrl = config[`${role}_BASE_URL`] ?? config.OPENAI_BASE_URL;
  // A key is for the server it came with: never for another one.
  const apiKey = config[`${role}_API_KEY`] ?? (config[`${role}_BASE_URL`] ? undefined : config.OPENAI_API_KEY);
  return { ...(baseUrl !== undefined && { baseUrl }), ...(apiKey !== undefined && { apiKey }) };
}

// OpenAI's client takes a third of a second to load: a server that was killed is up the sooner without it.
async function chooseLlm(config: Config): Promise<Llm> {
  const server = serverOf(config, 'LLM');
  const { LLM_MODEL: model } = config;
  if (server.baseUrl === undefined && server.apiKey === undefined) {
    if (model === undefined) return createOfflineLlm();
    throw new StreamError('CONFIG_INVALID', 'LLM_MODEL needs OPENAI_BASE_URL or OPENAI_API_KEY: where is the model?');
  }
  const { createOpenAiLlm } = await import('./speech/llm/openai-llm.ts');
  return createOpenAiLlm({
    ...server,
    ...(model !== undefined && { model }),
    firstTokenMs: config.LLM_FIRST_TOKEN_MS,
    tokenMs: config.LLM_TOKEN_MS,
    thinkingMs: config.LLM_THINKING_MS,
    loadingMs: config.LLM_LOADING_MS,
    thoughts: config.LLM_THOUGHTS,
  });
}

async function openAiTts(config: Config, jail: Promise<Jail>): Promise<Tts | undefined> {
  const { TTS_MODEL: model, TTS_VOICE: voice, TTS_AUDIO_RATE: audioRate, TTS_TIMEOUT_MS: limitMs } = config;
  if (model === undefined) return undefined;
  const limits = { audioRate, firstByteMs: limitMs, byteMs: limitMs };
  const decoder = createSoundDecoder({ ffmpegPath: config.FFMPEG_PATH, jail, temporaryDirectory: jobsIn(config) });
  const { createOpenAiTts } = await import('./speech/voice/openai-tts.ts');
  return createOpenAiTts({
    ...serverOf(config, 'TTS'),
    model,
    ...(voice !== undefined && { voice }),
    ...limits,
    decoder,
  });
}

function openAiAsr(config: Config): Pick<Parameters<typeof chooseAsr>[0], 'openai'> {
  const { ASR_MODEL: model, ASR_TIMEOUT_MS: timeoutMs } = config;
  return model === undefined ? {} : { openai: { ...serverOf(config, 'ASR'), model, timeoutMs } };
}

/** Where what was said lies while programs work on it: swept with the next start. */
function jobsIn({ DATA_DIR }: Config): string {
  return resolve(DATA_DIR, '.jobs');
}

type AvatarNeeds = {
  readonly drawn: Avatar;
  readonly renderer: FaceRenderer;
  readonly logger: Logger;
  readonly jail: Promise<Jail>;
};

async function chooseAvatar(config: Config, { drawn, renderer, logger, jail }: AvatarNeeds): Promise<Avatar> {
  const { AVATAR_URL: url, AVATAR_DIR: directory, AVATAR_IDLE: idlePath, AVATAR_CONCURRENCY: concurrency } = config;
  const kind = config.AVATAR ?? (url !== undefined ? 'http' : directory !== undefined ? 'folder' : 'drawn');
  if (kind === 'drawn') return drawn;
  const tools = { ffmpegPath: config.FFMPEG_PATH, untrustedInput: UNTRUSTED_INPUT, jail: await jail };
  const onShort = ({ id }: AvatarJob, got: number, wanted: number): void =>
    logger.warn({ job: id, got, wanted }, 'the avatar gave fewer pictures than the sentence has: the last one is held');
  const idle = { onShort, ...(idlePath !== undefined && { idlePath }), fallback: drawn };
  const temporaryDirectory = jobsIn(config);
  const firstPictureMs = config.AVATAR_TIMEOUT_MS;
  switch (kind) {
    case 'http':
      if (url === undefined) throw new StreamError('CONFIG_INVALID', 'AVATAR=http needs AVATAR_URL');
      return await createHttpAvatar({
        ...tools,
        ...idle,
        url,
        concurrency,
        temporaryDirectory,
        timeouts: { firstPictureMs },
      });
    case 'folder':
      if (directory === undefined) throw new StreamError('CONFIG_INVALID', 'AVATAR=folder needs AVATAR_DIR');
      return await createFolderAvatar({
        ...tools,
        ...idle,
        directory,
        concurrency,
        temporaryDirectory,
        timeoutMs: firstPictureMs,
        onWatchError: (error) =>
          logger.warn({ err: error, directory }, 'the avatar folder could not be watched: it is tried again'),
      });
    case 'none': {
      const still = renderer.still.bind(renderer);
      const fallback = { looks: LOOKS, still, lookVersion };
      return await createPictureAvatar({ ...tools, fallback, ...(idlePath !== undefined && { imagePath: idlePath }) });
    }
  }
}
