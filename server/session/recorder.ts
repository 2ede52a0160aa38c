import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { remuxToFile } from '../encode/ffmpeg.ts';
import { StreamError } from '../errors.ts';
import { type Cue, renderWebVtt } from '../playlist/webvtt.ts';
import { pictureSizes } from '../timeline/profile.ts';
import type { Segment } from '../timeline/timeline.ts';
import type { SessionOutput } from './output.ts';
import { renditionName } from './playlist-view.ts';
import { type RecordingSource, recordedCues, recordingStream, type StoredSegment } from './recording.ts';
import type { SegmentStore } from './segment-store.ts';
import type { Profile } from './types.ts';

/** Newest segments whose bytes stay in memory: those that players ask for. */
const IN_MEMORY_SEGMENTS = 10;

/** The captions of a recording lie beside it. */
export function captionsPath(recordingPath: string): string {
  return recordingPath.replace(/\.mp4$/, '.vtt');
}

export type RecorderOptions = {
  readonly store: SegmentStore;
  readonly output: SessionOutput;
  readonly profile: Profile;
  /** The stream goes on from memory; the recording will lack this segment. */
  onFailure(error: unknown): void;
};

/** Writes segments that can't be made again to disk, lets memory go, and makes the recording afterwards. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #stored: StoredSegment[] = [];
  readonly #recordings = new Map<boolean, Promise<string>>();
  readonly #closing = new AbortController();
  /** Segments still in memory, oldest first, and whether each is on disk. */
  #recent: { readonly segment: Segment; stored: boolean }[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** A segment is complete. */
  add(segment: Segment): void {
    const entry = { segment, stored: false };
    this.#recent.push(entry);
    if (!segment.derived) this.#writing = this.#writing.then(() => this.#write(entry));
    if (this.#recent.length <= IN_MEMORY_SEGMENTS) return;
    const [oldest] = this.#recent.splice(0, 1);
    if (oldest?.stored) this.#options.output.release(oldest.segment);
    else if (oldest?.segment.derived) this.#options.output.forgetBytes(oldest.segment);
  }

  /**
   * Path of the recording, its captions as WebVTT beside it (`captionsPath`) when the session has them; made when first asked for.
   *
   * @throws {StreamError} `ENCODER_FAILED` when it can't be written.
   */
  async recording(source: Omit<RecordingSource, 'stored' | 'readSegment'>, keepFiller: boolean): Promise<string> {
    const known = this.#recordings.get(keepFiller);
    if (known) return await known;
    const making = this.#make(source, keepFiller);
    this.#recordings.set(keepFiller, making);
    making.catch(() => this.#recordings.delete(keepFiller));
    return await making;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#recent = [];
    await Promise.allSettled([this.#writing, ...this.#recordings.values()]);
  }

  async #write(entry: { readonly segment: Segment; stored: boolean }): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { segment } = entry;
    const { store, output, profile } = this.#options;
    const first = segment.parts[0];
    try {
      for (let rendition = 0; rendition < pictureSizes(profile).length; rendition++) {
        const body = output.segmentBody(segment, rendition);
        if (body) await store.storeSegment(renditionName(rendition), segment.msn, body);
      }
    } catch (error) {
      this.#options.onFailure(error);
      return;
    }
    entry.stored = true;
    // The disk was slower than the stream: nobody else will let this one go.
    if (!this.#recent.includes(entry)) output.release(segment);
    this.#stored.push({
      msn: segment.msn,
      startFrame: segment.startFrame,
      frames: segment.frames,
      firstBlock: first?.firstBlock ?? 0,
      blocks: segment.parts.reduce((sum, part) => sum + part.blocks, 0),
    });
  }

  async #make(source: Omit<RecordingSource, 'stored' | 'readSegment'>, keepFiller: boolean): Promise<string> {
    await this.#writing;
    const { store, output } = this.#options;
    if (!keepFiller && source.runs.every((run) => run.filler))
      throw new StreamError('NOT_FOUND', 'nothing was said in this session: there is no recording');
    const path = store.recordingPath(keepFiller);
    const temporary = `${path}.part`;
    const captionsTemporary = `${captionsPath(path)}.part`;
    await mkdir(store.directory, { recursive: true });
    const whole = {
      ...source,
      stored: this.#stored,
      readSegment: (msn: number) => store.readSegment(renditionName(0), msn),
    };
    const { signal } = this.#closing;
    try {
      const cues = recordedCues(whole, output.captions.said(source.endFrame), keepFiller);
      if (output.captions.enabled) await writeFile(captionsPath(path), renderWebVtt(cues));
      await writeFile(captionsTemporary, renderWebVtt(cues.map(plainCue)));
      const captions = { path: captionsTemporary, language: output.captions.language };
      await remuxToFile(recordingStream(whole, keepFiller), temporary, {
        signal,
        ...(cues.length > 0 && { captions }),
      });
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
      await rm(captionsTemporary, { force: true });
    }
    return path;
  }
}

/** ffmpeg turns captions into its own styled text on their way into MP4, and can't tell braces and backslashes from its codes. */
function plainCue(cue: Cue): Cue {
  return { ...cue, text: cue.text.replaceAll('{', '(').replaceAll('}', ')').replaceAll('\\', '/') };
}
