import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One job as the service saw it; times are `Date.now()`. */
export type FaceJob = {
  readonly text: string;
  readonly startedAtMs: number;
  /** The client closed the connection without an answer. */
  closedByClientAtMs?: number;
};

export type BrokenFace = AsyncDisposable & { readonly url: string; readonly jobs: readonly FaceJob[] };

async function textOf(message: IncomingMessage): Promise<string> {
  return /name="text"\r\n\r\n([^\r]*)/.exec(await text(message))?.[1] ?? '';
}

/** An avatar service that has no pictures for anybody: it answers 500, or, to a text with 'hang' in it, never. */
export async function startBrokenFace(): Promise<BrokenFace> {
  const jobs: FaceJob[] = [];
  const http = createServer(async (message, response) => {
    const job: FaceJob = { text: await textOf(message), startedAtMs: Date.now() };
    jobs.push(job);
    response.once('close', () => {
      if (!response.writableFinished) job.closedByClientAtMs = Date.now();
    });
    if (!job.text.includes('hang')) response.writeHead(500).end('out of memory');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/clips`,
    jobs,
    async [Symbol.asyncDispose]() {
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}
