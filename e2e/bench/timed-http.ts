import { Agent, request } from 'node:http';

/** Wall clock in ms since 1970, finer than `Date.now()`. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

export type TimedAnswer = {
  readonly status: number;
  readonly body: Buffer;
  /** When the first byte of the request left. */
  readonly sentMs: number;
  /** When the head of the answer was here. */
  readonly answeredMs: number;
  /** When all of the answer was here. */
  readonly fetchedMs: number;
};

export type TimedRequest = {
  readonly method?: string;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

// Node's own client, kept alive: `fetch` adds milliseconds of its own to each figure.
const agent = new Agent({ keepAlive: true });

/** Asks for `url` and notes the wall clock of each stage. Any status is an answer. */
export function timedRequest(url: string, options: TimedRequest = {}): Promise<TimedAnswer> {
  const { method = 'GET', body, headers = {}, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<TimedAnswer>();
  const length = body === undefined ? {} : { 'content-length': `${body.byteLength}` };
  const asked = request(url, { method, agent, headers: { ...headers, ...length }, ...(signal && { signal }) });
  const sentMs = wallMs();
  asked.once('error', reject).once('response', (response) => {
    const answeredMs = wallMs();
    const chunks: Buffer[] = [];
    response
      .on('data', (bytes: Buffer) => chunks.push(bytes))
      .once('error', reject)
      .once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks),
          sentMs,
          answeredMs,
          fetchedMs: wallMs(),
        }),
      );
  });
  asked.end(body);
  return promise;
}

/** As `timedRequest`; an answer other than 2xx is an error with its text in it. */
export async function timedSuccess(url: string, options: TimedRequest = {}): Promise<TimedAnswer> {
  const answer = await timedRequest(url, options);
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`${options.method ?? 'GET'} ${url}: ${answer.status} ${answer.body.toString()}`);
  return answer;
}

/**
 * Pushes media as one chunk.
 *
 * @param query - Such as `?turn=1&index=0`.
 */
export async function pushTimed(
  origin: string,
  sessionId: string,
  media: Buffer,
  query = '',
): Promise<TimedAnswer & { id: string }> {
  const answer = await timedSuccess(`${origin}/v1/sessions/${sessionId}/chunks${query}`, {
    method: 'POST',
    body: media,
    headers: { 'content-type': 'application/octet-stream' },
  });
  const { chunk } = JSON.parse(answer.body.toString()) as { chunk: { id: string } };
  return { ...answer, id: chunk.id };
}

/** Closes the connections that are kept for later: a server that is stopped waits for none of them. */
export function closeConnections(): void {
  agent.destroy();
}
