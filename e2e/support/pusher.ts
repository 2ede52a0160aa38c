import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChunkStatus } from '../../server/session/types.ts';
import type { PushedClip } from './check-marks.ts';

const RETRY_MS = 150;

/** A clip and its file. */
export type ClipFile = PushedClip & { readonly path: string };

/** A generator that pushes clip after clip, each until it is acknowledged: with the same key, so that it is heard once. */
export class Pusher implements AsyncDisposable {
  /** Acknowledged, in order. */
  readonly pushed: (PushedClip & { readonly chunk: ChunkStatus })[] = [];
  /** Answers that did not say that it was accepted, nor that nobody was there. */
  readonly faults: string[] = [];
  readonly #closing = new AbortController();
  readonly #pushing: Promise<void>;

  /** @param pauseMs - Before each clip. */
  constructor(chunksUrl: string, clips: Iterable<ClipFile>, pauseMs: () => number) {
    this.#pushing = this.#push(chunksUrl, clips, pauseMs);
  }

  /** Ends after the clip that is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pushing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #push(url: string, clips: Iterable<ClipFile>, pauseMs: () => number): Promise<void> {
    let number = 0;
    for (const { path, clip, frames } of clips) {
      await sleep(pauseMs(), undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      const body = await readFile(path);
      const key = `clip-${number++}`;
      let chunk: ChunkStatus | undefined;
      while (chunk === undefined) chunk = await this.#try(url, body, key);
      this.pushed.push({ clip, frames, chunk });
    }
  }

  async #try(url: string, body: Uint8Array<ArrayBuffer>, key: string): Promise<ChunkStatus | undefined> {
    try {
      const response = await fetch(url, { method: 'POST', headers: { 'idempotency-key': key }, body });
      const answer = (await response.json()) as { chunk?: ChunkStatus };
      if (response.status === 202) return answer.chunk;
      // Going down, or its queue is full.
      if (response.status !== 503 && response.status !== 429)
        this.faults.push(`${response.status} ${JSON.stringify(answer)}`);
    } catch (error) {
      // It is down: whether it took the clip is not known.
      if (!(error instanceof TypeError)) throw error;
    }
    await sleep(RETRY_MS);
    return undefined;
  }
}
