import type { FillerClip } from '../encode/types.ts';
import { AAC_BLOCK } from '../timeline/axis.ts';
import { type Grid, gridFor } from '../timeline/cut.ts';
import { type Segment, Timeline } from '../timeline/timeline.ts';
import { AsapPublisher } from './asap-publisher.ts';
import type { Chunk } from './chunk.ts';
import { FakeAac, FakeClock, fillerClip, HandMadeChunk, PROFILE, pcmOf, SILENCE } from './fakes.ts';
import { type LiveOptions, LivePublisher } from './live-publisher.ts';
import { Playout } from './playout.ts';
import type { Publisher, PublisherHost } from './publisher.ts';
import { SoundLane } from './sound-lane.ts';

export type RigOptions = { pacing: 'live' | 'asap'; filler?: boolean; windowSeconds?: number; watched?: boolean };

/** Timeline, sound, playout and publisher of one session, wired as `SessionStream` does it. */
export class Rig {
  readonly clock: FakeClock;
  readonly aac = new FakeAac();
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly lane: SoundLane;
  readonly playout: Playout;
  readonly publisher: Publisher;
  readonly waiting: Chunk[] = [];
  readonly log: string[] = [];
  readonly segments: Segment[] = [];
  readonly filler: FillerClip;
  /** Told of each part. */
  onPublished: () => void = () => undefined;
  /** Length of the timeline at each part, and when it was published. */
  readonly published: { atMs: number; endFrame: number; segments: number }[] = [];
  /** How late each part was, in milliseconds. */
  readonly lagsMs: number[] = [];
  ending = false;
  watched: boolean;
  gapEndsMs: number | undefined;

  constructor(options: RigOptions, clock = new FakeClock()) {
    this.clock = clock;
    this.watched = options.watched ?? true;
    const targetDuration = options.pacing === 'live' ? 1 : 4;
    this.grid = gridFor(PROFILE.fps, targetDuration);
    this.filler = fillerClip(this.grid);
    const windowFrames =
      options.pacing === 'live' ? (options.windowSeconds ?? 10) * PROFILE.fps : Number.POSITIVE_INFINITY;
    this.timeline = new Timeline({ axis: PROFILE, windowFrames });
    this.lane = new SoundLane(this.aac, SILENCE, () => this.log.push('sound failed'));
    this.playout = new Playout({
      timeline: this.timeline,
      lane: this.lane,
      presentationMs: (at) => this.publisher.presentationMs(at),
      onSegment: (segment) => this.segments.push(segment),
      initId: () => 0,
    });
    const host = this.#host(options.filler ?? true);
    const live: LiveOptions = { leadMs: 500, headStartFrames: options.filler === false ? 0 : 100, windowFrames };
    this.publisher =
      options.pacing === 'live' ? new LivePublisher(host, live) : new AsapPublisher(host, { targetDuration });
  }

  /** A chunk that is already encoded, unless `encoded` says how much of it is. */
  push(name: string, frames: number, options: { encoded?: number; minSegments?: number } = {}): HandMadeChunk {
    const nowMs = this.clock.now();
    const chunk = new HandMadeChunk(name, frames, { grid: this.grid, nowMs, ...options });
    const encoded = options.encoded ?? frames;
    if (encoded > 0) chunk.encode(encoded, nowMs);
    chunk.media.onProgress = () => this.publisher.run();
    this.waiting.push(chunk);
    this.publisher.run();
    return chunk;
  }

  end(): void {
    this.ending = true;
    this.publisher.run();
  }

  /** Names of all frames that are still on the timeline. */
  get frames(): string[] {
    return this.#parts().flatMap((part) =>
      (part.media?.video[0] ?? []).map((sample) => new TextDecoder().decode(sample.data)),
    );
  }

  /** Stretches of what was published: `~` for filler, else the chunk's name, with the number of frames. */
  get stretches(): string[] {
    const found: { name: string; frames: number }[] = [];
    for (const name of this.frames) {
      const last = found.at(-1);
      if (last?.name === name.charAt(0)) last.frames += 1;
      else found.push({ name: name.charAt(0), frames: 1 });
    }
    return found.map((stretch) => `${stretch.name}${stretch.frames}`);
  }

  /** Sound of all blocks that are still on the timeline. */
  get pcm(): Int16Array {
    const packets = this.#parts().flatMap((part) => part.media?.audio ?? []);
    const pcm = new Int16Array(packets.length * AAC_BLOCK);
    packets.forEach((packet, index) => {
      pcm.set(new Int16Array(packet.data.buffer, packet.data.byteOffset, AAC_BLOCK), index * AAC_BLOCK);
    });
    return pcm;
  }

  /** The sound that belongs to `frames`, as far as it is published. */
  get wantedPcm(): Int16Array {
    const perFrame = PROFILE.audioRate / PROFILE.fps;
    const wanted = new Int16Array(this.pcm.length);
    this.frames.forEach((name, index) => {
      if (name.startsWith('~')) return;
      const from = Number(name.slice(1)) * perFrame;
      for (let at = 0; at < perFrame; at++) wanted[index * perFrame + at] = pcmOf(name, from + at);
    });
    return wanted;
  }

  #parts() {
    return this.segmentsNow().flatMap((segment) => segment.parts);
  }

  /** Complete segments and the open one. */
  segmentsNow(): Segment[] {
    const { open } = this.timeline;
    return open ? [...this.segments, open] : this.segments;
  }

  #host(filler: boolean): PublisherHost {
    const rig = this;
    return {
      clock: this.clock,
      playout: this.playout,
      grid: this.grid,
      nextChunk: () => this.waiting[0],
      gapEndsMs: () => this.gapEndsMs,
      filler: () => (filler ? this.filler : undefined),
      closing: () => this.filler,
      get ending() {
        return rig.ending;
      },
      get drained() {
        return rig.waiting.length === 0;
      },
      get idle() {
        return !rig.watched && rig.waiting.length === 0 && !rig.ending;
      },
      failed: (error) => this.log.push(`fault ${String(error)}`),
      started: (chunk) => {
        this.waiting.splice(this.waiting.indexOf(chunk), 1);
        this.log.push(`start ${chunk.id}`);
      },
      finished: (chunk) => this.log.push(`finish ${chunk.id}`),
      cutOff: (chunk) => this.log.push(`cut ${chunk.id}`),
      paused: (chunk) => this.log.push(`pause ${chunk.id}`),
      resumed: (chunk) => this.log.push(`resume ${chunk.id}`),
      fillerChanged: (playing) => this.log.push(playing ? 'filler' : 'no filler'),
      published: () => {
        this.#notePublished();
        this.onPublished();
      },
      partPublished: (lagMs) => this.lagsMs.push(lagMs),
      ended: () => this.log.push('end'),
    };
  }

  #notePublished(): void {
    const { endFrame } = this.timeline;
    if ((this.published.at(-1)?.endFrame ?? 0) === endFrame) return;
    this.published.push({ atMs: this.clock.now(), endFrame, segments: this.segments.length });
  }
}
