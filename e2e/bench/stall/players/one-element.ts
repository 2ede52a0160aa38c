import { followFeed } from './clip-feed.ts';
import { ClipQueue, isBuffered, type QueuedClip, release } from './clip-queue.ts';

const IDLE_URL = '/clips/idle.mp4';

/** The per-clip player with one element: each clip is its next `src`, fetched ahead where there was time. */
const video = document.querySelector('video') as HTMLVideoElement;
let current: QueuedClip | undefined;
const queue = new ClipQueue(() => isBuffered(video));

async function playNext(): Promise<void> {
  release(current);
  current = queue.shift();
  // Nothing to say: the last picture stays. Every swap to an idle clip and back would cost time.
  if (current === undefined) return;
  const playing = current;
  const source = current.blobUrl ?? (await current.fetched) ?? current.url;
  if (playing !== current) return;
  video.loop = false;
  video.src = source;
  await play();
  queue.fetchAhead();
}

/** A new `src` ends the play() before it. */
async function play(): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}

video.addEventListener('ended', () => void playNext());
// A clip that can't be played is left out.
video.addEventListener('error', () => void playNext());
for (const type of ['progress', 'suspend', 'canplaythrough']) video.addEventListener(type, () => queue.fetchAhead());

followFeed({
  onClip(notice) {
    queue.push(notice);
    if (current === undefined) void playNext();
    else queue.fetchAhead();
  },
  onInterrupt() {
    queue.clear();
    release(current);
    current = undefined;
    video.pause();
  },
});
video.loop = true;
video.src = IDLE_URL;
void play();
