import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StreamError } from '../errors.ts';
import { cutSegments, type Grid } from '../timeline/cut.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { ChunkEncoder } from './chunk-encoder.ts';
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

type Pictures = Pick<FillerClip, 'video' | 'init'>;

/** The idle loop of a profile: read from the cache, else drawn, encoded and cached. */
export async function loadFiller(
  request: FillerRequest,
  chunkEncoder: ChunkEncoder,
  signal: AbortSignal,
): Promise<FillerClip> {
  const paths = pictureSizes(request.profile).map((_, rendition) =>
    join(request.cacheDirectory, `filler-${cacheKey(request)}-${rendition}.mp4`),
  );
  const cached = await readCache(paths);
  const { video, init } = cached ?? (await encodeFiller(request, chunkEncoder, signal));
  const clip = namedClip({ segmentFrames: cutSegments(video[0]?.length ?? 0, request.grid), video, init });
  if (!cached) await Promise.all(paths.map((path, rendition) => writeCache(path, clip, rendition).catch(keepGoing)));
  return clip;
}

async function encodeFiller(
  request: FillerRequest,
  chunkEncoder: ChunkEncoder,
  signal: AbortSignal,
): Promise<Pictures> {
  const clip = request.draw();
  const segmentFrames = cutSegments(clip.frames, request.grid);
  const chunk = new EncodedChunk({ profile: request.profile, segmentFrames, holdFrames: 0 });
  await chunkEncoder.encode({ kind: 'clip', clip }, chunk, { deadlineMs: 0, signal });
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
