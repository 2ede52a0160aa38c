import type { FileSlice } from '../lib/file-blocks.ts';
import type { Part, Segment } from '../timeline/timeline.ts';
import { partBytes } from './part-bytes.ts';
import { renditionName } from './playlist-view.ts';
import type { SegmentStore } from './segment-store.ts';
import type { BodyPiece } from './types.ts';

/** The bytes of one part, by rendition. Weakly held ones are there while somebody reads them, and are made again afterwards. */
type Made = Map<number, Uint8Array | WeakRef<Uint8Array>>;

/** Bytes of parts: made from their samples when first asked for, and once; read from disk when the samples are only there. */
export class PartBodies {
  readonly #store: Pick<SegmentStore, 'segmentPath'>;
  readonly #made = new WeakMap<Part, Made>();
  /** Parts that few ask for any more, and that can be made again. */
  readonly #old = new WeakSet<Part>();

  constructor(store: Pick<SegmentStore, 'segmentPath'>) {
    this.#store = store;
  }

  /** @returns `undefined` when the part's samples are gone. */
  bytes(part: Part, rendition: number): Uint8Array | undefined {
    if (!part.media) return undefined;
    const made: Made = this.#made.get(part) ?? new Map();
    this.#made.set(part, made);
    const known = made.get(rendition);
    const bytes = known instanceof WeakRef ? known.deref() : known;
    if (bytes) return bytes;
    const fresh = partBytes(part, part.media, rendition);
    made.set(rendition, this.#old.has(part) ? new WeakRef(fresh) : fresh);
    return fresh;
  }

  /**
   * Parts of one segment that follow each other, as a body.
   *
   * @returns `undefined` when some of it is neither in memory nor on disk: a disk was full when it was published.
   */
  pieces(segment: Segment, parts: readonly Part[], rendition: number): BodyPiece[] | undefined {
    // Read from disk as one piece: a segment of ten parts is not ten files.
    if (parts.length > 1 && parts.every(({ media }) => media === undefined)) {
      const whole = this.#slice(segment, parts, rendition);
      return whole && [{ sizeBytes: whole.sizeBytes, get: () => whole }];
    }
    const pieces: BodyPiece[] = [];
    for (const part of parts) {
      const sizeBytes = part.sizes?.[rendition] ?? this.bytes(part, rendition)?.byteLength;
      if (sizeBytes === undefined) return undefined;
      pieces.push({
        sizeBytes,
        get: () => this.bytes(part, rendition) ?? this.#slice(segment, [part], rendition),
      });
    }
    return pieces;
  }

  /** The segment is on disk: its samples may go. */
  release(segment: Segment): void {
    for (const part of segment.parts) {
      part.media = undefined;
      this.#made.delete(part);
    }
  }

  /** Few will ask for a segment that can be made again: its bytes stay for as long as somebody reads them. */
  loosen(segment: Segment): void {
    for (const part of segment.parts) {
      this.#old.add(part);
      for (const [rendition, bytes] of this.#made.get(part) ?? [])
        if (!(bytes instanceof WeakRef)) this.#made.get(part)?.set(rendition, new WeakRef(bytes));
    }
  }

  #slice(segment: Segment, parts: readonly Part[], rendition: number): FileSlice | undefined {
    const [first] = parts;
    if (!first) return undefined;
    const before = segment.parts.slice(0, segment.parts.indexOf(first));
    const [start, sizeBytes] = [before, parts].map((each) => sizeOf(each, rendition));
    if (start === undefined || sizeBytes === undefined) return undefined;
    return { path: this.#store.segmentPath(renditionName(rendition), segment.msn), start, sizeBytes };
  }
}

/** Bytes of parts in their segment's file; `undefined` when one of them is not in it. */
function sizeOf(parts: readonly Part[], rendition: number): number | undefined {
  let sizeBytes = 0;
  for (const { sizes } of parts) {
    const size = sizes?.[rendition];
    if (size === undefined) return undefined;
    sizeBytes += size;
  }
  return sizeBytes;
}
