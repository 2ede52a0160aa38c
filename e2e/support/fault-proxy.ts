import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What becomes of a request: passed on, answered with a status, never answered, broken off, or answered with as many zeros. */
export type Fault = 'pass' | 'hang' | 'reset' | 'zeros' | number;

export type FaultProxy = AsyncDisposable & {
  readonly origin: string;
  /** Requests so far, by their path and query. */
  readonly requests: readonly string[];
  /** Decides for each request; passes all until it is set. */
  fault: (url: string) => Fault;
  /** The cable is pulled: what is open is cut, and nobody can connect. */
  cut(): Promise<void>;
  /** It is plugged in again. */
  mend(): Promise<void>;
};

const MAX_REQUESTS = 50_000;

/** Stands between a browser and a server, and does to their traffic what networks and proxies do. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const requests: string[] = [];

  const forward = (request: IncomingMessage, response: ServerResponse, zeros: boolean): void => {
    const { method, url, headers } = request;
    const upstream = httpRequest({ hostname, port: targetPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (bytes: Buffer) => response.write(zeros ? Buffer.alloc(bytes.byteLength) : bytes));
      answer.on('end', () => response.end());
      answer.on('error', () => response.destroy());
    });
    // As a proxy answers whose server is away.
    upstream.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  };

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    requests.splice(0, requests.length - MAX_REQUESTS);
    const fault = proxy.fault(request.url ?? '');
    if (fault === 'reset') request.socket.resetAndDestroy();
    else if (typeof fault === 'number') response.writeHead(fault, { 'access-control-allow-origin': '*' }).end();
    else if (fault !== 'hang') forward(request, response, fault === 'zeros');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const proxy: FaultProxy = {
    origin: `http://127.0.0.1:${port}`,
    requests,
    fault: () => 'pass',
    cut,
    mend: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (server.listening) await cut();
    },
  };
  return proxy;
}
