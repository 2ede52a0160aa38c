import { Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, request as send } from 'node:http';
import { createGzip } from 'node:zlib';

/** What nginx compresses in a usual configuration; our server compresses its playlists itself. */
const COMPRESSED = /^(text\/(html|css|javascript)|application\/(javascript|json)|image\/svg\+xml)/;

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
      if (isToBeCompressed(request, answer)) passCompressed(answer, response);
      else passAsItIs(answer, response);
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

function isToBeCompressed(request: IncomingMessage, { statusCode, headers }: IncomingMessage): boolean {
  const isWanted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const isText = COMPRESSED.test(headers['content-type'] ?? '');
  return isWanted && isText && statusCode === 200 && headers['content-encoding'] === undefined;
}

function passCompressed(answer: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': _, 'accept-ranges': __, etag, ...rest } = answer.headers;
  const headers: OutgoingHttpHeaders = { ...rest, 'content-encoding': 'gzip', vary: 'Accept-Encoding' };
  if (etag !== undefined) headers.etag = etag.startsWith('W/') ? etag : `W/${etag}`;
  response.writeHead(200, headers);
  answer.once('error', () => response.destroy());
  answer.pipe(createGzip()).pipe(response);
}

function passAsItIs(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  // Playlists that wait answer late: what there is of the head must not wait with the body.
  response.flushHeaders();
  answer.once('error', () => response.destroy());
  answer.pipe(response);
}
