import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/** Passes requests on to our server, as the web server of a site does. */
export class ReverseProxy {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(origin: string) {
    this.#target = new URL(origin);
  }

  pass(request: IncomingMessage, response: ServerResponse): void {
    const { hostname, port } = this.#target;
    const passed = send({
      ...{ hostname, port, agent: this.#agent, path: request.url, method: request.method },
      headers: request.headers,
    });
    passed.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // Playlists that wait answer late: what there is of the head must not wait with the body.
      response.flushHeaders();
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    passed.once('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    // The browser has given up.
    response.once('close', () => passed.destroy());
    request.pipe(passed);
  }

  close(): void {
    this.#agent.destroy();
  }
}
