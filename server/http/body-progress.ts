import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpLimits } from './limits.ts';
import { noteRefusal, PROBLEM_CONTENT_TYPE, problem } from './problem.ts';

/** How long the answer has to reach a client that sends on. */
const LINGER_MS = 500;

/**
 * Ends requests whose body trickles: an upload may take long, but must go on. Counts the bytes of the connection, so that it reads
 * nothing itself; a body that waits for us, its buffer full, is not the client's fault.
 */
export function watchBodyProgress(
  req: IncomingMessage,
  res: ServerResponse,
  { bodyProgressMs, bodyProgressBytes }: Pick<HttpLimits, 'bodyProgressMs' | 'bodyProgressBytes'>,
): void {
  let seenBytes = req.socket.bytesRead;
  const timer = setInterval(() => {
    if (req.complete) {
      clearInterval(timer);
      return;
    }
    const gainedBytes = req.socket.bytesRead - seenBytes;
    seenBytes = req.socket.bytesRead;
    if (gainedBytes >= bodyProgressBytes || req.readableLength >= req.readableHighWaterMark) return;
    clearInterval(timer);
    endWithTimeout(
      req,
      res,
      `a body must bring ${bodyProgressBytes} bytes in ${bodyProgressMs} ms, got ${gainedBytes}`,
    );
  }, bodyProgressMs);
  const stop = (): void => clearInterval(timer);
  res.once('close', stop);
  req.once('end', stop);
}

function endWithTimeout(req: IncomingMessage, res: ServerResponse, detail: string): void {
  if (res.headersSent) {
    req.destroy();
    return;
  }
  noteRefusal(res, 'REQUEST_TIMEOUT');
  const body = JSON.stringify(problem('REQUEST_TIMEOUT', detail));
  res.writeHead(408, {
    'Content-Type': PROBLEM_CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  res.end(body, () => {
    // What still comes is taken for a moment: a connection that is cut with bytes unread takes the answer with it (RFC 9112 9.6).
    req.socket.end();
    const cut = setTimeout(() => req.destroy(), LINGER_MS);
    req.socket.once('close', () => clearTimeout(cut));
  });
}
