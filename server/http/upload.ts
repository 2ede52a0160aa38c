import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform, type TransformOptions } from 'node:stream';
import { finished } from 'node:stream/promises';
import { StreamError } from '../errors.ts';
import type { ChunkUpload } from '../session/types.ts';
import { faultOfBytes, faultOfType, HEAD_BYTES } from './body-kind.ts';
import { mediaTypeOf } from './media-type.ts';

type Body = Pick<ChunkUpload, 'body' | 'sizeBytes' | 'signal'>;
/** `what`: the subject of a refusal. */
type Bounds = { readonly what: string; readonly limitBytes: number };

/**
 * Hands a request's raw body on, never parsed, cut at the limit.
 *
 * @throws {StreamError} `ENCODING_UNSUPPORTED`, `BODY_TOO_LARGE` before anything is read, `REQUEST_INVALID` without a body;
 * `MEDIA_UNSUPPORTED` once its type or its first bytes show that it is no media.
 */
export async function receiveUpload<T>(
  req: IncomingMessage,
  res: ServerResponse,
  bounds: Bounds,
  store: (upload: Body) => Promise<T>,
): Promise<T> {
  const sizeBytes = checkHeaders(req, bounds);
  const left = new AbortController();
  const body = new Transform(checked(mediaTypeOf(req), bounds));
  const onClose = (): void => {
    left.abort();
    body.destroy(new StreamError('ABORTED', 'the client left before the end of its body'));
  };
  // Whoever reads the body is told of its errors by the stream; without a reader they must not be uncaught.
  body.on('error', () => req.unpipe(body));
  res.once('close', onClose);
  try {
    const stored = await store({
      body: req.pipe(body),
      signal: left.signal,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    });
    await readRest(body);
    return stored;
  } catch (error) {
    // What the reader makes of a cut body is its own error; the limit is the reason.
    throw body.errored instanceof StreamError ? body.errored : error;
  } finally {
    res.off('close', onClose);
    req.unpipe(body);
    body.destroy();
  }
}

/** A repeated key is answered without its body; until that is read, the client still sends, and the connection takes no other request. */
async function readRest(body: Transform): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  await finished(body);
}

/** @returns Content-Length, when there is one. */
function checkHeaders(req: IncomingMessage, bounds: Bounds): number | undefined {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new StreamError('ENCODING_UNSUPPORTED', 'media must be sent without Content-Encoding');
  }
  const fault = faultOfType(mediaTypeOf(req));
  if (fault !== undefined) throw new StreamError('MEDIA_UNSUPPORTED', fault);
  const length = req.headers['content-length'];
  if (length === undefined && req.headers['transfer-encoding'] === undefined)
    throw new StreamError('REQUEST_INVALID', 'the body is empty');
  if (length === undefined) return undefined;
  const sizeBytes = Number(length);
  if (sizeBytes === 0) throw new StreamError('REQUEST_INVALID', 'the body is empty');
  if (sizeBytes > bounds.limitBytes) throw tooLarge(bounds, `${sizeBytes} bytes`);
  return sizeBytes;
}

/** Passes a body on up to the limit, from when its first bytes have been looked at. */
function checked(type: string, bounds: Bounds): Pick<TransformOptions, 'transform' | 'flush'> {
  let received = 0;
  let head: Buffer | undefined = Buffer.alloc(0);
  const judge = (bytes: Buffer): StreamError | undefined => {
    head = undefined;
    const fault = faultOfBytes(bytes.subarray(0, HEAD_BYTES), type);
    return fault === undefined ? undefined : new StreamError('MEDIA_UNSUPPORTED', fault);
  };
  return {
    transform(bytes: Buffer, _encoding, done) {
      received += bytes.byteLength;
      if (received > bounds.limitBytes) return done(tooLarge(bounds, 'more'));
      if (!head) return done(null, bytes);
      const seen = head.byteLength === 0 ? bytes : Buffer.concat([head, bytes]);
      if (seen.byteLength < HEAD_BYTES) {
        head = seen;
        return done();
      }
      const fault = judge(seen);
      done(fault ?? null, fault ? undefined : seen);
    },
    flush(done) {
      if (!head) return done();
      const seen = head;
      const fault = judge(seen);
      done(fault ?? null, fault ? undefined : seen);
    },
  };
}

function tooLarge({ what, limitBytes }: Bounds, got: string): StreamError {
  return new StreamError('BODY_TOO_LARGE', `${what} may have ${limitBytes} bytes, got ${got}`);
}
