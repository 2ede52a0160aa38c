/**
 * An avatar service as small as it can be: `node e2e/avatar-service/service.ts --port 9000`, or `--folder DIR`. It draws boxes where
 * a real one runs a model; server/speech/avatar/README.md has the protocol.
 */
import { parseArgs } from 'node:util';
import { serveFolder } from './folder-mode.ts';
import { serveHttp } from './http-mode.ts';

export type AvatarServiceOptions = {
  /** HTTP on 127.0.0.1; 0: any free port. */
  readonly port?: number;
  /** Folder mode instead of HTTP. */
  readonly folder?: string;
  /** Times real time: 1 by default; 0: as fast as it goes. */
  readonly speed?: number;
  /** The first so many jobs fail: 500, or `<id>.error.txt`. */
  readonly fail?: number;
  /** Jobs are taken and never answered. */
  readonly hang?: boolean;
  /** Clips end in the middle: the connection is cut, or half a file is left. */
  readonly cut?: boolean;
  /** Clips have their index at the end, so that they are sent only when they are done. */
  readonly indexAtEnd?: boolean;
  /** Share of the pictures that clips have: 1 by default. */
  readonly share?: number;
  readonly ffmpegPath?: string;
};

export type ServedJob = {
  readonly id: string;
  readonly text: string;
  readonly look?: string;
  /** `left`: who asked for it did not wait; `busy`: another one was being done. */
  outcome: 'begun' | 'done' | 'failed' | 'cut' | 'left' | 'busy';
  /** Of the client's connection; absent in folder mode. */
  readonly clientPort?: number;
};

export type AvatarService = AsyncDisposable & {
  /** To be posted to; empty in folder mode. */
  readonly url: string;
  /** All so far, oldest first. */
  readonly jobs: readonly ServedJob[];
  /** Leaves no process, socket or temporary file; jobs in a folder stay there. */
  close(): Promise<void>;
};

export async function startAvatarService(options: AvatarServiceOptions = {}): Promise<AvatarService> {
  return options.folder === undefined ? await serveHttp(options) : await serveFolder(options.folder, options);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      folder: { type: 'string' },
      speed: { type: 'string', default: '1' },
      fail: { type: 'string', default: '0' },
      hang: { type: 'boolean', default: false },
      cut: { type: 'boolean', default: false },
      'index-at-end': { type: 'boolean', default: false },
    },
  });
  const { hang, cut, port, folder } = values;
  const service = await startAvatarService({
    ...{ speed: Number(values.speed), fail: Number(values.fail), hang, cut, indexAtEnd: values['index-at-end'] },
    ...(port !== undefined && { port: Number(port) }),
    ...(folder !== undefined && { folder }),
  });
  console.log(folder === undefined ? `avatar service at ${service.url}` : `avatar service in ${folder}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void service.close());
}
