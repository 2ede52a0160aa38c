import { open } from 'node:fs/promises';
import type { MediaResource, StreamOutput } from './types.ts';

/** What a client gets of a published stream: for tests. */

/** Bytes of a resource, from memory or from disk; `undefined` when there is none, or none yet. */
export async function readResource(resource: ReturnType<StreamOutput['resource']>): Promise<Buffer | undefined> {
  if (resource === undefined || resource === 'awaited') return undefined;
  return Buffer.concat(await Promise.all(resource.body.map(readPiece)));
}

async function readPiece(piece: MediaResource['body'][number]): Promise<Uint8Array> {
  const source = piece.get();
  if (source === undefined) throw new Error('the bytes are gone');
  if (source instanceof Uint8Array) return source;
  await using file = await open(source.path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(source.sizeBytes), 0, source.sizeBytes, source.start);
  if (bytesRead < source.sizeBytes)
    throw new Error(`${source.path} ends ${source.sizeBytes - bytesRead} bytes too soon`);
  return buffer;
}

/** Resolves with a part that a preload hint names, once it is published; `undefined` when it never will be. */
export async function hintedPart(output: StreamOutput, rendition: string, name: string): Promise<Buffer | undefined> {
  while (output.resource(rendition, name) === 'awaited' && !output.closed) {
    await new Promise<void>((resolve) => {
      const stop = output.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
  return await readResource(output.resource(rendition, name));
}
