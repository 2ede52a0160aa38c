import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { remuxToFile } from '../encode/ffmpeg.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import { type Cue, renderWebVtt } from '../playlist/webvtt.ts';
import type { Segment } from '../timeline/timeline.ts';
import type { Journal } from './journal/session-journal.ts';
import type { SessionOutput } from './output.ts';
import { renditionName } from './playlist-view.ts';
import { type RecordingSource, recordedCues, recordingStream, type StoredSegment } from './recording.ts';
import { type SegmentStore, sizeOf } from './segment-store.ts';
import type { StorageAccount } from './storage-account.ts';

/** Newest segments whose bytes stay in memory: those that players ask for. */
const IN_MEMORY_SEGMENTS = 10;

/** The captions of a recording lie beside it. */
export function captionsPath(recordingPath: string): string {
  return recordingPath.replace(/\.mp4$/, '.vtt');
}

export type RecorderOptions = {
  readonly store: SegmentStore;
  readonly output: SessionOutput;
  /** Segments that an earlier server stored. */
  readonly stored?: readonly StoredSegment[];
  /** Knows what is in the files. */
  readonly journal: Pick<Journal, 'isStored' | 'isLost'>;
  /** What is written counts there. */
  readonly account: StorageAccount;
};

type Source = Omit<RecordingSource, 'stored' | 'readSegment' | 'clips'>;

/** Lets the memory of segments go that are on disk or can be made again, and makes the recording afterwards. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #stored: StoredSegment[];
  readonly #recordings = new Map<boolean, Promise<string>>();
  readonly #closing = new AbortController();
  /** Segments still in memory, oldest first. */
  #recent: Segment[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#stored = [...(options.stored ?? [])];
  }

  /** Counts what an earlier server stored. */
  async count(): Promise<void> {
    const { store, account } = this.#options;
    account.add(this.#stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    for (const path of [true, false].map((kept) => store.recordingPath(kept))) account.put(path, await sizeOf(path));
  }

  /** A segment is complete. */
  add(segment: Segment): void {
    this.#recent.push(segment);
    this.letGo();
  }

  /** Lets go of all but the newest segments, as far as they are on disk. */
  letGo(): void {
    const { output } = this.#options;
    if (this.#recent.length <= IN_MEMORY_SEGMENTS) return;
    const old = this.#recent.slice(0, -IN_MEMORY_SEGMENTS);
    const kept = old.filter((segment) => {
      if (segment.derived) output.forgetBytes(segment);
      else if (this.#options.journal.isStored(segment)) output.release(segment);
      // The disk is slower than the stream, or full: nobody else has this one. It goes with its place on the timeline.
      else return output.has(segment);
      return false;
    });
    this.#recent = [...kept, ...this.#recent.slice(-IN_MEMORY_SEGMENTS)];
  }

  /** All parts of a segment that is not derived were published, with these sizes. */
  noteStored({ msn, startFrame, frames, parts }: Segment): void {
    const sizes = parts.map((part) => part.sizes ?? []);
    this.#stored.push({
      ...{ msn, startFrame, frames },
      mainBytes: sizes.reduce((sum, [main = 0]) => sum + main, 0),
      sizeBytes: sizes.flat().reduce((sum, size) => sum + size, 0),
    });
  }

  /**
   * Path of the recording, its captions as WebVTT beside it (`captionsPath`) when the session has them; made when first asked for.
   *
   * @param clips - The filler clips that runs name, as far as they can be had.
   * @throws {StreamError} `ENCODER_FAILED` when it can't be written, `STORAGE_FULL`.
   */
  async recording(
    source: Source,
    keepFiller: boolean,
    clips: () => Promise<ReadonlyMap<string, FillerClip>>,
  ): Promise<string> {
    const known = this.#recordings.get(keepFiller);
    if (known) return await known;
    const making = this.#make(source, keepFiller, clips);
    this.#recordings.set(keepFiller, making);
    making.catch(() => this.#recordings.delete(keepFiller));
    return await making;
  }

  /** Calls off what is being made. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#recent = [];
    await Promise.allSettled(this.#recordings.values());
  }

  async #make(
    source: Source,
    keepFiller: boolean,
    clips: () => Promise<ReadonlyMap<string, FillerClip>>,
  ): Promise<string> {
    const { store } = this.#options;
    const path = store.recordingPath(keepFiller);
    // An ended session has nothing new: what an earlier server made is right.
    if ((await sizeOf(path)) > 0) return path;
    if (!keepFiller && source.runs.every((run) => run.clip !== undefined))
      throw new StreamError('NOT_FOUND', 'nothing was said in this session: there is no recording');
    await this.#write(path, { ...source, ...(await this.#contents()), clips: await clips() }, keepFiller);
    return path;
  }

  /** The segments that are there as a whole: a disk may have been full. */
  async #contents(): Promise<Pick<RecordingSource, 'stored' | 'readSegment'>> {
    const { store } = this.#options;
    const stored: StoredSegment[] = [];
    for (const segment of this.#stored.filter(({ msn }) => !this.#options.journal.isLost(msn)))
      if ((await sizeOf(store.segmentPath(renditionName(0), segment.msn))) === segment.mainBytes) stored.push(segment);
    return { stored, readSegment: (msn) => store.readSegment(renditionName(0), msn) };
  }

  async #write(path: string, source: RecordingSource, keepFiller: boolean): Promise<void> {
    const { store, output, account } = this.#options;
    const temporary = `${path}.part`;
    const captionsTemporary = `${captionsPath(path)}.part`;
    await mkdir(store.directory, { recursive: true });
    const { signal } = this.#closing;
    const room = await account.reserve(
      source.stored.reduce((sum, { mainBytes }) => sum + mainBytes, 0),
      signal,
    );
    try {
      const cues = recordedCues(source, output.captions.said(source.endFrame), keepFiller);
      if (output.captions.enabled) await writeFile(captionsPath(path), renderWebVtt(cues));
      await writeFile(captionsTemporary, renderWebVtt(cues.map(plainCue)));
      const captions = { path: captionsTemporary, language: output.captions.language };
      await remuxToFile(recordingStream(source, keepFiller), temporary, {
        signal,
        ...(cues.length > 0 && { captions }),
      });
      await rename(temporary, path);
      account.put(path, await sizeOf(path));
    } finally {
      room.release();
      await rm(temporary, { force: true });
      await rm(captionsTemporary, { force: true });
    }
  }
}

/** ffmpeg turns captions into its own styled text on their way into MP4, and can't tell braces and backslashes from its codes. */
function plainCue(cue: Cue): Cue {
  return { ...cue, text: cue.text.replaceAll('{', '(').replaceAll('}', ')').replaceAll('\\', '/') };
}
