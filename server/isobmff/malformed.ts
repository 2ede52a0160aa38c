import { StreamError } from '../errors.ts';

/**
 * The error for bytes that are no valid box.
 *
 * @param path - Box types from the top, repeatable ones with their index from 0: `moov/trak[1]/mdia/mdhd`.
 * @param startByte - Offset of the box's header from the first byte of the stream.
 */
export function malformed(path: string, startByte: number, reason: string): StreamError {
  return new StreamError('BOX_MALFORMED', `${path} at byte ${startByte}: ${reason}`);
}

/** The error for values no box can hold: what the writer refuses. */
export function unwritable(path: string, reason: string): StreamError {
  return new StreamError('BOX_MALFORMED', `${path}: ${reason}`);
}
