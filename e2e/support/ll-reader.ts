import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ListedSegment, type LowLatencyPlaylist, parseLowLatency, playlistFaults } from './ll-playlist.ts';

/** Longer than a held reload may take. */
const REQUEST_LIMIT_MS = 15_000;
const RETRY_MS = 100;
/** Resources that are asked for once more after each restart. */
const ASKED_AGAIN = 12;

type Seen = { readonly hash: string; readonly etag: string; readonly bytes: Uint8Array };

/**
 * A low-latency player that is never reloaded: it asks for each next part (blocking reload), loads all parts and segments, tries again
 * when nobody answers, and remembers what it was given, to find anything that does not stay as it was.
 */
export class LowLatencyReader implements AsyncDisposable {
  /** What was wrong. */
  readonly faults: string[] = [];
  /** Bytes of complete segments, by media sequence number. */
  readonly segments = new Map<number, Uint8Array>();
  /** EXT-X-DATERANGE lines by ID, as listed last. */
  readonly ranges = new Map<string, string>();
  init: Uint8Array | undefined;
  /** Times that nobody answered, and was asked again. */
  retries = 0;
  /** Times that the server held a reload for as long as it may (three target durations), and had nothing new: the stream stood still. */
  starved = 0;
  /** The longest time without anything new, in ms: a figure to print. */
  longestWaitMs = 0;
  readonly #url: string;
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  readonly #seen = new Map<string, Seen>();
  #playlist: LowLatencyPlaylist | undefined;
  #hasAll = false;
  #newMs = Date.now();

  constructor(mediaPlaylistUrl: string) {
    this.#url = mediaPlaylistUrl;
    this.#reading = this.#read();
  }

  /** The newest playlist. */
  get playlist(): LowLatencyPlaylist | undefined {
    return this.#playlist;
  }

  /** The stream has ended, and all that it listed was loaded. */
  get hasAll(): boolean {
    return this.#hasAll;
  }

  /** Asks again for what was loaded before, as far as it is still listed: a server that was started again must give the same. */
  async askAgain(): Promise<void> {
    const listed = this.#playlist?.segments ?? [];
    const uris = listed.flatMap(({ uri, map, parts }) => [
      map,
      ...parts.map((part) => part.uri),
      ...(uri ? [uri] : []),
    ]);
    const known = [...new Set(uris)].filter((uri) => this.#seen.has(uri));
    for (const uri of known.slice(-ASKED_AGAIN)) await this.#load(uri);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(): Promise<void> {
    while (!this.#closing.signal.aborted && !this.#playlist?.ended) {
      const text = await this.#text(`${this.#url}${this.#directives()}`);
      if (text === undefined) continue;
      const playlist = parseLowLatency(text);
      if (this.#playlist) this.faults.push(...playlistFaults(this.#playlist, playlist));
      this.#noteProgress(playlist);
      this.#playlist = playlist;
      for (const [id, line] of playlist.ranges) this.ranges.set(id, line);
      await this.#loadNew(playlist);
    }
    this.#hasAll = this.#playlist?.ended === true && !this.#closing.signal.aborted;
  }

  #directives(): string {
    const last = this.#playlist?.segments.at(-1);
    if (!last) return '';
    return last.uri === undefined
      ? `?_HLS_msn=${last.msn}&_HLS_part=${last.parts.length}`
      : `?_HLS_msn=${last.msn + 1}&_HLS_part=0`;
  }

  #noteProgress(playlist: LowLatencyPlaylist): void {
    const end = ({ segments }: LowLatencyPlaylist) => `${segments.at(-1)?.msn} ${segments.at(-1)?.parts.length}`;
    if (this.#playlist && end(this.#playlist) === end(playlist)) return;
    if (this.#playlist) this.longestWaitMs = Math.max(this.longestWaitMs, Date.now() - this.#newMs);
    this.#newMs = Date.now();
  }

  async #loadNew({ segments }: LowLatencyPlaylist): Promise<void> {
    for (const segment of segments) {
      if (this.segments.has(segment.msn)) continue;
      for (const { uri } of segment.parts) if (!this.#seen.has(uri)) await this.#load(uri);
      if (segment.uri !== undefined) await this.#loadSegment(segment, segment.uri);
    }
  }

  async #loadSegment({ msn, map, parts }: ListedSegment, uri: string): Promise<void> {
    if (!this.#seen.has(map)) this.init = (await this.#load(map))?.bytes;
    const whole = await this.#load(uri);
    if (!whole) return;
    this.segments.set(msn, whole.bytes);
    if (parts.length === 0) return;
    const pieces = parts.map((part) => this.#seen.get(part.uri)?.bytes ?? new Uint8Array());
    if (!Buffer.concat(pieces).equals(whole.bytes)) this.faults.push(`segment ${msn} is not its parts`);
  }

  /** Loads a resource until it is there. @returns `undefined` when the reader was closed. */
  async #load(uri: string): Promise<Seen | undefined> {
    const url = new URL(uri, this.#url).href;
    while (!this.#closing.signal.aborted) {
      const response = await this.#ask(url);
      if (response === undefined) continue;
      const bytes = await response.bytes().catch(() => undefined);
      if (bytes === undefined) continue;
      if (!response.ok) {
        if (response.status < 500) this.faults.push(`${uri}: ${response.status} ${Buffer.from(bytes).toString()}`);
        if (response.status < 500) return undefined;
        await sleep(RETRY_MS);
        continue;
      }
      return this.#remember(uri, bytes, response.headers.get('etag') ?? '');
    }
    return undefined;
  }

  #remember(uri: string, bytes: Uint8Array, etag: string): Seen {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const before = this.#seen.get(uri);
    if (before && (before.hash !== hash || before.etag !== etag))
      this.faults.push(`${uri} was ${before.hash} ${before.etag}, is ${hash} ${etag}`);
    const seen = before ?? { hash, etag, bytes };
    this.#seen.set(uri, seen);
    return seen;
  }

  async #text(url: string): Promise<string | undefined> {
    const response = await this.#ask(url);
    const text = await response?.text().catch(() => undefined);
    if (response?.ok) return text;
    // 503 tells to ask again; anything else must not come.
    if (response?.status === 503 && this.#playlist) this.starved += 1;
    if (response && response.status !== 503) this.faults.push(`${url}: ${response.status} ${text}`);
    await sleep(RETRY_MS);
    return undefined;
  }

  /** `undefined`: nobody answered. */
  async #ask(url: string): Promise<Response | undefined> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]);
    try {
      return await fetch(url, { signal });
    } catch (error) {
      // The server is down; or we are.
      if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
      this.retries += 1;
      await sleep(RETRY_MS);
      return undefined;
    }
  }
}
