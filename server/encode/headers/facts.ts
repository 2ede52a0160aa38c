import { StreamError } from '../../errors.ts';
import { MAX_STREAMS } from '../chunk-arguments.ts';

/** Streams that are decoded to find out what they are, each by a decoder of its own: pictures and sound. */
const MAX_DECODED_STREAMS = 64;

/** What a container's own structure says, read without a demuxer. Lengths in seconds. */
export type Facts = {
  readonly streams: number;
  /** Of pictures and sound; `undefined` where it is not counted. */
  readonly decoded?: number;
  /** By the container's id of the track. */
  readonly tracks: ReadonlyMap<number, TrackFacts>;
  /** When all ends, as its header says. */
  readonly announcedEnd?: number;
  /** Its packets are listed in fragments: ffmpeg takes an edit list there for a shift of times, and hides nothing. */
  readonly isFragmented?: boolean;
  /** Lengths and times can be had from its tables only with care: edits, damage, leaps. */
  readonly isIntricate: boolean;
};

export type TrackFacts = {
  /** An edit list shows so much of the track, behind so much of nothing. */
  readonly edit?: { readonly emptySeconds: number; readonly seconds: number };
};

/** What a header claims can't be, or is more than is paid for. */
export function refused(reason: string): StreamError {
  return new StreamError('MEDIA_UNSUPPORTED', `the file is refused by its header: ${reason}`);
}

/** @throws {StreamError} `MEDIA_UNSUPPORTED`. */
export function assertStreams(all: number, decoded: number): void {
  if (all > MAX_STREAMS) throw refused(`it has ${all} streams, ${MAX_STREAMS} are allowed`);
  if (decoded > MAX_DECODED_STREAMS) {
    throw refused(`it has ${decoded} streams of pictures and sound, ${MAX_DECODED_STREAMS} are allowed`);
  }
}
