import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../errors.ts';
import { OwnedProcess } from '../lib/owned-process.ts';
import { Restarts } from '../lib/restarts.ts';
import { AAC_BLOCK, HOLD_BACK_BLOCKS } from '../timeline/axis.ts';
import { type BlockRun, PRE_ROLL_BLOCKS } from '../timeline/pcm-axis.ts';

/** ffmpeg's encoder gives a packet one block after it has seen the packet's look-ahead. */
const DELAY_BLOCKS = 1;
/** A run is answered in milliseconds; a process that takes this long is broken. */
const STALL_MS = 2_000;
/** Runs that may wait; a session asks for one at a time, so this is far beyond what a machine could encode. */
const MAX_WAITING = 4_096;
/** How long a run waits for the process to be started again: players have about so much in hand, and silence is better than a stall. */
const PATIENCE_MS = 600;
const ADTS_HEADER_BYTES = 7;
const SILENCE = new Int16Array(DELAY_BLOCKS * AAC_BLOCK);

type Waiter = {
  readonly run: BlockRun;
  /** Index, counted over the process's life, of the first packet that is wanted. */
  readonly firstPacket: number;
  readonly packets: Uint8Array[];
  resolve(packets: Uint8Array[]): void;
  reject(error: unknown): void;
};

export type AacEncoderOptions = {
  readonly ffmpegPath: string;
  readonly audioRate: number;
  /** The process ended or could not be started; it is started again with the first run after `pauseMs`. */
  readonly onLost?: ((error: unknown, pauseMs: number) => void) | undefined;
  /** It works again. */
  readonly onBack?: (() => void) | undefined;
};

/**
 * One ffmpeg process that encodes AAC for every session of one sample rate, run after run, and is never restarted between them. When it
 * is lost it is started again, the less often the more often it fails.
 *
 * A run brings its own pre-roll and look-ahead (`PcmAxis.run`), so whatever the process encoded before is forgotten by the time
 * the wanted packets come out. Quality is constant (`-q:a`): a bit-rate loop would carry state from one session into the next.
 * `-aac_coder fast -aac_tns 0 -aac_pns 0`: the default coder hears joins (server/timeline/README.md).
 */
export class AacEncoder {
  readonly #options: AacEncoderOptions;
  #process: OwnedProcess | undefined;
  #fedBlocks = 0;
  #packetsOut = 0;
  #rest: Buffer = Buffer.alloc(0);
  #waiting: Waiter[] = [];
  readonly #restarts = new Restarts();
  #closed = false;

  constructor(options: AacEncoderOptions) {
    this.#options = options;
  }

  /**
   * Packets of the run's blocks, one each.
   *
   * @throws {StreamError} `ENCODER_FAILED` when the process was lost and did not come back in time, `QUEUE_FULL`, `ABORTED` after `close()`.
   */
  async encode(run: BlockRun): Promise<Uint8Array[]> {
    for (let leftMs = PATIENCE_MS; ; ) {
      try {
        return await this.#attempt(run);
      } catch (error) {
        // The run holds all the PCM it needs: another process gives the same packets.
        const { pauseMs } = this.#restarts;
        const isFull = error instanceof StreamError && error.code === 'QUEUE_FULL';
        if (this.#closed || isFull || pauseMs > leftMs) throw error;
        leftMs -= pauseMs;
        await delay(pauseMs);
      }
    }
  }

  /** Starts its process, so that the first run does not wait for it. */
  warm(): void {
    if (!this.#closed && this.#restarts.pauseMs === 0) this.#running();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    if (!process) return;
    process.stop();
    await process.done.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #attempt(run: BlockRun): Promise<Uint8Array[]> {
    if (this.#closed) throw new StreamError('ABORTED', 'the audio encoder is closed');
    if (this.#waiting.length >= MAX_WAITING)
      throw new StreamError('QUEUE_FULL', `${MAX_WAITING} audio runs wait already`);
    if (this.#restarts.pauseMs > 0) throw new StreamError('ENCODER_FAILED', 'the audio encoder is started again later');
    const process = this.#running();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array[]>();
    // Packet p windows blocks p-1 and p, so the one that presents input block b is packet b+1.
    const firstPacket = this.#fedBlocks + PRE_ROLL_BLOCKS + 1;
    this.#waiting.push({ run, firstPacket, packets: [], resolve, reject });
    this.#fedBlocks += PRE_ROLL_BLOCKS + run.count + HOLD_BACK_BLOCKS + DELAY_BLOCKS;
    process.stdin.write(new Uint8Array(run.pcm.buffer, run.pcm.byteOffset, run.pcm.byteLength));
    process.stdin.write(new Uint8Array(SILENCE.buffer));
    if (this.#waiting.length === 1) process.watch(STALL_MS);
    return promise;
  }

  #running(): OwnedProcess {
    if (this.#process) return this.#process;
    const process = new OwnedProcess({
      command: this.#options.ffmpegPath,
      args: aacArguments(this.#options.audioRate),
    });
    this.#process = process;
    this.#restarts.started();
    this.#fedBlocks = 0;
    this.#packetsOut = 0;
    this.#rest = Buffer.alloc(0);
    process.readable(1).on('data', (bytes: Buffer) => this.#read(process, bytes));
    process.done.then(
      () => this.#lost(process, new StreamError('ENCODER_FAILED', 'the audio encoder ended by itself')),
      (error: unknown) => this.#lost(process, error),
    );
    return process;
  }

  #lost(process: OwnedProcess, error: unknown): void {
    if (this.#process !== process) return;
    this.#process = undefined;
    const pauseMs = this.#restarts.ended();
    if (!this.#closed) this.#options.onLost?.(error, pauseMs);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.reject(error);
  }

  #read(process: OwnedProcess, bytes: Buffer): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    while (rest.length >= ADTS_HEADER_BYTES) {
      // ISO/IEC 14496-3 1.A.3.2: aac_frame_length, 13 bits from bit 30.
      const length = (rest.readUIntBE(3, 3) >> 5) & 0x1fff;
      if (length < ADTS_HEADER_BYTES) {
        process.stop(new StreamError('ENCODER_FAILED', `the audio encoder gave an ADTS frame of ${length} bytes`), 0);
        return;
      }
      if (rest.length < length) break;
      this.#packet(Uint8Array.prototype.slice.call(rest, ADTS_HEADER_BYTES, length));
      rest = rest.subarray(length);
    }
    this.#rest = Buffer.from(rest);
    if (this.#waiting.length > 0) process.alive();
    else process.watch(0);
  }

  #packet(packet: Uint8Array): void {
    const index = this.#packetsOut;
    this.#packetsOut += 1;
    const waiter = this.#waiting[0];
    if (!waiter || index < waiter.firstPacket) return;
    waiter.packets.push(packet);
    if (waiter.packets.length < waiter.run.count) return;
    this.#waiting.shift();
    if (this.#restarts.worked()) this.#options.onBack?.();
    waiter.resolve(waiter.packets);
  }
}

function aacArguments(audioRate: number): string[] {
  return [
    ['-nostdin', '-v', 'error', '-probesize', '32', '-analyzeduration', '0'],
    ['-f', 's16le', '-ar', `${audioRate}`, '-ac', '1', '-i', 'pipe:0'],
    ['-c:a', 'aac', '-q:a', '1.2', '-aac_coder', 'fast', '-aac_tns', '0', '-aac_pns', '0'],
    ['-flush_packets', '1', '-f', 'adts', 'pipe:1'],
  ].flat();
}
