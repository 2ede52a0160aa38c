import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { commaList } from '../lib/comma-list.ts';
import { Access, type AccessSettings, OPEN_ACCESS } from './access/access.ts';
import { AllowedOrigins } from './access/allowed-origins.ts';
import { HostGate } from './access/host-gate.ts';
import { KnownHosts } from './access/known-hosts.ts';
import { OriginGuard } from './access/origin-guard.ts';
import { AnswerTurns } from './answer-turns.ts';
import { type ApiOptions, createApi } from './api.ts';
import { watchBodyProgress } from './body-progress.ts';
import { BodySender } from './body-sender.ts';
import { answerClientError } from './client-error.ts';
import { MAX_REPORTS_BYTES } from './cmcd-reports.ts';
import { ConnectionLimits } from './connection-limits.ts';
import { EarlyPort } from './early-port.ts';
import { sendProblem } from './errors-to-problems.ts';
import { EventStreams } from './event-streams.ts';
import { hasBody } from './json-body.ts';
import { DEFAULT_LIMITS, type HttpLimits } from './limits.ts';
import { MediaPlane } from './media-plane.ts';
import { type Problem, problem, refusalOf } from './problem.ts';

type Made = 'streams' | 'limits' | 'access' | 'origins' | 'hosts' | 'pages' | 'sender';

export type HttpServerOptions = Omit<ApiOptions, Made> & {
  /** Default: whoever reaches the server may do everything. */
  readonly access?: AccessSettings | undefined;
  /** Names of this server, beside those of the loopback and PUBLIC_URL. */
  readonly hosts?: { readonly allowed?: string | undefined; readonly address?: string | undefined } | undefined;
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
const UNKNOWN_EXPECTATION = problem('REQUEST_INVALID', 'the only expectation that is met is 100-continue', 417);

/** The HTTP server: `/live/` from memory first, everything else through express. */
export class HttpServer {
  readonly #server: Server;
  readonly #limits: HttpLimits;
  readonly #monitor: HttpServerOptions['monitor'];
  readonly #logger: HttpServerOptions['logger'];
  readonly #hosts: HostGate;
  readonly #media: MediaPlane;
  readonly #streams: EventStreams;
  readonly #api: ReturnType<typeof createApi>;
  /** The answer that is due on each connection. */
  readonly #answers = new WeakMap<object, ServerResponse>();
  /** Connections that were there before the server was. */
  readonly #adopted = new Set<Socket>();
  readonly #turns: AnswerTurns;
  readonly #sender = new BodySender();
  readonly #connections: ConnectionLimits;
  readonly #keepUp: (() => void) | undefined;
  #saidFull = false;
  #saidProxy = false;
  #closed: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#monitor = options.monitor;
    this.#logger = options.logger;
    this.#keepUp = options.keepUp;
    const now = options.now ?? Date.now;
    const access = new Access({ ...OPEN_ACCESS, ...options.access, now, limits: this.#limits });
    const settings = { ...DEFAULT_ORIGINS, ...options.origins };
    const origins = {
      media: new AllowedOrigins(settings.media),
      api: new AllowedOrigins(settings.api),
      embed: new AllowedOrigins(settings.embed),
    };
    this.#turns = new AnswerTurns(this.#limits);
    this.#connections = new ConnectionLimits(this.#limits);
    this.#hosts = new HostGate({
      known: new KnownHosts({ ...options.hosts, publicUrl: options.publicUrl }),
      // A key is nothing that a page of another name could bring.
      isStrict: !access.keys.required || commaList(options.hosts?.allowed).length > 0,
      trusts: this.#limits.trusts,
      logger: options.logger,
    });
    this.#streams = new EventStreams(this.#limits);
    const pages = new OriginGuard({ hosts: this.#hosts, publicUrl: options.publicUrl });
    const made = { access, limits: this.#limits, now, sender: this.#sender, pages, hosts: this.#hosts };
    this.#media = new MediaPlane({ ...options, ...made, origins: origins.media });
    this.#api = createApi({ ...options, ...made, origins, streams: this.#streams });
    this.#server = this.#create();
  }

  /** What is open now, for tests and metrics. */
  get load(): { heldRequests: number; eventStreams: number } {
    return { heldRequests: this.#media.held, eventStreams: this.#streams.open };
  }

  /** What clients that do not take their answers keep here, for tests. */
  get backlog(): { askedAhead: number; fileReaders: number } {
    return { askedAhead: this.#turns.waiting, fileReaders: this.#sender.fileReaders };
  }

  /** Answers on a port that is listened on already. */
  async take(port: EarlyPort): Promise<void> {
    for (const socket of await port.handOver(this.#server)) {
      this.#adopted.add(socket);
      socket.once('close', () => this.#adopted.delete(socket));
    }
  }

  /** @throws The error of the socket, for example `EADDRINUSE`. */
  async listen(port: number, host: string): Promise<{ port: number }> {
    const early = await EarlyPort.open(port, host);
    await this.take(early);
    return { port: early.number };
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
      // The host gate says more than Node, and in turn.
      requireHostHeader: false,
    });
    server.maxConnections = this.#limits.connections;
    server.on('connection', (socket: Socket) => this.#connections.admit(socket));
    server.on('drop', () => this.#noteFull());
    server.on('request', (req, res) => this.#turns.take(req, res, () => this.#handle(req, res)));
    server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) =>
      this.#turns.take(req, res, () => {
        this.#handle(req, res, () => this.#expectBody(req, res));
      }),
    );
    // Node would answer by itself, whosever turn it is.
    server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) =>
      this.#turns.take(req, res, () => this.#refuse(req, res, UNKNOWN_EXPECTATION)),
    );
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

  /** Answering 100 only to what will be read spares a client the upload that 413 would refuse. */
  #expectBody(req: IncomingMessage, res: ServerResponse): void {
    const limitBytes = bodyLimit(req.url ?? '', this.#limits);
    if (Number(req.headers['content-length'] ?? 0) <= limitBytes) res.writeContinue();
    else res.setHeader('Connection', 'close');
  }

  /** @param expectBody - Called before anything reads a body that the client holds back. */
  #handle(req: IncomingMessage, res: ServerResponse, expectBody = (): void => undefined): void {
    this.#keepUp?.();
    this.#answers.set(req.socket, res);
    if (!this.#saidProxy && req.headers['x-forwarded-for'] !== undefined) this.#noteProxy();
    if (this.#closed !== undefined) res.setHeader('Connection', 'close');
    const refusal = this.#hosts.refusal(req);
    if (refusal !== undefined) {
      this.#refuse(req, res, refusal);
      return;
    }
    expectBody();
    if (this.#media.handle(req, res)) return;
    const plane = req.url?.startsWith('/v1/') ? 'api' : 'other';
    res.once('close', () => {
      if (res.headersSent) this.#monitor.answered(plane, res.statusCode, refusalOf(res));
    });
    if (hasBody(req)) watchBodyProgress(req, res, this.#limits);
    this.#api(req, res);
  }

  #refuse(req: IncomingMessage, res: ServerResponse, told: Problem): void {
    sendProblem(req, res, told);
    this.#monitor.answered('other', told.status, told.code);
  }

  /** All who come through a proxy that nobody named are one client to us, and share its limits. */
  #noteProxy(): void {
    this.#saidProxy = true;
    if (this.#limits.trusts !== undefined) return;
    this.#logger.warn(
      'requests come through a proxy (X-Forwarded-For) that TRUST_PROXY does not name: limits count it',
    );
  }

  /** Said once: when it is so, it is so thousands of times. */
  #noteFull(): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    this.#logger.warn({ connections: this.#limits.connections }, 'all connections are taken: further ones are closed');
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
    await Promise.all([...this.#adopted].map(closed));
    clearInterval(idle);
    clearTimeout(deadline);
  }
}

function bodyLimit(url: string, limits: HttpLimits): number {
  if (url.startsWith('/live/')) return MAX_REPORTS_BYTES;
  return /\/turns\/?(\?|$)/i.test(url) ? limits.recordingBytes : limits.uploadBytes;
}

function isAnswering(res: ServerResponse | undefined): boolean {
  return res?.headersSent === true && !res.writableFinished;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  return new HttpServer(options);
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}
