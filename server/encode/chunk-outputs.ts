import { setTimeout as delay } from 'node:timers/promises';
import type { StreamError } from '../errors.ts';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { PcmReader } from '../isobmff/pcm-reader.ts';
import type { OwnedProcess } from '../lib/owned-process.ts';
import { segmentStarts } from '../timeline/cut.ts';
import type { Outputs, Variant } from './chunk-arguments.ts';
import { Complaints } from './complaints.ts';
import type { EncodedChunk } from './encoded-chunk.ts';
import { isHeldAt } from './filter-scripts.ts';
import { PictureTimes } from './picture-times.ts';
import { SoundPlacer } from './sound-placer.ts';

/** When the last picture that a file promises begins, and the frame up to which it is to be shown. */
export type LastPicture = { readonly seconds: number; readonly untilFrame: number };

export type ChunkOutputsOptions = {
  readonly enough: StreamError;
  readonly lastPicture: LastPicture | undefined;
  /** Called when the encode begins to wait for room in memory. @returns to be called when it goes on. */
  wait(): () => void;
  now(): number;
};

/** How often an encode that waits for room in memory looks for it. */
const LOOK_AGAIN_MS = 100;

/** Reads all that one encode's process gives into its chunk, and what it tells on the way. */
export class ChunkOutputs {
  readonly complaints = new Complaints();
  readonly times = new PictureTimes();
  readonly sound: SoundPlacer;
  readonly #process: OwnedProcess;
  readonly #chunk: EncodedChunk;
  readonly #now: () => number;
  /** Why the process was stopped by us, since all there was had come. */
  readonly #enough: StreamError;
  readonly #lastPicture: LastPicture | undefined;
  readonly #wait: ChunkOutputsOptions['wait'];
  #waiting: Promise<void> | undefined;

  constructor(process: OwnedProcess, chunk: EncodedChunk, options: ChunkOutputsOptions) {
    this.#process = process;
    this.#chunk = chunk;
    this.#now = options.now;
    this.#enough = options.enough;
    this.#lastPicture = options.lastPicture;
    this.#wait = options.wait;
    const { profile, skip } = chunk.plan;
    this.sound = new SoundPlacer({
      audioRate: profile.audioRate,
      skipSamples: skip?.samples ?? 0,
      samples: chunk.samples,
      write: (pcm) => chunk.addPcm(pcm),
    });
    process.stream(2).on('data', (text: string) => this.complaints.push(text));
  }

  /** One task for each pipe; each settles when its pipe ends, and rejects when what comes is malformed. */
  read(outputs: Outputs, variant: Variant): Promise<void>[] {
    const tasks = outputs.video.map((fd, rendition) => this.#readVideo(fd, rendition));
    if (outputs.audio === undefined) this.#chunk.silent();
    else tasks.push(variant.kind === 'file' ? this.#readTimedSound(outputs.audio) : this.#readSound(outputs.audio));
    if (outputs.times !== undefined) tasks.push(this.#readTimes(outputs.times));
    return tasks;
  }

  async #readVideo(fd: number, rendition: number): Promise<void> {
    const chunk = this.#chunk;
    const reader = new FragmentReader();
    const { fps } = chunk.plan.profile;
    const starts = new Set(segmentStarts(chunk.plan.segmentFrames).slice(1));
    let passed = 0;
    let timescale = 1;
    let frame = 0;
    for await (const bytes of this.#process.readable(fd)) {
      this.#process.alive();
      for (const event of reader.push(bytes as Uint8Array)) {
        if (event.type === 'init') {
          const track = event.tracks.find((candidate) => candidate.kind === 'video');
          if (track?.kind !== 'video') continue;
          chunk.init[rendition] = track;
          timescale = track.timescale;
          continue;
        }
        for (const { samples, baseMediaDecodeTime } of event.fragment.tracks) {
          for (const sample of samples) {
            if (starts.has(frame)) passed += 1;
            const leapt = Number(baseMediaDecodeTime) / timescale - frame / fps;
            chunk.addFrame(rendition, sample, this.#now(), isHeldAt(leapt, passed));
            frame += 1;
          }
        }
      }
      if (chunk.hasEnded) this.#process.stop(this.#enough, 0);
      if (this.#chunk.mustWait) await this.#room();
    }
    if (!chunk.hasEnded) reader.end();
  }

  async #readTimedSound(fd: number): Promise<void> {
    const reader = new PcmReader();
    for await (const bytes of this.#process.readable(fd)) {
      this.#process.alive();
      for (const block of reader.push(bytes as Uint8Array)) this.sound.place(block.startSample, samplesOf(block.bytes));
      if (this.#chunk.mustWait) await this.#room();
    }
    this.#chunk.soundEnds();
  }

  async #readSound(fd: number): Promise<void> {
    let odd: Buffer = Buffer.alloc(0);
    for await (const data of this.#process.readable(fd)) {
      this.#process.alive();
      const bytes = odd.length > 0 ? Buffer.concat([odd, data as Buffer]) : (data as Buffer);
      const whole = bytes.length & ~1;
      this.#chunk.addPcm(samplesOf(bytes.subarray(0, whole)));
      odd = bytes.subarray(whole);
      if (this.#chunk.mustWait) await this.#room();
    }
  }

  /** Waits while chunks hold too much in memory. All pipes of the encode share one wait. */
  #room(): Promise<void> {
    this.#waiting ??= this.#waitForRoom().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  async #waitForRoom(): Promise<void> {
    if (this.#process.exited) return;
    const goOn = this.#wait();
    while (this.#chunk.mustWait && !this.#process.exited) {
      this.#process.alive();
      await delay(LOOK_AGAIN_MS);
    }
    goOn();
  }

  async #readTimes(fd: number): Promise<void> {
    const last = this.#lastPicture;
    for await (const text of this.#process.readable(fd).setEncoding('utf8')) {
      this.times.push(text as string);
      const seen = this.times.came?.last ?? Number.NEGATIVE_INFINITY;
      if (last && seen >= last.seconds - 1 / this.#chunk.plan.profile.fps)
        this.#chunk.lastPictureStands(last.untilFrame);
    }
  }
}

/** Copied, because a pipe's buffer may start at an odd address and is shared. */
function samplesOf(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.byteLength >> 1);
  new Uint8Array(pcm.buffer).set(bytes.subarray(0, pcm.byteLength));
  return pcm;
}
