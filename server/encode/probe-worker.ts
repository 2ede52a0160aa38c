import { parentPort } from 'node:worker_threads';
import { Logging, LogLevel } from 'mediabunny';
import { StreamError } from '../errors.ts';
import { readHeaders } from './header-reader.ts';
import type { HeaderAnswer, HeaderRequest } from './probe-thread.ts';

// What it finds odd about files of strangers is not for the console.
Logging.level = LogLevel.Errors;

/** The thread that reads headers: what a hostile file does to it ends with it. */
parentPort?.on('message', ({ id, path }: HeaderRequest) => {
  void answerTo(id, path).then((answer) => parentPort?.postMessage(answer));
});
parentPort?.postMessage(undefined satisfies HeaderAnswer);

async function answerTo(id: number, path: string): Promise<NonNullable<HeaderAnswer>> {
  try {
    return { id, probe: await readHeaders(path) };
  } catch (error) {
    return { id, probe: undefined, ...(error instanceof StreamError && { refusal: error.message }) };
  }
}
