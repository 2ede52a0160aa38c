import { once } from 'node:events';

/** For a server that is started with it, so that its heap can be looked at. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

export type Heap = {
  /** Living objects of the main thread, in bytes. */
  readonly heapUsed: number;
  /** Buffers, in bytes; those of workers too. */
  readonly arrayBuffers: number;
};

type Answer = {
  readonly id: number;
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
};

/**
 * Collects a server's garbage and tells what is left.
 *
 * @param log - Of a server that was started with `INSPECTED`.
 */
export async function heapAfterCollection(log: readonly string[]): Promise<Heap> {
  const socket = await inspectorOf(log);
  try {
    // What finalizers let go of is garbage only then.
    for (const id of [1, 2]) await ask(socket, id, 'HeapProfiler.collectGarbage');
    return (await valueIn(socket, 3, 'process.memoryUsage()')) as Heap;
  } finally {
    socket.close();
  }
}

/** What keeps a server's event loop going, by name: sockets, timers, processes. @param log - Of a server that was started with `INSPECTED`. */
export async function activeResources(log: readonly string[]): Promise<readonly string[]> {
  return (await evaluate(log, 'process.getActiveResourcesInfo()')) as string[];
}

/** Keeps a server's event loop busy for so long. @param log - Of a server that was started with `INSPECTED`. */
export async function blockLoop(log: readonly string[], ms: number): Promise<void> {
  await evaluate(log, `for (const end = performance.now() + ${ms}; performance.now() < end; );`);
}

/** What an expression gives in a server's main thread. @throws {Error} when it throws. */
export async function evaluate(log: readonly string[], expression: string): Promise<unknown> {
  const socket = await inspectorOf(log);
  try {
    return await valueIn(socket, 1, expression);
  } finally {
    socket.close();
  }
}

async function valueIn(socket: WebSocket, id: number, expression: string): Promise<unknown> {
  const { result } = await ask(socket, id, 'Runtime.evaluate', { expression, returnByValue: true });
  if (result?.exceptionDetails !== undefined) throw new Error(`'${expression}': ${result.exceptionDetails.text}`);
  return result?.result?.value;
}

async function inspectorOf(log: readonly string[]): Promise<WebSocket> {
  const url = log.map((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  if (url === undefined) throw new Error('the server is not inspected');
  const socket = new WebSocket(url);
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, id: number, method: string, params: object = {}): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const onMessage = ({ data }: MessageEvent): void => {
    const answer = JSON.parse(`${data}`) as Answer;
    if (answer.id === id) resolve(answer);
  };
  socket.addEventListener('message', onMessage);
  socket.send(JSON.stringify({ id, method, params }));
  return await promise.finally(() => socket.removeEventListener('message', onMessage));
}
