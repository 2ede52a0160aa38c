import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodySender } from './body-sender.ts';
import { sendRepresentation } from './representation.ts';

export type SentFile = {
  readonly path: string;
  readonly contentType: string;
  /** Further headers, as a flat list. */
  readonly headers: readonly string[];
};

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
