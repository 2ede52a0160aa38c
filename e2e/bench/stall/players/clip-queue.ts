import type { ClipNotice } from './clip-feed.ts';

const RETRIES = 3;
const RETRY_DELAY_MS = 300;
/** Clips held in memory ahead of time: some 20 s. */
const MAX_AHEAD = 5;

/** A clip that waits to be played. */
export type QueuedClip = {
  readonly url: string;
  /** Once its bytes are being fetched: settles with where they are. */
  fetched?: Promise<string>;
  /** Where they are, once they are all here. */
  blobUrl?: string;
};

/**
 * Clips in the order they are to be played, fetched whole ahead of time, one after the other: the one that is played next must
 * not share the link with the one after it.
 */
export class ClipQueue {
  readonly #clips: QueuedClip[] = [];
  #abort = new AbortController();
  #isFetching = false;
  #mayFetch: () => boolean;

  /** @param mayFetch - False while what is played now is still on its way. */
  constructor(mayFetch: () => boolean) {
    this.#mayFetch = mayFetch;
  }

  push({ url }: ClipNotice): void {
    this.#clips.push({ url });
  }

  shift(): QueuedClip | undefined {
    return this.#clips.shift();
  }

  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const clip of this.#clips.splice(0)) release(clip);
  }

  /** To be called whenever `mayFetch` may have become true. */
  fetchAhead(): void {
    const next = this.#clips.slice(0, MAX_AHEAD).find((clip) => clip.fetched === undefined);
    if (next === undefined || this.#isFetching || !this.#mayFetch()) return;
    this.#isFetching = true;
    next.fetched = this.#fetch(next, this.#abort.signal).finally(() => {
      this.#isFetching = false;
      this.fetchAhead();
    });
  }

  /** Where the bytes are: in memory, or, when they could not be fetched, where the element may try for itself. */
  async #fetch(clip: QueuedClip, signal: AbortSignal): Promise<string> {
    for (let attempt = 0; attempt < RETRIES && !signal.aborted; attempt++) {
      try {
        const response = await fetch(clip.url, { signal });
        if (!response.ok) throw new TypeError(`${clip.url}: ${response.status}`);
        clip.blobUrl = URL.createObjectURL(await response.blob());
        return clip.blobUrl;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
    return clip.url;
  }
}

/** Frees a clip's memory. */
export function release(clip: QueuedClip | undefined): void {
  if (clip?.blobUrl !== undefined) URL.revokeObjectURL(clip.blobUrl);
}

/** True when an element has all of what it plays. */
export function isBuffered({ buffered, duration, networkState }: HTMLVideoElement): boolean {
  if (networkState === HTMLMediaElement.NETWORK_EMPTY) return true;
  return buffered.length > 0 && buffered.end(buffered.length - 1) >= duration - 0.1;
}
