import type { Readable, Writable } from 'node:stream';
import { StreamError } from '../../errors.ts';
import type { Jail } from '../../lib/jail.ts';
import { OwnedProcess } from '../../lib/owned-process.ts';
import type { Picture } from '../providers.ts';

export type DecoderTools = {
  readonly ffmpegPath: string;
  /** ffmpeg's options in front of an input from outside: demuxers it may use, most pixels. The protocol is chosen here. */
  readonly untrustedInput: readonly string[];
  readonly jail: Jail;
};

export type DecodeRequest = DecoderTools & {
  readonly picture: Picture;
  /** Decoding ends after so many pictures. */
  readonly frames: number;
  /** `pipe`: the clip is written to `stdin`. */
  readonly input: 'pipe' | { readonly path: string };
  /** The only demuxer there is, instead of those of `untrustedInput`; for still pictures. */
  readonly demuxer?: string;
};

/** The options without one that is set here, with its value. */
function without(options: readonly string[], name: string): string[] {
  return options.filter((option, at) => option !== name && options[at - 1] !== name);
}

function inputArguments({ input, untrustedInput, demuxer }: DecodeRequest): string[] {
  const limits = without(untrustedInput, '-protocol_whitelist');
  const formats =
    demuxer === undefined
      ? limits
      : [...without(limits, '-format_whitelist'), '-format_whitelist', demuxer, '-f', demuxer];
  return [
    ...['-protocol_whitelist', input === 'pipe' ? 'pipe' : 'file', ...formats],
    // Else ffmpeg reads 20 pictures of H.264 to guess a frame rate that nobody needs: 2 s of a stream that is drawn in real time.
    ...['-fpsprobesize', '0', '-threads', '1'],
    ...['-i', input === 'pipe' ? 'pipe:0' : `file:${input.path}`],
  ];
}

function decoderArguments(request: DecodeRequest): string[] {
  const { width, height, fps } = request.picture;
  const filters = [
    // A clip begins with its first picture, whatever its container says: encoders that reorder pictures start late without an edit list.
    // Its last picture is never rounded away: it may be the only one.
    ...['setpts=PTS-STARTPTS', `fps=${fps}:eof_action=pass`],
    // What is transparent is black; clips have no such thing.
    ...(request.demuxer === undefined ? [] : ['format=gbrap', 'premultiply=inplace=1']),
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    ...[`pad=${width}:${height}:-1:-1`, 'setsar=1'],
  ];
  return [
    ...['-nostdin', '-v', 'error', '-filter_threads', '1', ...inputArguments(request)],
    ...['-map', '0:v:0', '-vf', filters.join(','), '-frames:v', `${request.frames}`, '-fps_mode', 'passthrough'],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgba', '-flush_packets', '1', 'pipe:1'],
  ];
}

/** One ffmpeg process that turns a clip from outside into RGBA pictures of one size and rate. It works as far ahead as its pipe holds. */
export class PictureDecoder {
  readonly #process: OwnedProcess;
  readonly #output: Readable;
  readonly #pictureBytes: number;
  #wake: (() => void) | undefined;
  #stopped: StreamError | undefined;
  #hasGiven = false;

  /** @throws {StreamError} `INTERNAL` when the system gives no process. */
  constructor(request: DecodeRequest) {
    this.#pictureBytes = request.picture.width * request.picture.height * 4;
    const files = request.input === 'pipe' ? [] : [request.input.path];
    this.#process = new OwnedProcess({
      ...request.jail.start({ command: request.ffmpegPath, args: decoderArguments(request), files }),
      failure: 'AVATAR_FAILED',
    });
    this.#output = this.#process.readable(1);
    const notify = (): void => this.#wake?.();
    // From the start: Node throws away what a process that has ended wrote to a pipe nobody listens to.
    for (const event of ['readable', 'end', 'close', 'error']) this.#output.on(event, notify);
    if (request.input !== 'pipe') this.#process.stdin.end();
  }

  get stdin(): Writable {
    return this.#process.stdin;
  }

  /**
   * The next picture; `undefined` when the clip has no more, or none that can be decoded. Not to be called again before it settled.
   *
   * @param limitMs - Longest time to wait; time in which nobody asks does not count.
   * @throws {StreamError} `AVATAR_FAILED`: not decodable from the start, or too late; what `stop` was given.
   */
  async next(limitMs: number): Promise<Uint8Array | undefined> {
    const limit = setTimeout(() => this.#fail(`no picture came for ${limitMs} ms`), limitMs);
    try {
      for (;;) {
        if (this.#stopped) throw this.#stopped;
        const bytes: Buffer | null = this.#output.read(this.#pictureBytes);
        if (bytes?.length === this.#pictureBytes) {
          this.#hasGiven = true;
          return bytes;
        }
        if (this.#output.readableEnded || this.#output.destroyed) break;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
      await this.#process.done.catch((error: unknown) => {
        // A clip that is broken further on ends there.
        if (this.#stopped) throw this.#stopped;
        if (!this.#hasGiven) throw error;
      });
      return undefined;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Ends the process at once, if it has not ended; resolves when it is gone. Idempotent. */
  async stop(reason = new StreamError('ABORTED', 'the clip is not wanted any more')): Promise<void> {
    this.#stopped ??= reason;
    this.#process.stop(reason, 0);
    // A process is gone only when nothing is left in its pipes.
    this.#output.destroy();
    this.#wake?.();
    await this.#process.done.catch(() => undefined);
  }

  #fail(message: string): void {
    this.stop(new StreamError('AVATAR_FAILED', message, { kind: 'timeout' })).catch(() => undefined);
  }
}
