import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from './until.ts';

/** Ends only what would hang. */
const LIMIT_MS = 60_000;

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

  /** Waits until the server hangs up. @throws when it does not. */
  async closed(): Promise<void> {
    await until('the server hangs up', () => this.socket.closed, LIMIT_MS);
  }

  /** The status of the first answer, once it is here; `undefined` when the server hangs up without. @throws when neither comes. */
  async answered(): Promise<number | undefined> {
    await until('an answer', () => this.status !== undefined || this.socket.closed, LIMIT_MS);
    return this.status;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
