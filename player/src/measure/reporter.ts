import type { QualityFigures } from './quality.ts';
import { type PlayerState, type ReportHead, reportLine } from './report.ts';

export type ReporterOptions = {
  /** The session's collector: `/live/:id/cmcd`. */
  readonly url: string;
  readonly viewId: string;
  readonly contentId?: string;
  readonly figures: () => QualityFigures;
};

const INTERVAL_MS = 10_000;
/** Reports of a moment go together. */
const GATHER_MS = 500;
/** While the server is away, the newest are kept. */
const MAX_WAITING = 20;
const CONTENT_TYPE = 'application/cmcd';

/** Tells the server how playback goes: each change of state, each error, and every ten seconds (CTA-5004-B, event mode). */
export class QualityReporter {
  readonly #options: ReporterOptions;
  readonly #video: HTMLVideoElement;
  readonly #abort = new AbortController();
  readonly #interval: ReturnType<typeof setInterval>;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #waiting: string[] = [];
  #sequence = 0;
  #state: PlayerState = 'starting';
  /** The start is told once for each view, as the standard wants it. */
  #hasToldStart = false;
  #closed = false;

  constructor(video: HTMLVideoElement, options: ReporterOptions) {
    this.#video = video;
    this.#options = options;
    const { signal } = this.#abort;
    for (const type of ['playing', 'waiting', 'pause', 'seeking', 'seeked', 'ended', 'timeupdate']) {
      video.addEventListener(type, () => this.#look(), { signal });
    }
    // The last moment at which a page that is closed, or put away on a phone, can tell anything.
    addEventListener('pagehide', () => this.#last(), { signal });
    this.#interval = setInterval(() => this.#add('t'), INTERVAL_MS);
  }

  /** Something failed. @param error - hls.js's name for it. */
  failed(error: string): void {
    this.#add('e', error);
  }

  close(): void {
    if (!this.#closed) {
      this.#last();
      this.#stop();
    }
  }

  #stop(): void {
    this.#closed = true;
    this.#abort.abort();
    clearInterval(this.#interval);
    clearTimeout(this.#gathering);
    this.#waiting = [];
  }

  #look(): void {
    const state = stateOf(this.#video, this.#state === 'starting');
    if (state !== this.#state) {
      this.#state = state;
      this.#add('ps');
    }
  }

  #add(event: ReportHead['event'], error?: string): void {
    if (this.#closed || (event === 't' && this.#state === 'starting' && this.#video.paused)) {
      return;
    }
    const { viewId, contentId, figures } = this.#options;
    const { startupMs, ...now } = figures();
    const tellsStart = startupMs !== undefined && !this.#hasToldStart;
    this.#hasToldStart ||= tellsStart;
    const head: ReportHead = {
      event,
      state: this.#state,
      atMs: Date.now(),
      sequence: this.#sequence++,
      viewId,
      ...(contentId !== undefined && { contentId }),
      ...(error !== undefined && { error }),
    };
    this.#waiting.push(reportLine(head, { ...now, startupMs: tellsStart ? startupMs : undefined }));
    this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
    this.#gathering ??= setTimeout(() => void this.#send(), GATHER_MS);
  }

  #last(): void {
    this.#add('t');
    clearTimeout(this.#gathering);
    void this.#send();
  }

  async #send(): Promise<void> {
    this.#gathering = undefined;
    const lines = this.#waiting.splice(0);
    if (lines.length === 0) {
      return;
    }
    try {
      const response = await fetch(this.#options.url, {
        method: 'POST',
        headers: { 'content-type': CONTENT_TYPE },
        body: `${lines.join('\n')}\n`,
        keepalive: true,
        credentials: 'omit',
      });
      // CTA-5004-B: nobody collects here, or not any more. Other servers than ours know nothing of it.
      if (response.status === 404 || response.status === 405 || response.status === 410) {
        this.#stop();
      }
    } catch (error) {
      // The network is away: what was to be told is told with the next report.
      if (!(error instanceof TypeError)) {
        throw error;
      }
      if (!this.#closed) {
        this.#waiting.unshift(...lines);
        this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
      }
    }
  }
}

function stateOf(
  { ended, paused, seeking, readyState, currentTime }: HTMLVideoElement,
  isStarting: boolean,
): PlayerState {
  if (ended) {
    return 'ended';
  }
  if (paused) {
    return isStarting ? 'starting' : 'paused';
  }
  if (isStarting && (readyState < 3 || currentTime === 0)) {
    return 'starting';
  }
  if (seeking) {
    return 'seeking';
  }
  return readyState < 3 ? 'rebuffering' : 'playing';
}
