import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { StreamError } from './errors.ts';

const integer = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** Every setting is an environment variable; its docblock says effect, unit and default (README, "Settings"). */
const schema = z.object({
  /** TCP port; 0 takes a free one. Default 8080. */
  PORT: integer(0, 65_535, 8080),
  /** Address to listen on. Default 127.0.0.1: without access control the server is nobody else's. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where uploads, segments and caches live. Default ./segments. */
  DATA_DIR: z.string().min(1).default('./segments'),
  /** Origin that players reach the server by, for absolute URLs in answers. Default: what the request says, if it is local. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Video encoder: `auto` tries NVENC, then x264. */
  ENCODER: z.enum(['auto', 'nvenc', 'x264']).default('auto'),
  /** The ffmpeg to run, with ffprobe beside it. Default: the one on PATH. */
  FFMPEG_PATH: z.string().min(1).default('ffmpeg'),
  /** Encodes at once. Default: cores + 2, since one that waits for pictures leaves its core idle. */
  ENCODE_PARALLEL: integer(1, 256, availableParallelism() + 2),
  /** An encode without output for so long is killed, in ms. Default 10000. */
  ENCODE_STALL_MS: integer(500, 600_000, 10_000),
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
  /** Sessions open at once. Default 20000. */
  MAX_SESSIONS: integer(1, 1_000_000, 20_000),
  /** pino's level. Default info. */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Set to 1: do not open a browser. */
  NO_OPEN: z.string().optional(),
});

export type Config = z.infer<typeof schema>;

/** @throws {StreamError} `CONFIG_INVALID`, naming every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is one that is not set: that is what `FOO= npm start` means to people.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name}: ${issue.message}, got '${set[name] ?? ''}'`;
  });
  throw new StreamError('CONFIG_INVALID', wrong.join('; '));
}
