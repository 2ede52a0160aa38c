import { StreamError } from '../../errors.ts';

/** Where a clip's pictures come from. */
export type PictureSource = {
  /** The next picture; `undefined` when there are no more. Called one after the other. */
  next(): Promise<Uint8Array | undefined>;
  /** No more pictures are needed: what is left may end in order. Called at most once, and not after `stop`. */
  finish(): Promise<void>;
  /** Ends everything at once; resolves when it is gone. Called at most once. */
  stop(reason: StreamError): Promise<void>;
};

export type ClipPicturesOptions = {
  readonly frames: number;
  readonly source: PictureSource;
  /** A picture that was taken from the source already. */
  readonly first?: Uint8Array;
  readonly signal: AbortSignal;
  /** The source had fewer pictures. */
  readonly onShort?: ((got: number) => void) | undefined;
  /** The source is gone. Called once. */
  readonly onEnd?: () => void;
};

/** What went wrong with an avatar, in the words of its contract. */
export function avatarFailure(error: unknown, signal: AbortSignal): StreamError {
  if (signal.aborted) return new StreamError('ABORTED', 'the avatar job was aborted', { cause: signal.reason });
  if (error instanceof StreamError && (error.code === 'AVATAR_FAILED' || error.code === 'ABORTED')) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StreamError('AVATAR_FAILED', `the avatar failed: ${message}`, { cause: error });
}

/** Exactly `frames` pictures: the last one of a source that has too few, fails or stalls is repeated. */
export class ClipPictures implements AsyncIterableIterator<Uint8Array> {
  readonly #options: ClipPicturesOptions;
  readonly #onAbort = (): void => this.#fail(avatarFailure(undefined, this.#options.signal));
  #turn: Promise<unknown> = Promise.resolve();
  #given = 0;
  #last: Uint8Array | undefined;
  #isHeld = false;
  #isOver = false;
  #failure: StreamError | undefined;

  constructor(options: ClipPicturesOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
    else if (options.frames === 0) this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const result = this.#turn.then(() => this.#next());
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Does not wait for a picture that is being made. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#end(new StreamError('ABORTED', 'the reader of the clip has left'));
    this.#given = this.#options.frames;
    return { done: true, value: undefined };
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#failure) throw this.#failure;
    if (this.#given >= this.#options.frames) return { done: true, value: undefined };
    const value = await this.#picture();
    // A reader that was aborted or left meanwhile gets no picture.
    if (this.#failure) throw this.#failure;
    if (value === undefined || this.#given >= this.#options.frames) return { done: true, value: undefined };
    this.#last = value;
    this.#given++;
    if (this.#given === this.#options.frames) this.#end();
    return { done: false, value };
  }

  async #picture(): Promise<Uint8Array | undefined> {
    if (this.#isHeld) return this.#last;
    if (this.#given === 0 && this.#options.first) return this.#options.first;
    try {
      const picture = await this.#options.source.next();
      if (picture) return picture;
    } catch (error) {
      // Once the voice is heard a still face is better than none: the sentence goes on.
      if (this.#given === 0 || this.#options.signal.aborted) this.#fail(avatarFailure(error, this.#options.signal));
    }
    if (this.#isOver) return undefined;
    if (this.#given === 0) this.#fail(new StreamError('AVATAR_FAILED', 'the clip has no picture'));
    else this.#options.onShort?.(this.#given);
    this.#isHeld = true;
    // What is late is not waited for.
    this.#end(new StreamError('ABORTED', 'the clip goes on with its last picture'));
    return this.#last;
  }

  #fail(failure: StreamError): void {
    if (this.#isOver) return;
    this.#failure = failure;
    this.#end(failure);
  }

  #end(reason?: StreamError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    const { source, onEnd } = this.#options;
    const gone = reason ? source.stop(reason) : source.finish();
    // What fails while a clip is put away has no reader left that it could concern.
    gone.catch(() => undefined).then(onEnd, onEnd);
  }
}
