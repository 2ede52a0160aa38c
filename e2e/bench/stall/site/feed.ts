import type { ServerResponse } from 'node:http';

/** Server-sent events to every page that follows. */
export class Feed {
  readonly #open = new Set<ServerResponse>();

  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  send(event: string, data: object): void {
    for (const response of this.#open) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
