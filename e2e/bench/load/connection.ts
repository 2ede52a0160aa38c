import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Reply = { readonly status: number; readonly body: Buffer };

type Head = { readonly status: number; readonly bodyAt: number; readonly sizeBytes: number };

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('\r\nContent-Length: ');
const STATUS_AT = 9;

/**
 * One keep-alive connection that asks for one thing at a time, and understands of HTTP/1.1 what our media plane says: a status and a
 * Content-Length. node:http's client costs several times as much, and a crowd of viewers is to load the server, not the machine.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #head: Head | undefined;
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open(origin: string): Promise<Connection> {
    const { hostname, port, host } = new URL(origin);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket, host);
  }

  /** @throws {Error} when the connection fails. */
  get(path: string): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#waiting) return Promise.reject(new Error('one request at a time'));
    const answer = Promise.withResolvers<Reply>();
    this.#waiting = answer;
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nAccept-Encoding: gzip\r\n\r\n`);
    return answer.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    this.#head ??= headOf(this.#all());
    if (Number.isNaN(this.#head?.sizeBytes)) {
      this.#fail(new Error('an answer does not tell its length'));
      return;
    }
    if (this.#head === undefined || this.#receivedBytes < this.#head.bodyAt + this.#head.sizeBytes) return;
    const { status, bodyAt, sizeBytes } = this.#head;
    const body = this.#all().subarray(bodyAt, bodyAt + sizeBytes);
    const waiting = this.#waiting;
    [this.#received, this.#receivedBytes, this.#head, this.#waiting] = [[], 0, undefined, undefined];
    waiting?.resolve({ status, body });
  }

  #all(): Buffer {
    if (this.#received.length > 1) this.#received = [Buffer.concat(this.#received, this.#receivedBytes)];
    return this.#received[0] ?? HEAD_END;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

/** `undefined` while some of it is still to come. */
function headOf(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const lengthAt = bytes.indexOf(LENGTH);
  const hasLength = lengthAt >= 0 && lengthAt < end;
  const sizeBytes = hasLength
    ? Number.parseInt(bytes.toString('latin1', lengthAt + LENGTH.length, end), 10)
    : Number.NaN;
  return {
    status: Number(bytes.toString('latin1', STATUS_AT, STATUS_AT + 3)),
    bodyAt: end + HEAD_END.length,
    sizeBytes,
  };
}
