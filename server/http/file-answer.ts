import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodySender } from './body-sender.ts';
import { type ContentEncoding, chooseEncoding } from './content-encoding.ts';
import { sendRepresentation } from './representation.ts';

export type SentFile = {
  readonly path: string;
  readonly contentType: string;
  /** Further headers, as a flat list. */
  readonly headers: readonly string[];
};

/** Where the build puts the compressed copy of a file. */
const SUFFIXES: Readonly<Record<Exclude<ContentEncoding, 'identity'>, string>> = { br: '.br', gzip: '.gz' };

/** Sends a file, with ranges and an entity tag. @throws The file system's error, for example `ENOENT`. */
export async function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  { path, contentType, headers }: SentFile,
  sender: BodySender,
): Promise<void> {
  using reader = sender.open(path);
  const { sizeBytes, modifiedMs } = await reader.facts();
  const etag = `"${sizeBytes.toString(36)}-${modifiedMs.toString(36)}"`;
  const body = sizeBytes === 0 ? [] : [{ sizeBytes, get: () => ({ path, start: 0, sizeBytes }) }];
  await sendRepresentation(req, res, { etag, contentType, sizeBytes, headers, body }, { sender, reader });
}

/**
 * Sends a file, or the compressed copy beside it that the client likes best. Where there is none, and for ranges, the file itself.
 *
 * @throws The file system's error, for example `ENOENT`.
 */
export async function sendTextFile(
  req: IncomingMessage,
  res: ServerResponse,
  file: SentFile,
  sender: BodySender,
): Promise<void> {
  // RFC 9110 12.5.5: without it, a cache would give a compressed copy to a client that can't read it.
  const plain = { ...file, headers: [...file.headers, 'Vary', 'Accept-Encoding'] };
  const encoding = req.headers.range === undefined ? chooseEncoding(req.headers['accept-encoding']) : 'identity';
  if (encoding !== 'identity') {
    const headers = [...plain.headers, 'Content-Encoding', encoding];
    try {
      return await sendFile(req, res, { ...plain, path: `${file.path}${SUFFIXES[encoding]}`, headers }, sender);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  await sendFile(req, res, plain, sender);
}
