import { availableParallelism } from 'node:os';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';
import { mediaMemoryBytes, ORDINARY_MEMORY_BYTES } from './encode/decode-memory.ts';
import { LENT } from './encode/pool.ts';
import { StreamError } from './errors.ts';
import { commaList } from './lib/comma-list.ts';
import { HOST_PATTERN_RULE, isHostPattern } from './lib/host-pattern.ts';
import { findMisspelt, type Misspelt } from './lib/misspelt-names.ts';
import { originOf } from './lib/origin.ts';
import { type Weakness, weaknessOf } from './lib/weak-secret.ts';

const integer = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** Node gives a connection up that brings nothing for 300 s, whatever it is told: whoever wants to wait longer waits so long. */
const MAX_SILENCE_MS = 290_000;
const silence = (fallback: number) => integer(100, 3_600_000, fallback).transform((ms) => Math.min(ms, MAX_SILENCE_MS));

const url = z.url({ protocol: /^https?$/ });

/** Origins between commas, or `*`. */
const origins = z
  .string()
  .refine((text) => commaList(text).every((name) => name === '*' || originOf(name) !== undefined), {
    error: 'an origin is like https://example.com',
  });

/** Names of this server between commas, or `*`. */
const hosts = z.string().refine((text) => commaList(text).every(isHostPattern), { error: HOST_PATTERN_RULE });

const keys = z
  .string()
  .refine((text) => commaList(text).length > 0 && commaList(text).every((key) => /^[\x21-\x7e]+$/.test(key)), {
    error: 'a key has printable ASCII characters without blanks or commas',
  });

const networks = z.string().refine(isNetworks, { error: 'an address or network is like 10.0.0.0/8, or loopback' });

function isNetworks(text: string): boolean {
  try {
    proxyAddr.compile(commaList(text));
    return true;
  } catch {
    return false;
  }
}

/** Every setting is an environment variable; its docblock says effect, unit and default (README, "Settings"). */
const schema = z.object({
  /** TCP port; 0 takes a free one. Default 8080. */
  PORT: integer(0, 65_535, 8080),
  /** Address to listen on. Default 127.0.0.1, and never any other without `API_KEY`. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where uploads, segments and caches live. Default ./segments. */
  DATA_DIR: z.string().min(1).default('./segments'),
  /** Names and addresses by which this server may be asked without a key, between commas; also `*.example.com`. Default: those of this machine. */
  ALLOWED_HOSTS: hosts.default(''),
  /** Origin that players reach the server by, for absolute URLs in answers. Default: what the request says, if it is local. */
  PUBLIC_URL: url.optional(),
  /** Key that callers of `/v1` must bring as `Authorization: Bearer`; several between commas. Default: none is wanted. */
  API_KEY: keys.optional(),
  /** Signs the tokens that viewers must bring, which every `playlistUrl` carries. Default: who knows a session's id may watch it. */
  PLAYBACK_SECRET: z.string().optional(),
  /** How long a playback token is valid, in hours. Default 24. */
  PLAYBACK_HOURS: z.coerce.number().positive().max(100_000).default(24),
  /** Origins of pages that may read media and events, between commas. Default `*`, all. */
  CORS_ORIGINS: origins.default('*'),
  /** Origins of pages that may call `/v1`. Default: none but the server's own. */
  API_ORIGINS: origins.default(''),
  /** Origins of pages that may show `/embed/:id` in a frame. Default `*`, all. */
  EMBED_ORIGINS: origins.default('*'),
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed, between commas; also `loopback`. Default: none. */
  TRUST_PROXY: networks.default(''),
  /** Requests to `/v1` in a minute, of one key, or of one address without a key. Default 6000. */
  RATE_LIMIT: integer(1, 10_000_000, 6_000),
  /** Video encoder: `auto` tries NVENC, then x264. */
  ENCODER: z.enum(['auto', 'nvenc', 'x264']).default('auto'),
  /** The ffmpeg to run, with ffprobe beside it. Default: the one on PATH. */
  FFMPEG_PATH: z.string().min(1).default('ffmpeg'),
  /** Encodes at once. Default: cores + 2, since one that waits for pictures leaves its core idle. */
  ENCODE_PARALLEL: integer(1, 256, availableParallelism() + 2),
  /** An encode without output for so long is killed, in ms. Default 10000. */
  ENCODE_STALL_MS: integer(500, 600_000, 10_000),
  /**
   * Memory that all programs which read uploads may take together, in bytes. Default: half of what the machine, or the container, has.
   */
  MEDIA_MEMORY_BYTES: integer(ORDINARY_MEMORY_BYTES, 2 ** 50, mediaMemoryBytes()),
  /** How far a live stream's published end runs ahead of the wall clock, in ms. Default 500. */
  LEAD_MS: integer(0, 10_000, 500),
  /** Largest chunk, in bytes. Default 256 MiB. */
  MAX_CHUNK_BYTES: integer(1, 64 * 2 ** 30, 256 * 2 ** 20),
  /** Longest chunk, in seconds. Default 600. */
  MAX_CHUNK_SECONDS: integer(1, 86_400, 600),
  /** Media that may wait in one session, in seconds. Default 1800. */
  MAX_QUEUED_SECONDS: integer(1, 864_000, 1_800),
  /** Chunks that may wait in one session. Default 1000. */
  MAX_QUEUED_CHUNKS: integer(1, 100_000, 1_000),
  /**
   * Pixels that a session's profile may have in a second, all renditions together. Default: 120 million for each core, of which x264
   * takes about two thirds.
   */
  MAX_PROFILE_PIXELS: integer(1, 1e12, 120_000_000 * availableParallelism()),
  /** Sessions open at once. Default 20000. */
  MAX_SESSIONS: integer(1, 1_000_000, 20_000),
  /**
   * How long an open session is kept that nobody watches, listens to or sends anything, in hours: then it is ended. One that ends with
   * nothing said is deleted within an hour. Default 24.
   */
  SESSION_IDLE_HOURS: z.coerce.number().positive().max(1_000_000).default(24),
  /** How long a session that has ended is kept with its recording, in hours. Default 168, a week. */
  RETENTION_HOURS: z.coerce.number().min(0).max(1_000_000).default(168),
  /**
   * What all sessions may keep on disk, in bytes: new media that does not fit is refused. Those that have ended may keep three quarters
   * of it, else the oldest of whoever keeps most are deleted. Default 50 GiB.
   */
  MAX_DATA_BYTES: integer(1, 2 ** 50, 50 * 2 ** 30),
  /** Address of an OpenAI-compatible server, with its `/v1`, and its key; servers of one's own mostly need none. */
  OPENAI_BASE_URL: url.optional(),
  OPENAI_API_KEY: z.string().optional(),
  /** Language model. Default: `gpt-4o-mini` of OpenAI, the first one listed by any other server. Without address, key and model: none. */
  LLM_MODEL: z.string().optional(),
  /** Where the language model is not where the rest is. */
  LLM_BASE_URL: url.optional(),
  LLM_API_KEY: z.string().optional(),
  /** System prompt of sessions that bring none. Default: a short one for spoken conversation. */
  LLM_INSTRUCTIONS: z.string().max(20_000).optional(),
  /** What is said when the model can't answer. */
  LLM_APOLOGY: z.string().min(1).max(500).default("I'm sorry, I can't answer that right now."),
  /** Bound of instructions, history and utterance together, in tokens as estimated. Default 3000. */
  LLM_HISTORY_TOKENS: integer(200, 1_000_000, 3_000),
  /**
   * Longest silence of the model's server before the first word, in which it may load the model, and after it, in ms. Whoever leaves a
   * server that loads makes it begin anew. Default 120000, 10000; at most 290000 counts.
   */
  LLM_FIRST_TOKEN_MS: silence(120_000),
  LLM_TOKEN_MS: silence(10_000),
  /** Longest time without a word of a model that thinks, in ms. Default 300000. */
  LLM_THINKING_MS: integer(100, 3_600_000, 300_000),
  /**
   * Whether answers begin with thoughts that nothing begins and only `</think>` ends, as templates make them that write `<think>` into the
   * prompt: `auto` finds it out, `open` holds each answer until then, `never` takes all for the answer. Default auto.
   */
  LLM_THOUGHTS: z.enum(['auto', 'open', 'never']).default('auto'),
  /** How long a model is asked again that says that it loads, or when to come back, in ms. Default 120000. */
  LLM_LOADING_MS: integer(0, 3_600_000, 120_000),
  /** After so long without an answer, while nothing else is heard, the listener is told, in ms; 0: never. Default 5000. */
  LLM_HOLD_MS: integer(0, 600_000, 5_000),
  /** With what. Default: "One moment, please." in the language of the conversation. */
  LLM_HOLD: z.string().min(1).max(500).optional(),
  /** Speech model of an OpenAI-compatible server. Default: the embedded voices. */
  TTS_MODEL: z.string().optional(),
  TTS_BASE_URL: url.optional(),
  TTS_API_KEY: z.string().optional(),
  /** Voice of that model. Default alloy. */
  TTS_VOICE: z.string().optional(),
  /** Samples per second of the model's PCM. Default 24000. */
  TTS_AUDIO_RATE: integer(8_000, 96_000, 24_000),
  /** Longest time for one sentence's speech, in ms. Default 15000. */
  TTS_TIMEOUT_MS: integer(100, 600_000, 15_000),
  /** Sentences spoken at once, of all sessions. Default 16. */
  TTS_PARALLEL: integer(1, 1_000, 16),
  /** Recognition model of an OpenAI-compatible server. */
  ASR_MODEL: z.string().optional(),
  ASR_BASE_URL: url.optional(),
  ASR_API_KEY: z.string().optional(),
  /** Longest time to recognise one recording, in ms; the server may load its model in it. Default 120000. */
  ASR_TIMEOUT_MS: integer(100, 600_000, 120_000),
  /** `drawn` face, `http` service, shared `folder`, or `none`: the voice over a picture. Default drawn, or what the other settings say. */
  AVATAR: z.enum(['drawn', 'http', 'folder', 'none']).optional(),
  /** Where the service takes sentences; the directory shared with it. */
  AVATAR_URL: url.optional(),
  AVATAR_DIR: z.string().optional(),
  /** A picture or clip to show while nothing is said. Default: the drawn face. */
  AVATAR_IDLE: z.string().optional(),
  /** Sentences the service takes at once. Default 1. */
  AVATAR_CONCURRENCY: integer(1, 1_000, 1),
  /** Longest wait for a sentence's first picture, in ms. Default 20000. */
  AVATAR_TIMEOUT_MS: integer(100, 3_600_000, 20_000),
  /** pino's level. Default info. */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Set to 1: do not open a browser. */
  NO_OPEN: z.string().optional(),
});

export type Config = z.infer<typeof schema>;

/** Pipes of one encode, or of a sentence that is spoken: of ffmpeg, ffprobe, their stdin and their answers. */
const CHILD_DESCRIPTORS = 10;
/** Files of sessions that stay open (`Disk`), threads, logs, sockets of providers, and what a start needs. */
const OTHER_DESCRIPTORS = 400;

/** Descriptors that the server needs beside those of its clients. */
export function descriptorsFor({ ENCODE_PARALLEL, TTS_PARALLEL, AVATAR_CONCURRENCY }: Config): number {
  return OTHER_DESCRIPTORS + CHILD_DESCRIPTORS * (ENCODE_PARALLEL * (1 + LENT) + TTS_PARALLEL + AVATAR_CONCURRENCY);
}

/** @throws {StreamError} `CONFIG_INVALID`, naming every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is one that is not set: that is what `FOO= npm start` means to people.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return SECRET.test(name) ? `${name}: ${issue.message}` : `${name}: ${issue.message}, got '${set[name] ?? ''}'`;
  });
  throw new StreamError('CONFIG_INVALID', wrong.join('; '));
}

/** Settings whose values are in no message. */
const SECRET = /_(KEY|SECRET)$/;

/** What other programs call the same. */
const ALIASES: Readonly<Record<string, string>> = {
  OPENAI_API_BASE: 'OPENAI_BASE_URL',
  OPENAI_KEY: 'OPENAI_API_KEY',
  OPENAI_MODEL: 'LLM_MODEL',
  STT_MODEL: 'ASR_MODEL',
  STT_BASE_URL: 'ASR_BASE_URL',
  STT_API_KEY: 'ASR_API_KEY',
  FFMPEG_BIN: 'FFMPEG_PATH',
  ALLOWED_ORIGINS: 'API_ORIGINS',
  TRUST_PROXIES: 'TRUST_PROXY',
  TRUSTED_PROXIES: 'TRUST_PROXY',
};

/** Variables that are set and mean nothing here, but were probably meant for us. */
export function misspeltSettings(env: Readonly<Record<string, string | undefined>>): Misspelt[] {
  const known = Object.keys(schema.shape);
  const given = Object.keys(env).filter((name) => env[name] !== '');
  const prefixed = given.flatMap((name) => {
    const meant = /^THROUGHLINE_(.+)$/.exec(name)?.[1];
    return meant !== undefined && known.includes(meant) ? { name, meant } : [];
  });
  return [...prefixed, ...findMisspelt(given, known, ALIASES)];
}

/** Secrets of ours that are easily guessed, each with the reason. */
export function weakSecrets({ API_KEY, PLAYBACK_SECRET }: Config): (Weakness & { readonly name: string })[] {
  const given = [
    ...commaList(API_KEY).map((secret) => ({ name: 'API_KEY', secret })),
    ...(PLAYBACK_SECRET === undefined ? [] : [{ name: 'PLAYBACK_SECRET', secret: PLAYBACK_SECRET }]),
  ];
  return given.flatMap(({ name, secret }) => {
    const weakness = weaknessOf(secret);
    return weakness === undefined ? [] : { name, ...weakness };
  });
}
