/** A clip that the generator has made. */
export type ClipNotice = { readonly clip: number; readonly url: string };

export type FeedHandlers = {
  readonly onClip: (notice: ClipNotice) => void;
  /** What is said now and what waits is not wanted any more. */
  readonly onInterrupt: () => void;
};

/** Follows the page's event stream, which names each clip as soon as it is there. */
export function followFeed({ onClip, onInterrupt }: FeedHandlers): void {
  const feed = new EventSource('/feed');
  feed.addEventListener('clip', ({ data }: MessageEvent<string>) => onClip(JSON.parse(data)));
  feed.addEventListener('interrupt', onInterrupt);
}
