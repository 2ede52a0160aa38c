import type { Writable } from 'node:stream';
import { lendFile } from '../lib/job-directory.ts';
import type { OwnedProcess } from '../lib/owned-process.ts';
import { wavHeader } from '../lib/wav-header.ts';
import { CLIP_SOUND_FD, JOB_FILES } from './chunk-arguments.ts';
import type { ChunkSource, RawClip } from './types.ts';
import type { ReadyProcess } from './warm-processes.ts';

/** Bytes that open the gate in front of a file input (`chunk-arguments.ts`). */
const GATE = new Uint8Array(64);

/** Gives a process what it is to encode; settles when it has all of it, or takes no more. */
export async function feed(ready: ReadyProcess, source: ChunkSource): Promise<void> {
  if (source.kind === 'file') await openGate(ready, source.path);
  else if (source.kind === 'clip') await feedClip(ready.process, source.clip);
  else ready.process.stdin.end(bytesOf(source.sound.pcm));
}

function bytesOf(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

async function openGate(ready: ReadyProcess, path: string): Promise<void> {
  await lendFile(path, ready.directory, JOB_FILES.input);
  ready.process.stdin.end(GATE);
}

async function feedClip(process: OwnedProcess, clip: RawClip): Promise<void> {
  const sound = process.stream(CLIP_SOUND_FD) as Writable;
  sound.on('error', () => sound.destroy());
  sound.write(wavHeader(clip.pcm.length, clip.audioRate));
  sound.end(bytesOf(clip.pcm));
  const pictures = clip.pictures[Symbol.asyncIterator]();
  const ended = endOf(process);
  for (;;) {
    const next = await ended.orSooner(pictures.next());
    if (next === undefined || process.exited || process.stdin.destroyed) {
      pictures.return?.().catch(() => undefined);
      return;
    }
    if (next.done) break;
    process.alive();
    if (!process.stdin.write(next.value)) await drained(process.stdin);
  }
  process.stdin.end();
}

/**
 * Waits for things that may never come, but not for longer than the process lives. Not `Promise.race` with `process.done`: that would
 * keep the result of each race, a picture of megabytes, until the process has ended.
 */
function endOf(process: OwnedProcess): { orSooner<T>(promise: Promise<T>): Promise<T | undefined> } {
  let giveUp: () => void = () => undefined;
  let isOver = false;
  const over = (): void => {
    isOver = true;
    giveUp();
  };
  process.done.then(over, over);
  return {
    orSooner<T>(promise: Promise<T>): Promise<T | undefined> {
      return new Promise((resolve, reject) => {
        giveUp = () => resolve(undefined);
        promise.then(resolve, reject);
        if (isOver) giveUp();
      });
    },
  };
}

/** Settles when the stream takes more, or will never take any. */
function drained(stream: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    stream.off('drain', done).off('close', done);
    resolve();
  };
  stream.on('drain', done).on('close', done);
  return promise;
}
