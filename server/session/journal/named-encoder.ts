import { readFileSync } from 'node:fs';
import type { EncodedChunk } from '../../encode/encoded-chunk.ts';
import type { FillerKey } from '../../encode/idle-loops.ts';
import type { ChunkSource, FillerClip, MediaProbe, RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { VideoTrackInit } from '../../isobmff/types.ts';
import { FRAME_TICKS, sampleAt } from '../../timeline/axis.ts';
import { gridFor, segmentStarts } from '../../timeline/cut.ts';
import type { ChunkOrigin } from '../chunk.ts';
import { FakeAac, type FakeClock, fillerClip, PROFILE, pcmOf } from '../fakes.ts';
import { VIDEO_TRACK_ID } from '../inits.ts';

const INIT: VideoTrackInit = {
  ...{ kind: 'video', trackId: VIDEO_TRACK_ID, timescale: 12_800, width: 512, height: 512 },
  avcC: new Uint8Array([1, 100, 0, 31, 255, 225, 0, 0, 0]),
};

type NamedClip = RawClip & { readonly name: string };
type RenderOrigin = Extract<ChunkOrigin, { kind: 'render' }>;

/**
 * A chunk whose frames are `<name>0`, `<name>1`, ... and whose sound is `pcmOf(name)`; a text such as `a120` is of 120 frames. The frames
 * of one with a capital letter are large.
 */
export function namedOrigin(text: string): RenderOrigin {
  const name = text.charAt(0);
  const media: NamedClip = {
    ...{ name, width: 2, height: 2, fps: PROFILE.fps, frames: Number(text.slice(1)) },
    ...{ pictures: noPictures(), pcm: new Int16Array(8), audioRate: 8_000 },
  };
  return {
    ...{ kind: 'render', spec: {}, drop: () => undefined },
    render: async () => ({ media, stages: () => ({}), release: () => undefined }),
  };
}

/** What `probeMedia` would find in an upload whose bytes are a text such as `a120`. */
export function probeNamed(path: string): MediaProbe {
  const frames = Number(readFileSync(path, 'utf8').slice(1));
  return { container: 'named', video: { codec: 'named', width: 2, height: 2, start: 0, end: frames / PROFILE.fps } };
}

function nameOf(source: ChunkSource): string {
  if (source.kind === 'clip') return (source.clip as NamedClip).name;
  if (source.kind === 'file') return readFileSync(source.path, 'utf8').charAt(0);
  throw new StreamError('MEDIA_UNSUPPORTED', 'named clips and files only');
}

async function* noPictures(): AsyncGenerator<Uint8Array> {
  // The fake encoder draws them itself.
}

/** Encodes named clips: all at once, or as far as it is let. */
export class NamedEncoder {
  readonly aac = new FakeAac();
  /** Frames that an encode gives before it waits for `release`; the rest comes then. */
  slowAfter = Number.POSITIVE_INFINITY;
  readonly #clock: FakeClock;
  #waiting: (() => void)[] = [];

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  sound(): FakeAac {
    return this.aac;
  }

  async filler({ profile, targetDuration }: FillerKey): Promise<FillerClip> {
    return fillerClip(gridFor(profile.fps, targetDuration));
  }

  idleLoop(key: FillerKey): Promise<FillerClip> {
    return this.filler(key);
  }

  readonly chunks = {
    encode: async (
      source: ChunkSource,
      chunk: EncodedChunk,
      options: { signal: AbortSignal; onStart?: () => void },
    ) => {
      const name = nameOf(source);
      options.onStart?.();
      chunk.started(this.#clock.now());
      const first = Math.min(this.slowAfter, chunk.frames + chunk.plan.holdFrames);
      this.#encode(name, chunk, first);
      if (first < chunk.frames) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.push(resolve);
        options.signal.addEventListener('abort', () => resolve(), { once: true });
        await promise;
      }
      if (options.signal.aborted) {
        chunk.fail(new StreamError('ABORTED', 'called off'));
        throw new StreamError('ABORTED', 'called off');
      }
      this.#encode(name, chunk, chunk.frames + chunk.plan.holdFrames);
      chunk.finish();
    },
  };

  #encode(name: string, chunk: EncodedChunk, frames: number): void {
    const skip = chunk.plan.skip ?? { frames: 0, samples: 0 };
    chunk.init[0] = INIT;
    const end = Math.min(chunk.samples, sampleAt(PROFILE, frames) + 16);
    const from = chunk.samplesReady;
    chunk.addPcm(Int16Array.from({ length: end - from }, (_, at) => pcmOf(name, skip.samples + from + at)));
    const starts = new Set(segmentStarts(chunk.plan.segmentFrames));
    for (let frame = chunk.video[0]?.length ?? 0; frame < frames; frame++) {
      const isHold = frame >= chunk.frames;
      const data = pictureOf(isHold ? `~${name}` : `${name}${skip.frames + frame}`);
      const isSync = starts.has(frame) || frame === chunk.frames;
      chunk.addFrame(0, { data, isSync, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 }, this.#clock.now());
    }
  }
}

/** Bytes of a large frame. */
const LARGE_BYTES = 400_000;

function pictureOf(name: string): Uint8Array {
  return new TextEncoder().encode(/^[A-Z]/.test(name) ? name.padEnd(LARGE_BYTES) : name);
}
