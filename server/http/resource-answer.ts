import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../errors.ts';
import type { MediaResource } from '../session/types.ts';
import type { BodySender } from './body-sender.ts';
import { type Answer, answerProblem, CORS_HEADERS } from './live-answers.ts';
import { problem } from './problem.ts';
import { sendRepresentation } from './representation.ts';

const HEADERS = [...CORS_HEADERS, 'Cache-Control', 'public, max-age=31536000, immutable'];

export const NO_RESOURCE = answerProblem(problem('NOT_FOUND', 'no such media'));

/** Sends a resource, or the part of it a Range asks for. @param fail - Answers what goes wrong on the way. */
export function answerResource(
  resource: MediaResource,
  sender: BodySender,
  fail: (error: unknown, req: IncomingMessage, res: ServerResponse) => void,
): Answer {
  return (req, res) => {
    const failed = (error: unknown): void =>
      fail(isAbsent(error) ? new StreamError('NOT_FOUND', 'no such media', { cause: error }) : error, req, res);
    try {
      sendRepresentation(req, res, { ...resource, headers: HEADERS }, { sender })?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** Its session was deleted in the meantime. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
