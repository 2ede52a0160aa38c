import { crc32 } from 'node:zlib';
import { allDone } from '../../lib/all-done.ts';
import type { Part, Segment } from '../../timeline/timeline.ts';
import { renditionName } from '../playlist-view.ts';
import type { SegmentStore } from '../segment-store.ts';
import type { BatchWork } from './batch-file.ts';
import type { RedoWrite } from './redo-entry.ts';

/** Bytes that are kept for a disk that takes nothing; beyond that the oldest are given up. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

type Unstored = { readonly segment: Segment; readonly bodies: readonly Uint8Array[] };

/** Parts on their way into the files of their segments. */
export class PartFiles {
  readonly #store: SegmentStore;
  /** Not in their files yet, oldest first. */
  readonly #unstored = new Map<Part, Unstored>();
  #unstoredBytes = 0;
  /** Segments of which parts were given up, for ever. */
  readonly #lost = new Set<number>();
  /** Those of them that the journal does not know of. */
  #untold: number[] = [];
  /** One write at a time: the first part of a segment empties its file. */
  #writing: Promise<void> = Promise.resolve();

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /** All parts of a segment are in its file. */
  isStored(segment: Segment): boolean {
    if (this.isLost(segment.msn)) return false;
    return this.#unstored.size === 0 || segment.parts.every((part) => !this.#unstored.has(part));
  }

  /** Some of a segment's bytes are only in memory, or nowhere any more. */
  isLost(msn: number): boolean {
    return this.#lost.has(msn);
  }

  /**
   * Takes a part, whose place in the file is behind those before it.
   *
   * @param bodies - Of each rendition.
   * @returns CRC-32 of each, and what writes them.
   */
  add(segment: Segment, part: Part, bodies: readonly Uint8Array[]): { crcs: number[]; work: BatchWork } {
    part.sizes = bodies.map((body) => body.byteLength);
    this.#unstored.set(part, { segment, bodies });
    this.#unstoredBytes += sumOf(part.sizes);
    this.#giveUpOldest();
    const redo = () => (this.isLost(segment.msn) ? undefined : this.#writesOf(part));
    return { crcs: bodies.map((body) => crc32(body)), work: { write: () => this.#writeNext(part), redo } };
  }

  /** Stores what could not be stored. @returns media sequence numbers of the segments that parts are missing of for good, once. */
  async storeAgain(): Promise<number[]> {
    for (const part of [...this.#unstored.keys()]) await this.#writeNext(part);
    return this.#untold.splice(0);
  }

  #writeNext(part: Part): Promise<void> {
    const write = this.#writing.then(() => this.#write(part));
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #write(part: Part): Promise<void> {
    const { segment, bodies } = this.#unstored.get(part) ?? {};
    if (!segment || !bodies) return;
    const { disk } = this.#store;
    await allDone(
      this.#writesOf(part).map(({ path, bytes, position, fresh }) => disk.write(path, bytes, position, fresh)),
    );
    this.#forget(part);
    // Nobody writes to the segment any more.
    if (segment.complete && segment.parts.at(-1) === part) {
      for (let rendition = 0; rendition < bodies.length; rendition++)
        await disk.close(this.#store.segmentPath(renditionName(rendition), segment.msn));
    }
  }

  /** None of a part that is in its file. */
  #writesOf(part: Part): RedoWrite[] {
    const { segment, bodies = [] } = this.#unstored.get(part) ?? {};
    if (!segment) return [];
    const before = segment.parts.slice(0, segment.parts.indexOf(part));
    // What an earlier server left is thrown away, and nothing of this one.
    const fresh = before.length === 0 && segment.parts.every((each) => this.#unstored.has(each));
    return bodies.map((body, rendition) => ({
      path: this.#store.segmentPath(renditionName(rendition), segment.msn),
      position: sumOf(before.map(({ sizes }) => sizes?.[rendition] ?? 0)),
      bytes: [body],
      fresh,
    }));
  }

  #giveUpOldest(): void {
    for (const [part, { segment }] of this.#unstored) {
      if (this.#unstoredBytes <= MAX_KEPT_BYTES) return;
      if (!this.#lost.has(segment.msn)) this.#untold.push(segment.msn);
      this.#lost.add(segment.msn);
      this.#forget(part);
    }
  }

  #forget(part: Part): void {
    if (this.#unstored.delete(part)) this.#unstoredBytes -= sumOf(part.sizes ?? []);
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
