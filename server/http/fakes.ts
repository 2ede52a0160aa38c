import { get, type IncomingHttpHeaders, request } from 'node:http';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { StreamError } from '../errors.ts';
import { Monitor } from '../monitor/monitor.ts';
import type {
  ChunkStatus,
  Conversations,
  Interruption,
  MediaResource,
  ProviderStatus,
  SayRequest,
  SessionHandle,
  SessionOptions,
  SessionRegistry,
  TurnRequest,
} from '../session/types.ts';
import { EarlyPort } from './early-port.ts';
import { FakeSession, readAll } from './fake-session.ts';
import type { HttpLimits } from './limits.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';

/** A server for tests of the HTTP layer, and ways to talk to it. */

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

export class FakeConversations implements Conversations {
  readonly said: SayRequest[] = [];
  readonly turns: (Omit<TurnRequest, 'input'> & { text?: string; bytes?: Buffer; sizeBytes?: number })[] = [];
  /** Recordings that have begun. */
  begun = 0;
  recordingFailure: unknown;
  readonly providers: ProviderStatus = {
    llm: { name: 'echo' },
    tts: { name: 'flite', voices: [{ name: 'slt', title: 'Susan', language: 'en-US' }] },
    asr: { name: 'none', unavailable: 'no recogniser is configured' },
    avatar: { name: 'drawn', looks: [{ name: 'ada', title: 'Ada' }] },
  };
  /** Turns by their Idempotency-Key. */
  readonly #keys = new Map<string, { turn: string }>();

  async say(_session: SessionHandle, request: SayRequest): Promise<{ turn: string; chunks: readonly ChunkStatus[] }> {
    this.said.push(request);
    return { turn: request.turn ?? 't1', chunks: [{ id: 'c1', index: 0, state: 'accepted', text: request.text }] };
  }

  async turn(session: SessionHandle, { input, ...request }: TurnRequest): Promise<{ turn: string }> {
    const known = this.#keys.get(request.idempotencyKey ?? '');
    if (known) return known;
    requireOpen(session);
    if ('text' in input) this.turns.push({ ...request, text: input.text });
    else {
      const { body, signal: _signal, ...rest } = input;
      this.turns.push({ ...request, ...rest, bytes: await this.#record(body) });
    }
    const result = { turn: request.turn ?? `t${this.turns.length}` };
    if (request.idempotencyKey !== undefined) this.#keys.set(request.idempotencyKey, result);
    return result;
  }

  interrupt(session: SessionHandle): Interruption {
    requireOpen(session);
    return { at: 4.4, programDateTime: '2026-11-20T12:00:04.400Z', droppedChunks: 2 };
  }

  async #record(body: Readable): Promise<Buffer> {
    this.begun += 1;
    try {
      return await readAll(body);
    } catch (cause) {
      this.recordingFailure = cause;
      throw new StreamError('ABORTED', 'the recording ended early', { cause });
    }
  }
}

function requireOpen(session: SessionHandle): void {
  if (session.status().state === 'ended') throw new StreamError('SESSION_ENDED', `session ${session.id} has ended`);
}

export type Rig = {
  readonly server: HttpServer;
  readonly monitor: Monitor;
  readonly registry: FakeRegistry;
  readonly conversations: FakeConversations;
  readonly session: FakeSession;
  readonly port: number;
  readonly base: string;
  readonly errors: unknown[];
  readonly warnings: unknown[];
};

/** A server on a free port, with the session `abc`. */
export async function startRig(
  options: {
    limits?: Partial<HttpLimits>;
    publicUrl?: string;
    pagesDir?: string;
    ready?: boolean;
    now?: () => number;
    access?: HttpServerOptions['access'];
    origins?: HttpServerOptions['origins'];
    hosts?: HttpServerOptions['hosts'];
    /** Called once the port is listened on, and nobody answers yet. */
    onPort?: (port: number) => Promise<void>;
  } = {},
): Promise<Rig> {
  const registry = new FakeRegistry();
  const conversations = new FakeConversations();
  const errors: unknown[] = [];
  const warnings: unknown[] = [];
  const ignore = (): void => undefined;
  const now = options.now ?? (() => 1234);
  const monitor: Monitor = new Monitor({
    // Takes no samples by itself.
    clock: { now, at: () => undefined, cancel: () => undefined },
    sessions: () => [...registry.sessions.values()],
    encoder: () => ({ name: 'libx264', active: 0, waiting: 0, limit: 4 }),
    storage: () => ({ isWritable: true, late: 0, redoBytes: 0, storedBytes: 0, storedLimitBytes: 1 }),
    http: () => server.load,
  });
  const server: HttpServer = createHttpServer({
    registry,
    conversations,
    monitor,
    readiness: () => ({ ready: options.ready ?? true, encoder: { name: 'libx264', reason: 'test' } }),
    logger: {
      debug: ignore,
      info: ignore,
      warn: (...entry: unknown[]) => warnings.push(entry),
      error: (...entry: unknown[]) => errors.push(entry),
    },
    pagesDir: options.pagesDir ?? '/nowhere',
    limits: { closeGraceMs: 200, ...options.limits },
    publicUrl: options.publicUrl,
    access: options.access,
    origins: options.origins,
    hosts: options.hosts,
    now,
  });
  const early = await EarlyPort.open(0, '127.0.0.1');
  const port = early.number;
  await options.onPort?.(port);
  await server.take(early);
  const session = await registry.create({ id: 'abc' });
  return {
    server,
    monitor,
    registry,
    conversations,
    session,
    port,
    base: `http://127.0.0.1:${port}`,
    errors,
    warnings,
  };
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

/** Waits until something holds; the limit ends only what would hang. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function resourceOf(...pieces: string[]): MediaResource {
  const body = pieces.map((piece) => Buffer.from(piece));
  return {
    body: body.map((bytes) => ({ sizeBytes: bytes.byteLength, get: () => bytes })),
    sizeBytes: Buffer.concat(body).byteLength,
    contentType: 'video/iso.segment',
    etag: `"${pieces.join('')}"`,
  };
}

/** Closes the server: nobody may wait for anything then, or listen to the stream. */
export async function closeEmpty({ server, session }: Rig): Promise<void> {
  await server.close();
  expect(server.load).toEqual({ heldRequests: 0, eventStreams: 0 });
  expect(session.output.listeners.size).toBe(0);
}
