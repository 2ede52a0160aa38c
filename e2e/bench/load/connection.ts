import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Reply = { readonly status: number; readonly body: Buffer };

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection that asks for one thing at a time: HTTP/1.1 with Content-Length, or in chunks. node:http's client costs
 * several times as much, and a crowd of viewers is to load the server, not the machine.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer = Buffer.alloc(0);
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
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const whole = bodyOf(head, this.#received.subarray(headEnd + HEAD_END.length));
    if (whole === undefined) return;
    const { body, sizeBytes } = whole;
    this.#received = this.#received.subarray(headEnd + HEAD_END.length + sizeBytes);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

/** `undefined` while some of it is still to come. */
function bodyOf(head: string, bytes: Buffer): { body: Buffer; sizeBytes: number } | undefined {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    const sizeBytes = Number(length);
    return bytes.length < sizeBytes ? undefined : { body: bytes.subarray(0, sizeBytes), sizeBytes };
  }
  return /^transfer-encoding: *chunked/im.test(head) ? chunkedBody(bytes) : { body: Buffer.alloc(0), sizeBytes: 0 };
}

function chunkedBody(bytes: Buffer): { body: Buffer; sizeBytes: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { body: Buffer.concat(pieces), sizeBytes: end };
    pieces.push(bytes.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
