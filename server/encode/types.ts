/**
 * Media made inside this process (the drawn face): raw pictures and sound of one chunk.
 * `frames` pictures last exactly as long as the sound does, rounded up to a whole frame.
 */
export type RawClip = {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Number of pictures that `pictures` will yield. */
  readonly frames: number;
  /** One RGBA picture each, width * height * 4 bytes, in order; made while it is being read. */
  readonly pictures: AsyncIterable<Uint8Array>;
  /** Mono, 16 bit signed. */
  readonly pcm: Int16Array;
  readonly audioRate: number;
};
