import type { Logger } from 'pino';
import type { FillerClip } from '../../encode/types.ts';
import type { VideoTrackInit } from '../../isobmff/types.ts';
import type { PcmPiece } from '../../timeline/pcm-axis.ts';
import type { Part, Segment } from '../../timeline/timeline.ts';
import { savedTracks } from '../new-session.ts';
import type { SegmentStore } from '../segment-store.ts';
import type { StorageAccount } from '../storage-account.ts';
import type { ClipStore } from './clip-store.ts';
import { JournalFile } from './journal-file.ts';
import { PartFiles } from './part-files.ts';
import type { FillerRecord, JournalRecord, PartRecord } from './records.ts';
import type { RedoWrite } from './redo-entry.ts';
import { soundWrite } from './sound-file.ts';
import { type SavedSpeech, writeSpeech } from './speech-file.ts';
import type { Storage } from './storage.ts';

export type SessionJournalOptions = {
  readonly store: SegmentStore;
  readonly storage: Storage;
  readonly clips: ClipStore;
  /** What is written counts there. */
  readonly account: StorageAccount;
  readonly logger: Logger;
  /** See `JournalFileOptions`. */
  readonly durable: boolean;
  /** Where it goes on; absent: a new session. */
  readonly from?: { readonly batch: number; readonly sizeBytes: number; readonly slot: number } | undefined;
};

/** A part that was published. */
export type PublishedPart = {
  readonly segment: Segment;
  readonly part: Part;
  /** Bytes of each rendition; absent for what can be made again. */
  readonly bodies?: readonly Uint8Array[];
  readonly final: boolean;
  /** What is not silence of the sound that is still to come. */
  readonly tail: readonly PcmPiece[];
};

/** What a session tells its journal. What is told in one go is written together. */
export type Journal = {
  /** Called when all that was told may be shown. */
  onSettled: () => void;
  /** All that was told may be shown. */
  readonly settled: boolean;
  written(): Promise<void>;
  /** @throws {StreamError} `STORAGE_FULL`. */
  synced(): Promise<void>;
  record(record: JournalRecord): void;
  init(tracks: readonly VideoTrackInit[]): void;
  /** @param isOwn - No other session shows this clip. */
  filler(
    clip: FillerClip,
    isOwn: boolean,
    at: Pick<FillerRecord, 'frame' | 'init' | 'anchorMs' | 'atMs'>,
    tail: readonly PcmPiece[],
  ): void;
  part(part: PublishedPart): void;
  speech(chunkId: string, speech: SavedSpeech): void;
  /** All parts of a segment are in its file. */
  isStored(segment: Segment): boolean;
  /** Some of a segment will never be. */
  isLost(msn: number): boolean;
  /** Takes nothing more; resolves when all is written. Idempotent. */
  close(): Promise<void>;
  /** The session is deleted: takes nothing more, and writes nothing more. */
  discard(): Promise<void>;
};

/** Sound as of the last part of a batch. */
type Tail = { readonly batch: number; frame: number; pieces: readonly PcmPiece[] };

/** One session's journal with the files that belong to its batches: parts, sound, speech, held pictures. */
export class SessionJournal implements Journal {
  onSettled: () => void = () => undefined;
  readonly #options: SessionJournalOptions;
  readonly #file: JournalFile;
  /** Of a session that published something. */
  #parts: PartFiles | undefined;
  #slot: number;
  /** Size of the file that sound is kept in. */
  #soundBytes = 0;
  /** Sound as of the last part of the batch that is being filled. */
  #tail: Tail | undefined;

  constructor(options: SessionJournalOptions) {
    const { store, storage, account, durable, from, logger } = options;
    this.#options = options;
    this.#slot = from?.slot ?? 0;
    this.#file = new JournalFile({
      ...{ path: store.journalPath, storage, durable, from },
      onSettled: () => this.onSettled(),
      onSize: (bytes) => account.put('journal', bytes),
      storeAgain: () => this.#storeAgain(),
      onTrouble: (error) => logger.error({ err: error }, 'the journal could not be written anew'),
      onLate: () =>
        logger.warn({ journal: store.journalPath }, 'the disk is slow: parts are shown before they are stored'),
    });
  }

  get settled(): boolean {
    return this.#file.settled;
  }

  written(): Promise<void> {
    return this.#file.written();
  }

  synced(): Promise<void> {
    return this.#file.synced();
  }

  record(record: JournalRecord): void {
    this.#file.add(record);
  }

  init(tracks: readonly VideoTrackInit[]): void {
    this.#file.add({ t: 'init', tracks: savedTracks(tracks) });
  }

  filler(
    clip: FillerClip,
    isOwn: boolean,
    at: Pick<FillerRecord, 'frame' | 'init' | 'anchorMs' | 'atMs'>,
    tail: readonly PcmPiece[],
  ): void {
    const { clips, store } = this.#options;
    const slot = this.#keepSound(at.frame, tail);
    const record: FillerRecord = {
      ...{ t: 'filler', clip: clip.id, cut: clip.segmentFrames, ...at },
      ...(slot !== undefined && { slot }),
    };
    const directory = isOwn ? store.clipsDirectory : clips.directory;
    this.#file.add(record, {
      write: () => clips.keep(clip, directory),
      redo: () => clips.missing(clip, directory),
    });
  }

  part({ segment, part, bodies, final, tail }: PublishedPart): void {
    this.#parts ??= new PartFiles(this.#options.store);
    const stored = bodies && this.#parts.add(segment, part, bodies);
    if (stored) this.#options.account.add(part.sizes?.reduce((sum, size) => sum + size, 0) ?? 0);
    const slot = this.#keepSound(part.startFrame + part.frames, tail);
    const record: PartRecord = {
      ...{ t: 'part', n: part.number, f: part.frames },
      ...(part.independent && segment.parts[0] !== part && { i: 1 }),
      ...(segment.complete && segment.parts.at(-1) === part && { k: 1 }),
      ...(final && { z: 1 }),
      ...(stored && part.sizes && { s: part.sizes, c: stored.crcs }),
      ...(slot !== undefined && { l: slot }),
    };
    this.#file.add(record, stored?.work);
  }

  speech(chunkId: string, speech: SavedSpeech): void {
    const { store, storage, account, logger } = this.#options;
    const path = store.speechPath(chunkId);
    account.put(chunkId, speech.pcm.byteLength);
    const write = async (): Promise<void> => {
      // Without it the sentence is spoken once more: worth telling, but no reason to stop writing the rest.
      await writeSpeech(storage.disk, path, speech).catch((error: unknown) =>
        logger.warn({ err: error, chunk: chunkId }, 'speech could not be stored'),
      );
    };
    this.#file.addWork({ write, redo: () => [] });
  }

  isLost(msn: number): boolean {
    return this.#parts?.isLost(msn) ?? false;
  }

  isStored(segment: Segment): boolean {
    return this.#parts?.isStored(segment) ?? true;
  }

  /** Takes nothing more; resolves when all is written. Idempotent. */
  async close(): Promise<void> {
    await this.#file.close();
    await this.#options.storage.disk.closeUnder(this.#options.store.directory);
  }

  /** The session is deleted. */
  async discard(): Promise<void> {
    await this.#file.discard();
  }

  /**
   * Keeps the sound as of a frame with the batch that is being filled. The slot that the batch before it may need stays as it is, and
   * only the last state of a batch counts.
   *
   * @returns the slot; `undefined` for silence.
   */
  #keepSound(frame: number, pieces: readonly PcmPiece[]): number | undefined {
    if (pieces.length === 0) return undefined;
    const { batch } = this.#file;
    if (this.#tail?.batch === batch) {
      Object.assign(this.#tail, { frame, pieces });
      return this.#slot;
    }
    const tail: Tail = { batch, frame, pieces };
    this.#tail = tail;
    this.#slot = 1 - this.#slot;
    const slot = this.#slot;
    this.#file.addWork({ write: () => this.#writeSound(slot, tail), redo: () => [this.#soundWrite(slot, tail)] });
    return slot;
  }

  async #storeAgain(): Promise<void> {
    for (const msn of (await this.#parts?.storeAgain()) ?? []) this.#file.add({ t: 'lost', msn });
    if (this.#tail) await this.#writeSound(this.#slot, this.#tail);
  }

  async #writeSound(slot: number, tail: Tail): Promise<void> {
    const { path, bytes, position } = this.#soundWrite(slot, tail);
    this.#soundBytes = Math.max(this.#soundBytes, position + bytes.reduce((sum, piece) => sum + piece.byteLength, 0));
    this.#options.account.put(path, this.#soundBytes);
    await this.#options.storage.disk.write(path, bytes, position);
  }

  #soundWrite(slot: number, tail: Tail): RedoWrite {
    return soundWrite(this.#options.store.soundPath, slot, tail);
  }
}

/** For a session that nobody will open again. */
export function noJournal(): Journal {
  const nothing = (): void => undefined;
  const done = (): Promise<void> => Promise.resolve();
  return {
    ...{ onSettled: nothing, settled: true, written: done, synced: done },
    ...{ record: nothing, init: nothing, filler: nothing, part: nothing, speech: nothing, isStored: () => true },
    isLost: () => false,
    ...{ close: done, discard: done },
  };
}
