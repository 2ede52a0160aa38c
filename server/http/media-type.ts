import type { IncomingMessage } from 'node:http';
import { StreamError } from '../errors.ts';

/** Types under which a recording of speech may come; MediaRecorder calls sound alone `video/webm`, too. */
const RECORDING = /^(audio\/[^/]+|video\/(webm|mp4)|application\/(ogg|octet-stream))$/;

/** Media type of a body in lower case, without its parameters; `''` when none is given. */
export function mediaTypeOf(req: Pick<IncomingMessage, 'headers'>): string {
  const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase();
}

/** @throws {StreamError} `MEDIA_UNSUPPORTED` for a body that is no recording by its type; none at all is left to ffmpeg to find out. */
export function requireRecording(req: Pick<IncomingMessage, 'headers'>): void {
  const type = mediaTypeOf(req);
  if (type === '' || RECORDING.test(type)) return;
  if (type.startsWith('multipart/')) {
    throw new StreamError(
      'MEDIA_UNSUPPORTED',
      `a recording is the body itself, not a part of a form: send its bytes with their own Content-Type, not ${type}`,
    );
  }
  throw new StreamError(
    'MEDIA_UNSUPPORTED',
    'Content-Type must be application/json for text, or for a recording audio/*, video/webm, video/mp4, application/ogg or application/octet-stream',
  );
}
