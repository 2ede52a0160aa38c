import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StreamError } from '../errors.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { cutSegments, type Grid } from '../timeline/cut.ts';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { ChunkEncoder } from './chunk-encoder.ts';
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
  const clip = cached ?? (await encodeFiller(request, chunkEncoder, signal));
  if (!cached) await Promise.all(paths.map((path, rendition) => writeCache(path, clip, rendition).catch(keepGoing)));
  const frames = clip.video[0]?.length ?? 0;
  return { ...clip, segmentFrames: cutSegments(frames, request.grid) };
}

async function encodeFiller(
  request: FillerRequest,
  chunkEncoder: ChunkEncoder,
  signal: AbortSignal,
): Promise<FillerClip> {
  const clip = request.draw();
  const segmentFrames = cutSegments(clip.frames, request.grid);
  const chunk = new EncodedChunk({ profile: request.profile, segmentFrames, holdFrames: 0 });
  await chunkEncoder.encode({ kind: 'clip', clip }, chunk, { deadlineMs: 0, signal });
  const init = chunk.init.filter((track) => track !== undefined);
  if (init.length < chunk.init.length)
    throw new StreamError('ENCODER_FAILED', 'the filler was encoded without an init segment');
  return { segmentFrames, video: chunk.video, init };
}

/** Everything that the coded pictures depend on. */
function cacheKey({ profile, grid, encoder, look }: FillerRequest): string {
  const settings = videoEncoderArguments(encoder, profile);
  return createHash('sha256')
    .update(JSON.stringify([profile, grid, encoder, look, settings]))
    .digest('hex')
    .slice(0, 16);
}

async function readCache(paths: readonly string[]): Promise<FillerClip | undefined> {
  try {
    const tracks = await Promise.all(paths.map(async (path) => readClip(await readFile(path))));
    return { segmentFrames: [], video: tracks.map((track) => track.samples), init: tracks.map((track) => track.init) };
  } catch (error) {
    const absent =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'BOX_MALFORMED');
    if (absent) return undefined;
    throw error;
  }
}

function readClip(bytes: Uint8Array): { init: VideoTrackInit; samples: Sample[] } {
  const reader = new FragmentReader();
  const events = reader.push(bytes);
  reader.end();
  const init = events
    .flatMap((event) => (event.type === 'init' ? event.tracks : []))
    .find((track) => track.kind === 'video');
  const samples = events.flatMap((event) =>
    event.type === 'fragment' ? event.fragment.tracks.flatMap((track) => track.samples) : [],
  );
  if (init?.kind !== 'video' || samples.length === 0)
    throw new StreamError('BOX_MALFORMED', 'a cached clip holds no video');
  return { init, samples };
}

/** A disk that is full or read-only costs the next start a second, not this session its filler. */
function keepGoing(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'].includes(code)) throw error;
}

async function writeCache(path: string, clip: FillerClip, rendition: number): Promise<void> {
  const init = clip.init[rendition];
  const samples = clip.video[rendition];
  if (!init || !samples) return;
  const track = { trackId: init.trackId, baseMediaDecodeTime: 0n, samples };
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(
    temporary,
    Buffer.concat([writeInitSegment([init]), writePart({ sequenceNumber: 1, tracks: [track] })]),
  );
  await rename(temporary, path);
}
