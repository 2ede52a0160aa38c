import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ENDPOINTS } from './endpoints.ts';
import type { OpenAiBehaviour, OpenAiEndpoint, OpenAiRequest, OpenAiScript, OpenAiUpload } from './openai-script.ts';
import { Reply } from './reply.ts';

export type { OpenAiBehaviour, OpenAiEndpoint, OpenAiRequest, OpenAiScript, OpenAiUpload } from './openai-script.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

export type OpenAiServerOptions = {
  /** 127.0.0.1, on any free port unless given. */
  readonly port?: number;
  /** Requests without `Bearer <apiKey>` get 401, and, as a careless server would, their key back in the message. */
  readonly apiKey?: string;
  /** How an endpoint answers when nothing is queued for it; see `always`. */
  readonly always?: Partial<Record<OpenAiEndpoint, OpenAiBehaviour>>;
};

/** A real HTTP server with OpenAI's API, for tests: it answers as scripted, and remembers what was asked. */
export type OpenAiServer = AsyncDisposable & {
  /** With `/v1`, without a slash at the end. */
  readonly baseUrl: string;
  /** All so far, oldest first. */
  readonly requests: readonly OpenAiRequest[];
  requestsTo(endpoint: OpenAiEndpoint): OpenAiRequest[];
  /** The `count`th request to an endpoint (from 1), as soon as it arrived. */
  received(endpoint: OpenAiEndpoint, count?: number): Promise<OpenAiRequest>;
  /** Queues scripts, one for each coming request. */
  next(endpoint: OpenAiEndpoint, ...behaviours: OpenAiBehaviour[]): void;
  /** How requests are answered when none is queued. */
  always(endpoint: OpenAiEndpoint, behaviour: OpenAiBehaviour): void;
  /** Sockets that are open, idle ones kept alive included. */
  readonly connections: number;
  /** Requests being answered. */
  readonly inFlight: number;
  /** Destroys sockets without a request: kept alive, or opened in reserve. */
  closeIdleConnections(): void;
  /** Leaves no socket, timer or listener. */
  close(): Promise<void>;
};

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error(`body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function uploadIn(body: Buffer, contentType: string): Promise<OpenAiUpload | undefined> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const file = form.get('file');
  if (!(file instanceof File)) return undefined;
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name] = value;
  return { sizeBytes: file.size, filename: file.name, contentType: file.type, fields };
}

async function bodyOf(message: IncomingMessage): Promise<{ body: unknown; upload?: OpenAiUpload }> {
  const bytes = await readBody(message);
  const type = message.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    const upload = await uploadIn(bytes, type);
    return { body: undefined, ...(upload && { upload }) };
  }
  return { body: bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined };
}

async function requestFrom(message: IncomingMessage, over: Promise<void>): Promise<OpenAiRequest> {
  const startedAtMs = Date.now();
  const path = new URL(message.url ?? '/', 'http://test').pathname;
  const authorization = message.headers.authorization;
  return {
    endpoint: ENDPOINTS[path]?.endpoint ?? 'unknown',
    method: message.method ?? '',
    path,
    headers: message.headers,
    ...(authorization !== undefined && { authorization }),
    ...(await bodyOf(message)),
    startedAtMs,
    piecesSent: 0,
    over,
  };
}

const apiError = (message: string): object => ({ error: { message, type: 'test_error', param: null, code: null } });

class ScriptedServer implements OpenAiServer {
  readonly requests: OpenAiRequest[] = [];
  readonly #http = createServer((message, response) => void this.#handle(message, response));
  readonly #sockets = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  readonly #queues = new Map<OpenAiEndpoint, OpenAiBehaviour[]>();
  readonly #always = new Map<OpenAiEndpoint, OpenAiBehaviour>();
  readonly #waiting = new Set<() => void>();
  readonly #apiKey: string | undefined;
  #port = 0;
  #closed: Promise<void> | undefined;

  constructor({ apiKey, always = {} }: OpenAiServerOptions) {
    this.#apiKey = apiKey;
    for (const [endpoint, behaviour] of Object.entries(always)) this.always(endpoint as OpenAiEndpoint, behaviour);
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(port: number): Promise<void> {
    this.#http.listen(port, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }
  get connections(): number {
    return this.#sockets.size;
  }
  get inFlight(): number {
    return this.#busy.size;
  }

  requestsTo(endpoint: OpenAiEndpoint): OpenAiRequest[] {
    return this.requests.filter((request) => request.endpoint === endpoint);
  }

  async received(endpoint: OpenAiEndpoint, count = 1): Promise<OpenAiRequest> {
    for (;;) {
      const request = this.requestsTo(endpoint)[count - 1];
      if (request) return request;
      if (this.#closed) throw new Error(`the test server closed before request ${count} to ${endpoint}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
    }
  }

  next(endpoint: OpenAiEndpoint, ...behaviours: OpenAiBehaviour[]): void {
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), ...behaviours]);
  }

  always(endpoint: OpenAiEndpoint, behaviour: OpenAiBehaviour): void {
    this.#always.set(endpoint, behaviour);
  }

  closeIdleConnections(): void {
    // Node's own spares those on which nothing was ever asked, and fetch opens such ones in reserve.
    for (const socket of this.#sockets) if (!this.#busy.has(socket)) socket.destroy();
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
      this.#wake();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #scriptFor(request: OpenAiRequest): OpenAiScript {
    const behaviour = this.#queues.get(request.endpoint)?.shift() ?? this.#always.get(request.endpoint) ?? {};
    return typeof behaviour === 'function' ? behaviour(request) : behaviour;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const closing = new AbortController();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    response.once('close', () => {
      closing.abort(new Error('the connection is closed'));
      resolve();
    });
    this.#busy.add(message.socket);
    try {
      const request = await requestFrom(message, over);
      this.requests.push(request);
      this.#wake();
      if (closing.signal.aborted) request.closedByClientAtMs = Date.now();
      const reply = new Reply(request, this.#scriptFor(request), response, closing.signal);
      response.once('close', () => {
        if (response.writableFinished) request.answeredAtMs = Date.now();
        else if (!reply.wasCut && !this.#closed) request.closedByClientAtMs = Date.now();
      });
      await this.#answer(reply);
    } catch (error) {
      // What closed the connection is known; anything else is a fault of the script, told in the test's output.
      if (!closing.signal.aborted && message.complete) console.error('openai test server:', error);
      response.destroy();
    } finally {
      await over;
      this.#busy.delete(message.socket);
    }
  }

  async #answer(reply: Reply): Promise<void> {
    const { request, script } = reply;
    const route = ENDPOINTS[request.path];
    if (script.hangBeforeHeaders) return reply.hang();
    await reply.wait(script.headersMs);
    if (script.status !== undefined)
      return reply.json(script.body ?? apiError(`scripted status ${script.status}`), script.status);
    if (!route) return reply.json(apiError(`there is no ${request.path}`), 404);
    if (route.method !== request.method) return reply.json(apiError(`${request.path} takes ${route.method}`), 405);
    if (this.#apiKey !== undefined && request.authorization !== `Bearer ${this.#apiKey}`)
      return reply.json(apiError(`Incorrect API key provided: ${request.authorization ?? 'none'}`), 401);
    await route.answer(reply);
  }
}

export async function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  const server = new ScriptedServer(options);
  await server.listen(options.port ?? 0);
  return server;
}
