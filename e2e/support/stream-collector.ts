import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeSound } from './beeps.ts';
import { fetchBytes, fetchMediaPlaylist } from './hls-client.ts';
import type { Sound } from './sound-steps.ts';

/** Well within the window of a playlist, which forgets what is older. */
const POLL_MS = 8_000;

/** Keeps all media segments of a live stream, from its first one on. */
export class StreamCollector implements AsyncDisposable {
  readonly #url: string;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  readonly #segments: Uint8Array[] = [];
  #init: Uint8Array | undefined;

  /** @param mediaPlaylistUrl - Of a stream that still lists its first segment. */
  constructor(mediaPlaylistUrl: string) {
    this.#url = mediaPlaylistUrl;
    this.#following = this.#follow();
    // Told to who asks for the sound.
    this.#following.catch(() => undefined);
  }

  /** Decodes what was published so far: its time is the session's, in ms. */
  async sound(file: string, rate: number): Promise<Sound> {
    await this.close();
    await this.#collect();
    await writeFile(file, Buffer.concat([this.#init ?? new Uint8Array(), ...this.#segments]));
    return { samples: await decodeSound(file, rate), rate, startMs: 0 };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#following;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#collect();
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #collect(): Promise<void> {
    const { mediaSequence, segments } = await fetchMediaPlaylist(this.#url);
    const have = this.#segments.length;
    if (mediaSequence > have) throw new Error(`segments ${have} to ${mediaSequence - 1} are gone: ${this.#url}`);
    for (const { url, mapUrl } of segments.slice(have - mediaSequence)) {
      this.#init ??= mapUrl === undefined ? undefined : await fetchBytes(mapUrl);
      this.#segments.push(await fetchBytes(url));
    }
  }
}
