import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../errors.ts';
import { PROBLEM_CONTENT_TYPE, type Problem, problem } from './problem.ts';

/**
 * Answers what is no HTTP, or came too slowly, and closes the connection.
 *
 * @returns the answer's status and code; `undefined` when there was none.
 * @param answering - True while an answer is on its way on this connection: a second one would be read as its body.
 */
export function answerClientError(error: Error, socket: Socket, answering: boolean): Problem | undefined {
  if (!socket.writable || answering || codeOf(error) === 'ECONNRESET') {
    socket.destroy();
    return undefined;
  }
  const [code, detail] = tellOf(codeOf(error));
  const told = problem(code, detail);
  const body = JSON.stringify(told);
  const head = [
    `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  return told;
}

function tellOf(code: unknown): [ErrorCode, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return ['HEADERS_TOO_LARGE', 'the request headers are too large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['REQUEST_TIMEOUT', 'the request took too long to arrive'];
  return ['REQUEST_INVALID', 'the request is no valid HTTP/1.1'];
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}
