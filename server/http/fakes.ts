import { get, type IncomingHttpHeaders, request } from 'node:http';
import { StreamError } from '../errors.ts';
import { livePlaylist } from '../playlist/fixtures.ts';
import type { MediaPlaylist, VariantStream } from '../playlist/types.ts';
import type {
  ChunkStatus,
  ChunkUpload,
  EventLog,
  EventType,
  MediaResource,
  SayRequest,
  SessionEvent,
  SessionHandle,
  SessionOptions,
  SessionRegistry,
  SessionState,
  SessionStatus,
  Speaker,
  StreamOutput,
} from '../session/types.ts';
import type { HttpLimits } from './limits.ts';
import { createHttpServer, type HttpServer } from './server.ts';

/** Sessions for tests of the HTTP layer: what is published is set by hand. */

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
  readonly resources = new Map<string, MediaResource | Promise<MediaResource | undefined>>();
  readonly playlists = new Map<string, MediaPlaylist>([['v0', livePlaylist(0, 4, 2)]]);
  variantList: VariantStream[] = [VARIANT];
  watched: number[] = [];
  closed = false;

  variants(): readonly VariantStream[] {
    return this.variantList;
  }

  watch(now: number): void {
    this.watched.push(now);
  }

  playlist(rendition: string): MediaPlaylist | undefined {
    return this.playlists.get(rendition);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resource(rendition: string, name: string): MediaResource | undefined | Promise<MediaResource | undefined> {
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
  readonly options: SessionOptions;
  state: SessionState = 'open';
  /** Uploads that have begun. */
  begun = 0;
  uploadFailure: unknown;
  recordingPath: string | undefined;
  recordingOptions: { keepFiller: boolean } | undefined;

  constructor(id: string, options: SessionOptions = {}) {
    this.id = id;
    this.options = options;
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
      viewers: 0,
    };
  }

  async append({ body, signal: _signal, ...upload }: ChunkUpload): Promise<ChunkStatus> {
    this.begun += 1;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of body) pieces.push(piece as Buffer);
    } catch (cause) {
      this.uploadFailure = cause;
      throw new StreamError('ABORTED', 'the body ended early', { cause });
    }
    this.uploads.push({ ...upload, bytes: Buffer.concat(pieces) });
    return {
      id: 'c1',
      index: upload.index ?? 0,
      state: 'accepted',
      ...(upload.text === undefined ? {} : { text: upload.text }),
    };
  }

  end(): void {
    this.state = 'ending';
  }

  async recording(options: { keepFiller: boolean; signal: AbortSignal }): Promise<string> {
    this.recordingOptions = { keepFiller: options.keepFiller };
    if (this.recordingPath === undefined) throw new StreamError('RECORDING_NOT_READY', 'the session has not ended');
    return this.recordingPath;
  }
}

export class FakeRegistry implements SessionRegistry {
  readonly sessions = new Map<string, FakeSession>();
  limit = 100;

  async create(options: SessionOptions): Promise<FakeSession> {
    const id = options.id ?? 'made-by-registry';
    if (this.sessions.has(id)) throw new StreamError('SESSION_EXISTS', `session ${id} exists`);
    if (this.sessions.size >= this.limit) throw new StreamError('SESSION_LIMIT', `there are ${this.limit} sessions`);
    const session = new FakeSession(id, options);
    this.sessions.set(id, session);
    return session;
  }

  get(id: string): FakeSession | undefined {
    return this.sessions.get(id);
  }

  list({ limit, cursor }: { limit: number; cursor?: string }): {
    sessions: readonly FakeSession[];
    nextCursor?: string;
  } {
    const all = [...this.sessions.values()].reverse();
    const from = cursor === undefined ? 0 : Number(cursor);
    const sessions = all.slice(from, from + limit);
    return { sessions, ...(from + limit < all.length ? { nextCursor: String(from + limit) } : {}) };
  }

  async delete(id: string): Promise<void> {
    this.sessions.delete(id);
  }
}

export class FakeSpeaker implements Speaker {
  readonly requests: SayRequest[] = [];

  async say(_session: SessionHandle, request: SayRequest): Promise<{ turn: string; chunks: readonly ChunkStatus[] }> {
    this.requests.push(request);
    return { turn: request.turn ?? 't1', chunks: [{ id: 'c1', index: 0, state: 'accepted', text: request.text }] };
  }
}

export type Rig = {
  readonly server: HttpServer;
  readonly registry: FakeRegistry;
  readonly speaker: FakeSpeaker;
  readonly session: FakeSession;
  readonly port: number;
  readonly base: string;
  readonly errors: unknown[];
};

/** A server on a free port, with the session `abc`. */
export async function startRig(
  options: { limits?: Partial<HttpLimits>; publicUrl?: string; pagesDir?: string; ready?: boolean } = {},
): Promise<Rig> {
  const registry = new FakeRegistry();
  const speaker = new FakeSpeaker();
  const errors: unknown[] = [];
  const ignore = (): void => undefined;
  const server = createHttpServer({
    registry,
    speaker,
    readiness: () => ({ ready: options.ready ?? true, encoder: { name: 'libx264', reason: 'test' } }),
    logger: { debug: ignore, info: ignore, warn: ignore, error: (...entry: unknown[]) => errors.push(entry) },
    pagesDir: options.pagesDir ?? '/nowhere',
    limits: { closeGraceMs: 200, ...options.limits },
    publicUrl: options.publicUrl,
    now: () => 1234,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  const session = await registry.create({ id: 'abc' });
  return { server, registry, speaker, session, port, base: `http://127.0.0.1:${port}`, errors };
}

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
};

/** One request by node:http: unlike fetch it sends what it is told to, and decodes nothing. */
export function ask(
  rig: Pick<Rig, 'port'>,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const req = request({ port: rig.port, host: '127.0.0.1', path, method, headers, agent: false }, (res) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('error', reject);
      res.on('end', () => {
        const all = Buffer.concat(pieces);
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: all, text: all.toString() });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Opens a request and leaves it open. */
export function leaveOpen(rig: Pick<Rig, 'port'>, path: string): { close: () => void } {
  const req = get({ port: rig.port, host: '127.0.0.1', path, agent: false });
  req.on('error', () => undefined);
  return { close: () => req.destroy() };
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function resourceOf(...pieces: string[]): MediaResource {
  const body = pieces.map((piece) => Buffer.from(piece));
  return {
    body,
    sizeBytes: Buffer.concat(body).byteLength,
    contentType: 'video/iso.segment',
    etag: `"${pieces.join('')}"`,
  };
}
