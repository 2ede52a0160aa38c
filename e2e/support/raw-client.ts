import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP connection on which anything may be said, for tests of what a well-behaved client never does. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  /** All that came back. */
  received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    // That a server hangs up is what these tests are about.
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
  }

  static async open(origin: string): Promise<RawClient> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Many at once. */
  static async openAll(origin: string, count: number): Promise<RawClient[]> {
    return await Promise.all(Array.from({ length: count }, () => RawClient.open(origin)));
  }

  say(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  get status(): number | undefined {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  /** Milliseconds until the server hangs up; undefined when it does not within the limit. */
  async closedWithin(limitMs: number): Promise<number | undefined> {
    const startMs = performance.now();
    if (this.socket.closed) return 0;
    const limit = new AbortController();
    const closed = once(this.socket, 'close', { signal: limit.signal }).then(() => performance.now() - startMs);
    const late = sleep(limitMs, undefined, { signal: limit.signal });
    return await Promise.race([closed, late]).finally(() => limit.abort());
  }

  /** The status of the first answer, once it is here. */
  async answered(limitMs = 5_000): Promise<number | undefined> {
    const deadlineMs = performance.now() + limitMs;
    while (this.status === undefined && !this.socket.closed && performance.now() < deadlineMs) await sleep(10);
    return this.status;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
