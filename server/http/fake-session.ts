import type { Readable } from 'node:stream';
import { StreamError } from '../errors.ts';
import { livePlaylist } from '../playlist/fixtures.ts';
import type { MediaPlaylist, SubtitleRendition, VariantStream } from '../playlist/types.ts';
import { changed } from '../session/preferences.ts';
import type {
  ChunkStatus,
  ChunkUpload,
  EventLog,
  EventType,
  MediaResource,
  PreferenceChanges,
  Preferences,
  SessionEvent,
  SessionHandle,
  SessionLoad,
  SessionOptions,
  SessionState,
  SessionStatus,
  StreamOutput,
} from '../session/types.ts';

/** A session for tests of the HTTP layer: what is published is set by hand. */

const VARIANT: VariantStream = {
  uri: 'v0/stream.m3u8',
  bandwidth: 1_000_000,
  averageBandwidth: 800_000,
  codecs: 'avc1.64001F,mp4a.40.2',
  width: 512,
  height: 512,
  frameRate: 25,
};

export class FakeOutput implements StreamOutput {
  readonly listeners = new Set<() => void>();
  readonly resources = new Map<string, MediaResource | 'awaited'>();
  readonly playlists = new Map<string, MediaPlaylist>([['v0', livePlaylist(0, 4, 2)]]);
  variantList: VariantStream[] = [VARIANT];
  subtitleRendition: SubtitleRendition | undefined;
  watched: number[] = [];
  readonly viewers = new Set<string | undefined>();
  closed = false;

  variants(): readonly VariantStream[] {
    return this.variantList;
  }

  subtitles(): SubtitleRendition | undefined {
    return this.subtitleRendition;
  }

  watch(now: number, viewer?: string): void {
    this.watched.push(now);
    this.viewers.add(viewer);
  }

  playlist(rendition: string): MediaPlaylist | undefined {
    return this.playlists.get(rendition);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resource(rendition: string, name: string): MediaResource | 'awaited' | undefined {
    return this.resources.get(`${rendition}/${name}`);
  }

  publish(playlist?: MediaPlaylist): void {
    if (playlist !== undefined) this.playlists.set('v0', playlist);
    for (const listener of [...this.listeners]) listener();
  }
}

export class FakeLog implements EventLog {
  readonly events: SessionEvent[] = [];
  readonly listeners = new Set<(event: SessionEvent) => void>();

  get lastSeq(): number {
    return this.events.length;
  }

  since(seq: number): readonly SessionEvent[] {
    return this.events.slice(seq);
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  add(type: EventType, fields: Record<string, unknown> = {}): void {
    const event = { seq: this.events.length + 1, at: '2026-11-20T12:00:00.000Z', type, ...fields };
    this.events.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }
}

export class FakeSession implements SessionHandle {
  readonly createdAt = new Date(0);
  readonly events = new FakeLog();
  readonly output = new FakeOutput();
  readonly uploads: (Omit<ChunkUpload, 'body' | 'signal'> & { bytes: Buffer })[] = [];
  readonly id: string;
  readonly settings = {};
  readonly options: SessionOptions;
  state: SessionState = 'open';
  preferences: Preferences;
  /** Uploads that have begun. */
  begun = 0;
  uploadFailure: unknown;
  recordingPath: string | undefined;
  recordingOptions: { keepFiller: boolean } | undefined;

  constructor(id: string, options: SessionOptions = {}) {
    this.id = id;
    this.options = options;
    const { voice, language, look, instructions } = options;
    this.preferences = Object.fromEntries(
      Object.entries({ voice, language, look, instructions }).filter(([, value]) => value !== undefined),
    );
  }

  get load(): SessionLoad {
    return { state: this.state, isBusy: false, viewers: this.output.viewers.size, queuedSeconds: 0 };
  }

  status(): SessionStatus {
    return {
      id: this.id,
      state: this.state,
      profile: { width: 512, height: 512, fps: 25, audioRate: 48_000, renditions: [], ...this.options.profile },
      pacing: this.options.pacing ?? 'live',
      filler: this.options.filler ?? 'idle',
      createdAt: this.createdAt.toISOString(),
      publishedUntil: 4.4,
      queuedUntil: 4.4,
      chunks: { accepted: 0, published: 0, failed: 0, dropped: 0 },
      preferences: this.preferences,
      viewers: 0,
    };
  }

  async append({ body, signal: _signal, ...upload }: ChunkUpload): Promise<ChunkStatus> {
    this.begun += 1;
    let bytes: Buffer;
    try {
      bytes = await readAll(body);
    } catch (cause) {
      this.uploadFailure = cause;
      throw new StreamError('ABORTED', 'the body ended early', { cause });
    }
    this.uploads.push({ ...upload, bytes });
    return {
      id: 'c1',
      index: upload.index ?? 0,
      state: 'accepted',
      ...(upload.text === undefined ? {} : { text: upload.text }),
    };
  }

  async configure(preferences: PreferenceChanges): Promise<void> {
    if (this.state === 'ended') throw new StreamError('SESSION_ENDED', `session ${this.id} has ended`);
    this.preferences = changed(this.preferences, preferences);
  }

  async written(): Promise<void> {
    // Nothing is stored.
  }

  end(): void {
    this.state = 'ending';
  }

  async recording(options: { keepFiller: boolean }): Promise<string> {
    this.recordingOptions = { keepFiller: options.keepFiller };
    if (this.recordingPath === undefined) throw new StreamError('RECORDING_NOT_READY', 'the session has not ended');
    return this.recordingPath;
  }
}

export async function readAll(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
