import { parentPort } from 'node:worker_threads';
import { readHeaders } from './header-reader.ts';
import type { HeaderAnswer, HeaderRequest } from './probe-thread.ts';

/** The thread that reads headers: what a hostile file does to it ends with it. */
parentPort?.on('message', ({ id, path }: HeaderRequest) => {
  void readHeaders(path).then((probe) => parentPort?.postMessage({ id, probe } satisfies HeaderAnswer));
});
parentPort?.postMessage(undefined satisfies HeaderAnswer);
