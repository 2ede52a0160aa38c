import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { linesOf } from './program.ts';

const CONNECT_LIMIT_MS = 10_000;
const RETRY_MS = 20;
/** mpv answers at once, or is gone. */
const ANSWER_LIMIT_MS = 3_000;

type Message = {
  readonly event?: string;
  readonly name?: string;
  readonly data?: unknown;
  readonly request_id?: number;
};

/** mpv's JSON IPC: one JSON object a line, both ways. */
export class MpvConnection implements Disposable {
  readonly #socket: Socket;
  readonly #answers = new Map<number, (data: unknown) => void>();
  readonly #observers = new Map<string, (data: unknown) => void>();
  #requests = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    // Who still waits for an answer gets none.
    socket.once('close', () => {
      for (const answer of this.#answers.values()) answer(undefined);
    });
    linesOf(socket).on('line', (line) => this.#take(JSON.parse(line) as Message));
  }

  /**
   * Connects as soon as mpv listens.
   * @returns `undefined` when it does not, for it could not be started, or the signal aborted.
   */
  static async open(path: string, signal: AbortSignal): Promise<MpvConnection | undefined> {
    const deadlineMs = performance.now() + CONNECT_LIMIT_MS;
    while (performance.now() < deadlineMs && !signal.aborted) {
      const socket = connect(path);
      const connected = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      if (connected) return new MpvConnection(socket);
      socket.destroy();
      await sleep(RETRY_MS);
    }
    return undefined;
  }

  #take({ event, name, data, request_id }: Message): void {
    if (event === 'property-change') this.#observers.get(name ?? '')?.(data);
    if (request_id === undefined) return;
    this.#answers.get(request_id)?.(data);
    this.#answers.delete(request_id);
  }

  #send(command: readonly unknown[], requestId: number): void {
    this.#socket.write(`${JSON.stringify({ command, request_id: requestId })}\n`);
  }

  /** Calls `listener` with the value of a property now and whenever it changes. */
  observe(property: string, listener: (data: unknown) => void): void {
    this.#observers.set(property, listener);
    const id = ++this.#requests;
    this.#send(['observe_property', id, property], id);
  }

  /** The value of a property; `undefined` when mpv has none, or is gone. */
  async get(property: string): Promise<unknown> {
    if (this.#socket.destroyed) return undefined;
    const id = ++this.#requests;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#answers.set(id, resolve);
    this.#send(['get_property', property], id);
    const limit = setTimeout(() => resolve(undefined), ANSWER_LIMIT_MS);
    return await promise.finally(() => clearTimeout(limit));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
