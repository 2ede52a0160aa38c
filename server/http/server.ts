import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Access, type AccessOptions, OPEN_ACCESS } from './access/access.ts';
import { AllowedOrigins } from './access/allowed-origins.ts';
import { type ApiOptions, createApi } from './api.ts';
import { watchBodyProgress } from './body-progress.ts';
import { isLoopback, Tally } from './client-address.ts';
import { answerClientError } from './client-error.ts';
import { MAX_REPORTS_BYTES } from './cmcd-reports.ts';
import { EventStreams } from './event-streams.ts';
import { hasBody } from './json-body.ts';
import { DEFAULT_LIMITS, type HttpLimits } from './limits.ts';
import { MediaPlane } from './media-plane.ts';
import { refusalOf } from './problem.ts';

export type HttpServerOptions = Omit<ApiOptions, 'streams' | 'limits' | 'access' | 'origins'> & {
  /** Default: whoever reaches the server may do everything. */
  readonly access?: Omit<AccessOptions, 'now'> | undefined;
  /** Pages of which origins may do what; default: those of `DEFAULT_ORIGINS`. */
  readonly origins?: Partial<OriginSettings> | undefined;
  /** Those that differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<HttpLimits> | undefined;
  /** Wall clock in milliseconds, for tests. */
  readonly now?: () => number;
  /** Does what is due by now. Called with each request: thousands of them at once keep the event loop from its timers. */
  readonly keepUp?: () => void;
};

export type OriginSettings = {
  /** Pages that may read media and events, and load the player. */
  readonly media: string;
  /** Pages that may call the API. */
  readonly api: string;
  /** Pages that may show `/embed` in a frame. */
  readonly embed: string;
};

const DEFAULT_ORIGINS: OriginSettings = { media: '*', api: '', embed: '*' };

/** Milliseconds between two looks for connections that nobody uses, while closing. */
const IDLE_CHECK_MS = 50;

/** Slow headers are cut after 10 s; Node looks every 2 s. */
const HEADER_TIMEOUTS = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 };
const MAX_HEADER_BYTES = 16 * 1024;

/** The HTTP server: `/live/` from memory first, everything else through express. */
export class HttpServer {
  readonly #server: Server;
  readonly #limits: HttpLimits;
  readonly #monitor: HttpServerOptions['monitor'];
  readonly #media: MediaPlane;
  readonly #streams: EventStreams;
  readonly #api: ReturnType<typeof createApi>;
  /** The answer that is due on each connection. */
  readonly #answers = new WeakMap<object, ServerResponse>();
  /** Answers that are due on each connection, but for media. */
  readonly #askedAhead = new WeakMap<Socket, number>();
  readonly #connections = new Tally();
  readonly #keepUp: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#monitor = options.monitor;
    this.#keepUp = options.keepUp;
    const now = options.now ?? Date.now;
    const access = new Access({ ...OPEN_ACCESS, ...options.access, now });
    const settings = { ...DEFAULT_ORIGINS, ...options.origins };
    const origins = {
      media: new AllowedOrigins(settings.media),
      api: new AllowedOrigins(settings.api),
      embed: new AllowedOrigins(settings.embed),
    };
    this.#media = new MediaPlane({ ...options, access, origins: origins.media, limits: this.#limits, now });
    this.#streams = new EventStreams(this.#limits);
    this.#api = createApi({ ...options, access, origins, limits: this.#limits, streams: this.#streams });
    this.#server = this.#create();
  }

  /** What is open now, for tests and metrics. */
  get load(): { heldRequests: number; eventStreams: number } {
    return { heldRequests: this.#media.held, eventStreams: this.#streams.open };
  }

  /** @throws The error of the socket, for example `EADDRINUSE`. */
  listen(port: number, host: string): Promise<{ port: number }> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve({ port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  /** Answers all who wait, lets what is under way finish, and cuts what is left after a grace. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #create(): Server {
    const server = createServer({
      ...HEADER_TIMEOUTS,
      keepAliveTimeout: this.#limits.keepAliveMs,
      requestTimeout: this.#limits.requestMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
      // Most requests have no body: without a stream for it each costs a tenth less.
      optimizeEmptyRequests: true,
    });
    server.maxConnections = this.#limits.connections;
    server.on('connection', (socket: Socket) => this.#limitConnections(socket));
    server.on('request', (req, res) => this.#handle(req, res));
    // Answering 100 only to what will be read spares a client the upload that 413 would refuse.
    server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
      if (Number(req.headers['content-length'] ?? 0) <= this.#bodyLimit(req.url ?? '')) res.writeContinue();
      else res.setHeader('Connection', 'close');
      this.#handle(req, res);
    });
    server.on('clientError', (error: Error, socket: Socket) => {
      const told = answerClientError(error, socket, isAnswering(this.#answers.get(socket)));
      if (told) this.#monitor.answered('other', told.status, told.code);
    });
    // No activity: the client reads nothing of what waits for it, or the connection is unused (Node leaves that to us, too, when there
    // is a listener). A request that waits for its answer has nothing to write, and stays.
    server.setTimeout(this.#limits.stuckReaderMs, (socket) => {
      const due = this.#answers.get(socket);
      if (socket.writableLength > 0 || due === undefined || due.writableFinished) socket.destroy();
    });
    return server;
  }

  /** Of one machine: who opens all there may be locks everyone else out. A proxy that is trusted stands for many. */
  #limitConnections(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    if (isLoopback(address) || this.#limits.trusts?.(address, 0)) return;
    if (this.#connections.of(address) >= this.#limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    this.#connections.add(address);
    socket.once('close', () => this.#connections.remove(address));
  }

  #bodyLimit(url: string): number {
    if (url.startsWith('/live/')) return MAX_REPORTS_BYTES;
    return /\/turns\/?(\?|$)/i.test(url) ? this.#limits.recordingBytes : this.#limits.uploadBytes;
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    this.#keepUp?.();
    this.#answers.set(req.socket, res);
    if (this.#closed !== undefined) res.setHeader('Connection', 'close');
    if (this.#media.handle(req, res)) return;
    if (!this.#mayAsk(req.socket)) return;
    const plane = req.url?.startsWith('/v1/') ? 'api' : 'other';
    res.once('close', () => {
      this.#askedAhead.set(req.socket, (this.#askedAhead.get(req.socket) ?? 1) - 1);
      if (res.headersSent) this.#monitor.answered(plane, res.statusCode, refusalOf(res));
    });
    if (hasBody(req)) watchBodyProgress(req, res, this.#limits);
    this.#api(req, res);
  }

  /** False, and the connection is cut, for who asks for more than he reads. */
  #mayAsk(socket: Socket): boolean {
    const asked = this.#askedAhead.get(socket) ?? 0;
    if (asked >= this.#limits.askedAhead) {
      socket.destroy();
      return false;
    }
    this.#askedAhead.set(socket, asked + 1);
    return true;
  }

  async #close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      // The only error there can be: it was not listening.
      this.#server.close(() => resolve());
    });
    this.#media.close();
    this.#streams.close();
    const idle = setInterval(() => this.#server.closeIdleConnections(), IDLE_CHECK_MS);
    const deadline = setTimeout(() => this.#server.closeAllConnections(), this.#limits.closeGraceMs);
    await stopped;
    clearInterval(idle);
    clearTimeout(deadline);
  }
}

function isAnswering(res: ServerResponse | undefined): boolean {
  return res?.headersSent === true && !res.writableFinished;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new HttpServer(options);
}
