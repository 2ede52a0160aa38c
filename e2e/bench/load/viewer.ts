import { gunzipSync } from 'node:zlib';
import { Connection, type Reply } from './connection.ts';

/** One part as one viewer got it; times are `performance.timeOrigin + performance.now()`. */
export type Delivery = {
  readonly uri: string;
  readonly toldMs: number;
  readonly gotMs: number;
  readonly bytes: number;
};

export type ViewerEvents = { delivered(delivery: Delivery): void; failed(what: string): void };

type PartList = {
  readonly parts: readonly string[];
  readonly next: { readonly msn: number; readonly part: number };
};

const GZIP = 0x1f;

/** A low-latency viewer as hls.js is one: a blocking reload for what is new from the next part on, then the part itself, over one connection. */
export class Viewer {
  readonly #connection: Connection;
  readonly #base: string;
  readonly #events: ViewerEvents;
  #isWatching = true;
  #lastUri: string | undefined;

  private constructor(connection: Connection, base: string, events: ViewerEvents) {
    this.#connection = connection;
    this.#base = base;
    this.#events = events;
  }

  /** @param mediaUrl - Of a media playlist. */
  static async open(mediaUrl: string, events: ViewerEvents): Promise<Viewer> {
    const { origin, pathname } = new URL(mediaUrl);
    return new Viewer(await Connection.open(origin), pathname.slice(0, pathname.lastIndexOf('/') + 1), events);
  }

  async watch(): Promise<void> {
    try {
      let playlist = await this.#playlist('');
      while (this.#isWatching) {
        playlist = await this.#playlist(`?_HLS_msn=${playlist.next.msn}&_HLS_part=${playlist.next.part}&_HLS_skip=YES`);
        const toldMs = nowMs();
        for (const uri of this.#newParts(playlist.parts)) {
          const { status, body } = await this.#connection.get(this.#base + uri);
          if (status !== 200) this.#events.failed(`${status} for a part`);
          else this.#events.delivered({ uri, toldMs, gotMs: nowMs(), bytes: body.length });
        }
      }
    } catch (error) {
      if (this.#isWatching) this.#events.failed(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    this.#isWatching = false;
    this.#connection.close();
  }

  async #playlist(query: string): Promise<PartList> {
    const reply = await this.#connection.get(`${this.#base}stream.m3u8${query}`);
    if (reply.status !== 200) throw new Error(`${reply.status} for a playlist`);
    return readOnce(reply);
  }

  /** Those since the last one; of the first playlist the newest alone. */
  #newParts(uris: readonly string[]): string[] {
    const known = this.#lastUri === undefined ? uris.length - 2 : uris.lastIndexOf(this.#lastUri);
    if (this.#lastUri !== undefined && known < 0 && uris.length > 0)
      this.#events.failed('the last part is not listed any more');
    this.#lastUri = uris.at(-1) ?? this.#lastUri;
    return uris.slice(known + 1);
  }
}

export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

let latest: { readonly bytes: Buffer; readonly list: PartList } | undefined;

/** All viewers get the same bytes, and each has a machine of its own to read them: here, they share what one has read. */
function readOnce({ body }: Reply): PartList {
  if (latest === undefined || !latest.bytes.equals(body))
    latest = { bytes: Buffer.from(body), list: readParts(textOf(body)) };
  return latest.list;
}

function textOf(body: Buffer): string {
  return (body[0] === GZIP ? gunzipSync(body) : body).toString();
}

function readParts(playlist: string): PartList {
  return {
    parts: [...playlist.matchAll(/^#EXT-X-PART:.*?URI="([^"]+)"/gm)].map(([, uri = '']) => uri),
    next: nextPart(playlist),
  };
}

/** The part that comes next, as the Delivery Directives name it (RFC 8216bis 6.2.5.2). */
function nextPart(playlist: string): PartList['next'] {
  const first = Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)/m.exec(playlist)?.[1] ?? 0);
  const skipped = Number(/^#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/m.exec(playlist)?.[1] ?? 0);
  const whole = skipped + (playlist.match(/^#EXTINF:/gm)?.length ?? 0);
  const open = playlist.slice(playlist.lastIndexOf('#EXTINF:'));
  return { msn: first + whole, part: open.match(/^#EXT-X-PART:/gm)?.length ?? 0 };
}
