import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Clients that come before the server is up; more are turned away, and come again. */
const MAX_WAITING = 1_000;

/**
 * A port that is listened on before there is a server to answer: who starts a second server is told so before that one does anything, and
 * players that come back while a server is started wait for the answer in place of being refused.
 */
export class EarlyPort implements AsyncDisposable {
  readonly #listener: Server;
  /** With what forgets each when it leaves. */
  readonly #waiting = new Map<Socket, () => void>();
  #isHandedOver = false;

  private constructor() {
    this.#listener = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => this.#hold(socket));
  }

  /** @throws The error of the socket, for example `EADDRINUSE`. */
  static async open(port: number, host: string): Promise<EarlyPort> {
    const early = new EarlyPort();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    early.#listener.once('error', reject).listen(port, host, resolve);
    await promise;
    return early;
  }

  get number(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /**
   * From now on `server` answers, those who wait first.
   *
   * @returns their connections: a server that closes waits only for those it accepted itself.
   */
  async handOver(server: HttpServer): Promise<readonly Socket[]> {
    this.#isHandedOver = true;
    // Node takes whatever has a handle that is bound already, and looks after connections (idle ones, slow headers) once it listens.
    await new Promise<void>((resolve) => {
      server.listen(this.#listener, resolve);
    });
    for (const [socket, forget] of this.#waiting) {
      socket.off('close', forget).off('error', ignore);
      socket.setNoDelay(true);
      server.emit('connection', socket);
      socket.resume();
    }
    const sockets = [...this.#waiting.keys()];
    this.#waiting.clear();
    return sockets;
  }

  /** Turns away who waits; nothing once it is handed over. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isHandedOver) return;
    const closed = Promise.withResolvers<void>();
    this.#listener.close(() => closed.resolve());
    for (const socket of this.#waiting.keys()) socket.destroy();
    await closed.promise;
  }

  #hold(socket: Socket): void {
    if (this.#waiting.size >= MAX_WAITING) {
      socket.destroy();
      return;
    }
    const forget = (): void => void this.#waiting.delete(socket);
    this.#waiting.set(socket, forget);
    socket.on('close', forget).on('error', ignore);
  }
}

function ignore(): void {
  // A client that leaves is no fault.
}
