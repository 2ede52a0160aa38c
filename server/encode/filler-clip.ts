import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StreamError } from '../errors.ts';
import { cutSegments, type Grid } from '../timeline/cut.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { ChunkEncoder, EncodeOptions } from './chunk-encoder.ts';
import { clipFile, namedClip, readClipFile } from './clip-file.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { videoEncoderArguments } from './encoder-arguments.ts';
import type { FillerClip, RawClip, VideoEncoderName } from './types.ts';

export type FillerRequest = {
  readonly profile: Profile;
  readonly grid: Grid;
  readonly encoder: VideoEncoderName;
  /** Names the look of the clip: another look, another cache entry. */
  readonly look: string;
  readonly cacheDirectory: string;
  draw(): RawClip;
};

/** Idle loops of other profiles are made when they are needed: a file of one is 0.5 to 8 MB. */
const MAX_CACHED_FILES = 100;
const CACHED = /^filler-[0-9a-f]{16}-\d+\.mp4$/;

type Pictures = Pick<FillerClip, 'video' | 'init'>;

/** The idle loop of a profile out of the cache; `undefined` when it is not there, or damaged. */
export async function readFiller(request: FillerRequest): Promise<FillerClip | undefined> {
  const cached = await readCache(pathsOf(request));
  return cached && looped(cached, request.grid);
}

/**
 * Draws and encodes the idle loop of a profile, after all that is said, and puts it into the cache.
 *
 * @throws {StreamError} As `ChunkEncoder.encode`.
 */
export async function encodeLoop(
  request: FillerRequest,
  chunkEncoder: ChunkEncoder,
  signal: AbortSignal,
): Promise<FillerClip> {
  const clip = request.draw();
  const segmentFrames = cutSegments(clip.frames, request.grid);
  const options = { deadlineMs: Number.POSITIVE_INFINITY, signal, isFiller: true, isBackground: true };
  const loop = looped(await encodeFiller(request, clip, segmentFrames, chunkEncoder, options), request.grid);
  const paths = pathsOf(request);
  await Promise.all(paths.map((path, rendition) => writeCache(path, loop, rendition).catch(keepGoing)));
  await trimCache(request.cacheDirectory, new Set(paths)).catch(keepGoing);
  return loop;
}

/**
 * Encodes the first picture of the idle loop, standing still for one segment.
 *
 * @param options - `deadlineMs`: wall clock at which it is needed.
 * @throws {StreamError} As `ChunkEncoder.encode`.
 */
export async function encodeStill(
  request: FillerRequest,
  chunkEncoder: ChunkEncoder,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<FillerClip> {
  const { grid } = request;
  const clip = request.draw();
  // The encoder repeats the last picture that it was given.
  const still = { ...clip, frames: 1, pictures: firstOf(clip.pictures) };
  const segmentFrames = [grid.partFrames * grid.segmentParts];
  const pictures = await encodeFiller(request, still, segmentFrames, chunkEncoder, { ...options, isFiller: true });
  return namedClip({ segmentFrames, ...pictures });
}

async function* firstOf(pictures: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const picture of pictures) {
    yield picture;
    return;
  }
}

function looped({ video, init }: Pictures, grid: Grid): FillerClip {
  return namedClip({ segmentFrames: cutSegments(video[0]?.length ?? 0, grid), video, init });
}

function pathsOf(request: FillerRequest): string[] {
  return pictureSizes(request.profile).map((_, rendition) =>
    join(request.cacheDirectory, `filler-${cacheKey(request)}-${rendition}.mp4`),
  );
}

async function encodeFiller(
  { profile }: FillerRequest,
  clip: RawClip,
  segmentFrames: readonly number[],
  chunkEncoder: ChunkEncoder,
  options: EncodeOptions,
): Promise<Pictures> {
  const chunk = new EncodedChunk({ profile, segmentFrames, holdFrames: 0 });
  await chunkEncoder.encode({ kind: 'clip', clip }, chunk, options);
  const init = chunk.init.filter((track) => track !== undefined);
  if (init.length < chunk.init.length)
    throw new StreamError('ENCODER_FAILED', 'the filler was encoded without an init segment');
  return { video: chunk.video, init };
}

/** Everything that the coded pictures depend on. */
function cacheKey({ profile, grid, encoder, look }: FillerRequest): string {
  const settings = videoEncoderArguments(encoder, profile);
  return createHash('sha256')
    .update(JSON.stringify([profile, grid, encoder, look, settings]))
    .digest('hex')
    .slice(0, 16);
}

async function readCache(paths: readonly string[]): Promise<Pictures | undefined> {
  try {
    const tracks = await Promise.all(paths.map(async (path) => readClipFile(await readFile(path))));
    return { video: tracks.map((track) => track.samples), init: tracks.map((track) => track.init) };
  } catch (error) {
    const absent =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'BOX_MALFORMED');
    if (absent) return undefined;
    throw error;
  }
}

/** A disk that is full or read-only costs the next start a second, not this session its filler. */
function keepGoing(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'].includes(code)) throw error;
}

async function writeCache(path: string, clip: FillerClip, rendition: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, clipFile(clip, rendition));
  await rename(temporary, path);
}

/** Keeps the cache at `MAX_CACHED_FILES`: the files that were made first go first. */
async function trimCache(directory: string, newest: ReadonlySet<string>): Promise<void> {
  const names = (await readdir(directory)).filter((name) => CACHED.test(name));
  if (names.length <= MAX_CACHED_FILES) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return { path, madeMs: newest.has(path) ? Number.POSITIVE_INFINITY : (await stat(path)).mtimeMs };
    }),
  );
  files.sort((a, b) => a.madeMs - b.madeMs);
  for (const { path } of files.slice(0, files.length - MAX_CACHED_FILES)) await rm(path, { force: true });
}
