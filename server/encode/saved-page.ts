import type { Sample } from '../isobmff/types.ts';

type FrameFacts = Omit<Sample, 'data'> & { readonly bytes: number };

/** What the bytes of a page of media mean: the frames of each rendition, then the sound. */
export type PageContents = { readonly video: readonly (readonly FrameFacts[])[]; readonly soundBytes: number };

/** A page of media on its way to disk. */
export type PackedPage = { readonly pieces: readonly Uint8Array[]; readonly contents: PageContents };

/** Where a page is on disk, in bytes. */
export type SavedPage = { readonly position: number; readonly bytes: number; readonly contents: PageContents };

/** @param video - Frames per rendition. */
export function packPage(video: readonly (readonly Sample[])[], sound: Int16Array | undefined): PackedPage {
  const pcm = sound ? [new Uint8Array(sound.buffer, sound.byteOffset, sound.byteLength)] : [];
  return {
    pieces: [...video.flatMap((samples) => samples.map(({ data }) => data)), ...pcm],
    contents: {
      video: video.map((samples) => samples.map(({ data, ...facts }) => ({ ...facts, bytes: data.byteLength }))),
      soundBytes: sound?.byteLength ?? 0,
    },
  };
}

/** @param bytes - What was written of it. */
export function unpackPage(
  { contents }: SavedPage,
  bytes: Uint8Array,
): { readonly video: readonly (readonly Sample[])[]; readonly sound: Int16Array | undefined } {
  let at = 0;
  const video = contents.video.map((frames) =>
    frames.map(({ bytes: size, ...facts }) => {
      const data = bytes.subarray(at, at + size);
      at += size;
      return { ...facts, data };
    }),
  );
  // Copied: it may begin at an odd address.
  const sound = new Int16Array(new Uint8Array(bytes.subarray(at, at + contents.soundBytes)).buffer);
  return { video, sound: contents.soundBytes > 0 ? sound : undefined };
}
