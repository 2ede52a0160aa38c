import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { Avatar, Picture } from '../providers.ts';
import { ClipPictures } from './clip-pictures.ts';
import { type DecodeRequest, type DecoderTools, PictureDecoder } from './decode-pictures.ts';

/** What an avatar shows while it listens. */
export type Idle = Pick<Avatar, 'idle' | 'idleLook'>;

/** Loops as long as the drawn face's; a longer one would only be encoded once more. */
const STILL_SECONDS = 8;
const MAX_LOOP_SECONDS = 30;
const SILENCE_RATE = 48_000;
/** For one picture: start-up of the decoder, and large pictures. */
const PICTURE_LIMIT_MS = 20_000;
/** Rate and size at which a loop's length is measured. */
const MEASURE = { width: 16, height: 16, fps: 50 };

/** Demuxers of still pictures by their first bytes; in latin1. */
const STILLS: readonly (readonly [start: RegExp, demuxer: string])[] = [
  [/^\x89PNG\r\n/, 'png_pipe'],
  [/^\xff\xd8\xff/, 'jpeg_pipe'],
  [/^RIFF....WEBP/s, 'webp_pipe'],
];

async function startOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex').slice(0, 16);
}

/** Length of a file's pictures in seconds; a still picture's is one picture of `MEASURE`. */
async function lengthOf(request: Omit<DecodeRequest, 'picture' | 'frames'>): Promise<number> {
  const limit = MAX_LOOP_SECONDS * MEASURE.fps;
  const decoder = new PictureDecoder({ ...request, picture: MEASURE, frames: limit });
  try {
    let pictures = 0;
    while (await decoder.next(PICTURE_LIMIT_MS)) pictures++;
    if (pictures === 0) throw new StreamError('AVATAR_FAILED', 'there is no picture in it');
    return pictures / MEASURE.fps;
  } finally {
    await decoder.stop();
  }
}

/** An idle loop out of a file, decoded when it is read: encoded loops are what is cached. */
export type IdleMedia = Idle & {
  /** Ends all loops that are still being read. */
  close(): Promise<void>;
};

/**
 * Makes the idle loop of a video (its first 30 s at most) or of a still picture (PNG, JPEG, WebP).
 *
 * @throws {StreamError} `CONFIG_INVALID` when the file can't be read or has no picture.
 */
export async function loadIdleMedia(tools: DecoderTools, path: string): Promise<IdleMedia> {
  const { ffmpegPath, untrustedInput, jail } = tools;
  try {
    const start = await startOf(path);
    const demuxer = STILLS.find(([signature]) => signature.test(start))?.[1];
    const input = { path: resolve(path) };
    const request = { ffmpegPath, untrustedInput, jail, input, ...(demuxer !== undefined && { demuxer }) };
    const length = await lengthOf(request);
    const look = `file-${await hashOf(path)}`;
    return idleLoop(request, demuxer === undefined ? length : STILL_SECONDS, look);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StreamError('CONFIG_INVALID', `the avatar's idle file ${path} can't be used: ${reason}`, {
      cause: error,
    });
  }
}

function idleLoop(request: Omit<DecodeRequest, 'picture' | 'frames'>, seconds: number, look: string): IdleMedia {
  const life = new AbortController();
  const open = new Set<Promise<void>>();
  const idle = ({ width, height, fps }: Picture): RawClip => {
    const picture = { width, height, fps };
    const frames = Math.max(1, Math.round(seconds * fps));
    let decoder: PictureDecoder | undefined;
    const stop = async (): Promise<void> => await decoder?.stop();
    const next = async (): Promise<Uint8Array | undefined> => {
      if (!decoder) {
        decoder = new PictureDecoder({ ...request, picture, frames });
        open.add(over.promise);
      }
      return await decoder.next(PICTURE_LIMIT_MS);
    };
    const over = Promise.withResolvers<void>();
    const onEnd = (): void => {
      open.delete(over.promise);
      over.resolve();
    };
    const source = { next, finish: stop, stop };
    // As long as the pictures, and never a sample longer.
    const pcm = new Int16Array(Math.floor((frames * SILENCE_RATE) / fps));
    const pictures = new ClipPictures({ frames, source, signal: life.signal, onEnd });
    return { ...picture, frames, pictures, pcm, audioRate: SILENCE_RATE };
  };
  return {
    idle,
    idleLook: () => look,
    async close() {
      life.abort(new StreamError('ABORTED', 'the avatar was closed'));
      await Promise.all(open);
    },
  };
}

/** The loop of a file when one is given, else `fallback`'s. @throws {StreamError} `CONFIG_INVALID`. */
export async function idleFrom(tools: DecoderTools, path: string | undefined, fallback: Idle): Promise<IdleMedia> {
  if (path !== undefined) return await loadIdleMedia(tools, path);
  return {
    idle: (picture, look) => fallback.idle(picture, look),
    idleLook: (look) => fallback.idleLook(look),
    close: async () => undefined,
  };
}
