import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpLimits } from './limits.ts';

/**
 * One answer at a time on each connection. A request that a client sends ahead (HTTP pipelining, RFC 9112 9.3.2) is looked at when the
 * answers before it are sent: until then it opens no file, subscribes to nothing and holds no bytes but its own headers.
 */
export class AnswerTurns {
  readonly #limits: Pick<HttpLimits, 'askedAhead' | 'askedAheadInAll'>;
  readonly #waiting = new WeakMap<Socket, { count: number }>();
  #inAll = 0;

  constructor(limits: Pick<HttpLimits, 'askedAhead' | 'askedAheadInAll'>) {
    this.#limits = limits;
  }

  /** Requests that wait behind another one on their connection. */
  get waiting(): number {
    return this.#inAll;
  }

  /** Calls `answer` now, or when the connection's earlier answers are sent. A client that asks too far ahead is disconnected. */
  take(req: IncomingMessage, res: ServerResponse, answer: () => void): void {
    // Node gives a response its socket when the one before it on the connection is finished.
    if (res.socket !== null) {
      answer();
      return;
    }
    const { socket } = req;
    const waiting = this.#waiting.get(socket) ?? this.#watch(socket);
    if (this.#isTooMany(waiting.count)) {
      socket.destroy();
      return;
    }
    this.#change(waiting, 1);
    res.once('socket', () => {
      this.#change(waiting, -1);
      // Node is still busy handing the socket over.
      process.nextTick(() => {
        if (!socket.destroyed) answer();
      });
    });
  }

  /** One may wait on each connection, always: its client has the whole answer sooner than we know that it is sent. */
  #isTooMany(count: number): boolean {
    const { askedAhead, askedAheadInAll } = this.#limits;
    return count >= askedAhead || (count > 0 && this.#inAll >= askedAheadInAll);
  }

  #change(waiting: { count: number }, by: number): void {
    waiting.count += by;
    this.#inAll += by;
  }

  #watch(socket: Socket): { count: number } {
    const waiting = { count: 0 };
    this.#waiting.set(socket, waiting);
    socket.once('close', () => this.#change(waiting, -waiting.count));
    return waiting;
  }
}
