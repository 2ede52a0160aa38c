import { writeFile } from 'node:fs/promises';

/** One media segment, its address made absolute. */
export type ListedSegment = { readonly url: string; readonly duration: number; readonly mapUrl?: string };

/** What the tests need of a media playlist; everything else is in `text`. */
export type ListedMedia = {
  readonly url: string;
  readonly text: string;
  readonly mediaSequence: number;
  /** In seconds. */
  readonly targetDuration: number;
  readonly segments: readonly ListedSegment[];
  readonly ended: boolean;
};

async function get(url: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return response;
}

export async function fetchText(url: string, signal?: AbortSignal): Promise<string> {
  return (await get(url, signal)).text();
}

export async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  return new Uint8Array(await (await get(url, signal)).arrayBuffer());
}

/** Addresses of the media playlists in a multivariant playlist, in its order. */
export async function fetchMultivariant(url: string, signal?: AbortSignal): Promise<string[]> {
  const lines = (await fetchText(url, signal)).split('\n');
  const uris = lines.filter((_, index) => lines[index - 1]?.startsWith('#EXT-X-STREAM-INF:'));
  return uris.map((uri) => new URL(uri, url).href);
}

/** The value of a tag such as `#EXT-X-TARGETDURATION:2`. */
function numberAfter(text: string, tag: string, otherwise: number): number {
  return Number(new RegExp(`^#${tag}:([\\d.]+)`, 'm').exec(text)?.[1] ?? otherwise);
}

function listSegments(text: string, url: string): ListedSegment[] {
  const segments: ListedSegment[] = [];
  let mapUrl: string | undefined;
  let duration = Number.NaN;
  for (const line of text.split('\n')) {
    const map = /^#EXT-X-MAP:.*URI="([^"]+)"/.exec(line)?.[1];
    if (map !== undefined) mapUrl = new URL(map, url).href;
    else if (line.startsWith('#EXTINF:')) duration = Number.parseFloat(line.slice('#EXTINF:'.length));
    else if (line !== '' && !line.startsWith('#')) {
      segments.push({ url: new URL(line, url).href, duration, ...(mapUrl === undefined ? {} : { mapUrl }) });
    }
  }
  return segments;
}

/** Reads a media playlist, complete segments only. */
export async function fetchMediaPlaylist(url: string, signal?: AbortSignal): Promise<ListedMedia> {
  const text = await fetchText(url, signal);
  return {
    url,
    text,
    mediaSequence: numberAfter(text, 'EXT-X-MEDIA-SEQUENCE', 0),
    targetDuration: numberAfter(text, 'EXT-X-TARGETDURATION', Number.NaN),
    segments: listSegments(text, url),
    ended: /^#EXT-X-ENDLIST/m.test(text),
  };
}

/**
 * Downloads everything a media playlist names into one fragmented MP4 file: the init segment, then each media segment.
 *
 * @returns The playlist it was read from.
 */
export async function downloadPresentation(mediaPlaylistUrl: string, file: string): Promise<ListedMedia> {
  const playlist = await fetchMediaPlaylist(mediaPlaylistUrl);
  const maps = new Set(playlist.segments.map(({ mapUrl }) => mapUrl));
  if (maps.size > 1)
    throw new Error(`one file cannot hold segments of ${maps.size} init segments: ${mediaPlaylistUrl}`);
  const urls = [...maps, ...playlist.segments.map(({ url }) => url)].filter((url) => url !== undefined);
  const parts: Uint8Array[] = [];
  for (const url of urls) parts.push(await fetchBytes(url));
  await writeFile(file, Buffer.concat(parts));
  return playlist;
}
