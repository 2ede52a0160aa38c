import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../errors.ts';
import type { SessionHandle } from '../session/types.ts';
import { clientAddress, isLoopback, Tally } from './client-address.ts';
import { EventStream } from './event-stream.ts';
import type { HttpLimits } from './limits.ts';
import type { Audience } from './public-reason.ts';

/** All open event streams: their limits, one heartbeat for all, and their end. */
export class EventStreams {
  readonly #limits: HttpLimits;
  readonly #streams = new Map<EventStream, SessionHandle>();
  readonly #bySession = new Tally();
  readonly #byAddress = new Tally();
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  get open(): number {
    return this.#streams.size;
  }

  /**
   * Answers a request with the events of a session after `lastSeq`, as its audience may see them.
   *
   * @throws {StreamError} `CLIENT_LIMIT`, `SHUTTING_DOWN`.
   */
  follow(
    req: IncomingMessage,
    res: ServerResponse,
    session: SessionHandle,
    { lastSeq, audience }: { readonly lastSeq: number; readonly audience: Audience },
  ): void {
    if (this.#closed) throw new StreamError('SHUTTING_DOWN', 'the server is shutting down');
    const address = clientAddress(req, this.#limits.trusts);
    this.#checkLimits(session.id, address);
    this.#bySession.add(session.id);
    this.#byAddress.add(address);
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    const stream = new EventStream(res, session.events, lastSeq, audience);
    this.#streams.set(stream, session);
    res.once('close', () => {
      stream.drop();
      this.#streams.delete(stream);
      this.#bySession.remove(session.id);
      this.#byAddress.remove(address);
      if (this.#streams.size === 0) this.#stopTimer();
    });
    this.#timer ??= setInterval(() => this.#beat(), this.#limits.heartbeatMs);
  }

  /** Ends all of them; clients connect again by themselves. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams.keys()) stream.end();
    this.#stopTimer();
  }

  #checkLimits(sessionId: string, address: string): void {
    if (this.#bySession.of(sessionId) >= this.#limits.eventStreamsPerSession) {
      throw new StreamError(
        'CLIENT_LIMIT',
        `a session has at most ${this.#limits.eventStreamsPerSession} event streams`,
      );
    }
    const exempt = this.#limits.exemptLoopback && isLoopback(address);
    if (!exempt && this.#byAddress.of(address) >= this.#limits.eventStreamsPerAddress) {
      throw new StreamError(
        'CLIENT_LIMIT',
        `an address has at most ${this.#limits.eventStreamsPerAddress} event streams`,
      );
    }
  }

  #beat(): void {
    for (const [stream, session] of this.#streams) {
      // A deleted session tells nothing more.
      if (session.output.closed) stream.end();
      else if (!stream.beat()) stream.drop();
    }
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
