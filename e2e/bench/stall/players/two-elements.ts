import { followFeed } from './clip-feed.ts';
import { ClipQueue, isBuffered, type QueuedClip, release } from './clip-queue.ts';

const IDLE_URL = '/clips/idle.mp4';
/**
 * The next clip is started this long before the current one ends, since an element takes so long to start: as measured with Chromium on
 * this page, for the smallest gap in the sound.
 */
const START_AHEAD_SECONDS = 0.005;
/** `timeupdate` comes four times a second: from here on it is a timer's turn. */
const PLAN_SECONDS = 0.5;

/** One of the two elements and what it plays. */
type Deck = {
  readonly video: HTMLVideoElement;
  clip: QueuedClip | undefined;
  state: 'empty' | 'waiting' | 'ready' | 'started';
};

/** The per-clip player with two elements: the next clip waits, decoded, in the one behind, and comes to the front at the end of this one. */
const [first, second] = [...document.querySelectorAll('video')].map(
  (video): Deck => ({ video, clip: undefined, state: 'empty' }),
) as [Deck, Deck];
let [front, back] = [first, second];
let isSpeaking = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const queue = new ClipQueue(() => isBuffered(front.video) && isBuffered(back.video));

/** Gives the element behind the next clip: from memory when it is there, else as it comes over the network. */
async function fillBack(): Promise<void> {
  const deck = back;
  const clip = deck.clip === undefined ? queue.shift() : undefined;
  if (clip === undefined) return;
  deck.clip = clip;
  deck.state = 'waiting';
  const source = clip.blobUrl ?? (await clip.fetched) ?? clip.url;
  if (deck.clip !== clip) return;
  deck.video.loop = false;
  deck.video.src = source;
  deck.video.load();
  deck.state = 'ready';
  if (isSpeaking) planStart();
  else startBack();
}

function startBack(): void {
  if (back.state !== 'ready') return;
  back.state = 'started';
  void play(back.video);
  bringForward();
}

/** Shows the clip behind, once it has begun, has a picture, and nothing is said in front any more. */
function bringForward(): void {
  if (back.state !== 'started' || isSpeaking) return;
  if (back.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    back.video.requestVideoFrameCallback(bringForward);
    return;
  }
  [front, back] = [back, front];
  front.video.style.zIndex = '2';
  back.video.style.zIndex = '1';
  isSpeaking = true;
  empty(back);
  void fillBack();
  queue.fetchAhead();
}

function empty(deck: Deck): void {
  release(deck.clip);
  deck.clip = undefined;
  deck.state = 'empty';
  deck.video.pause();
  deck.video.removeAttribute('src');
  deck.video.load();
}

function planStart(): void {
  clearTimeout(timer);
  const { currentTime, duration } = front.video;
  const waitSeconds = duration - START_AHEAD_SECONDS - currentTime;
  if (isSpeaking && waitSeconds < PLAN_SECONDS) timer = setTimeout(startBack, Math.max(0, waitSeconds * 1000));
}

async function play(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    // Emptied before it began.
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}

/** Nothing more is said in front: its last picture stays until the next clip is there. */
function onFrontDone(): void {
  isSpeaking = false;
  startBack();
  bringForward();
}

for (const deck of [first, second]) {
  const { video } = deck;
  video.addEventListener('timeupdate', () => deck === front && planStart());
  video.addEventListener('ended', () => deck === front && onFrontDone());
  // A clip that can't be played is left out.
  video.addEventListener('error', () => {
    if (deck.clip === undefined) return;
    if (deck === back) empty(back);
    void fillBack();
    if (deck === front) onFrontDone();
  });
  for (const type of ['progress', 'suspend', 'canplaythrough']) video.addEventListener(type, () => queue.fetchAhead());
}

followFeed({
  onClip(notice) {
    queue.push(notice);
    void fillBack();
    queue.fetchAhead();
  },
  onInterrupt() {
    queue.clear();
    clearTimeout(timer);
    empty(back);
    front.video.pause();
    isSpeaking = false;
  },
});
front.video.style.zIndex = '2';
front.video.loop = true;
front.video.src = IDLE_URL;
void play(front.video);
