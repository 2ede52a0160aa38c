import type { ErrorData, Fragment } from 'hls.js';
import { type Recovery, type Remedy, recoveryOf, type Trouble } from './recovery-table.ts';
import { retryDelayMs } from './retry.ts';

/** What a recovery does to the player. */
export type RecoveryHost = {
  /** Loads on, where it stopped. */
  resume(): void;
  /** Stops loading until one of the others. */
  halt(): void;
  rebuild(): void;
  /** @param fromMs - Date to go on at; where it stopped, without. */
  reload(fromMs?: number): void;
  /** No captions until `restoreCaptions`. */
  dropCaptions(): void;
  restoreCaptions(): void;
  /** Plays over a segment. @param end - Where it ends in the media element, in seconds. */
  skipTo(end: number): void;
  /** What is in hand is played, or almost. */
  isOut(): boolean;
  /** Nothing was loaded yet: there is nothing to resume. */
  isEmpty(): boolean;
  /** Undefined: all is well again. */
  tell(trouble: Trouble | 'gone' | undefined): void;
  readonly nowMs: () => number;
};

/** A second decoder error this soon after a new decoder: that was not it. */
const REBUILD_MS = 3_000;
/** So often one segment is asked for, at least, before it is played over. */
const SEGMENT_TRIES = 3;
/** Between two looks whether what comes before it is played. */
const LOOK_MS = 100;
const CAPTIONS_REST_MS = 30_000;

/** Goes on after whatever hls.js calls fatal, by `recovery-table.ts`. */
export class Recoveries {
  readonly #host: RecoveryHost;
  #attempt = 0;
  #rebuiltAtMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: (() => void) | undefined;
  #captionsTimer: ReturnType<typeof setTimeout> | undefined;
  #failing: { readonly sn: number; tries: number } | undefined;

  constructor(host: RecoveryHost) {
    this.#host = host;
  }

  onError(data: ErrorData): void {
    const recovery = recoveryOf(data.details);
    if (data.fatal) {
      this.#tell(recovery, data);
      this.#apply(this.#remedyFor(recovery.remedy), data);
      return;
    }
    if (recovery.early) {
      this.#tell(recovery, data);
    }
    if (recovery.atOnce && !isListedGap(data)) {
      this.#host.halt();
      this.#apply(recovery.remedy, data);
    }
  }

  /** A playlist has arrived: the server is there. */
  onPlaylist(): void {
    this.#host.tell(undefined);
  }

  /** Media has arrived, and could be played. @param sn - Media sequence number of its segment. */
  onMedia(sn: number): void {
    this.#attempt = 0;
    if (this.#failing !== undefined && sn > this.#failing.sn) {
      this.#failing = undefined;
    }
    this.#host.tell(undefined);
  }

  /** The network is said to be back, or the page is seen again: what waits for its next try is tried now. */
  tryNow(): void {
    this.#attempt = 0;
    this.onOut();
  }

  /** Playback has run out: there is nothing to be gained by waiting, this once. */
  onOut(): void {
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#forget();
      pending();
    }
  }

  close(): void {
    this.#forget();
    clearTimeout(this.#captionsTimer);
  }

  /** hls.js has stopped loading: even what is none of the stream's business has to set it going again. */
  #remedyFor(remedy: Remedy): Remedy {
    return remedy === 'ignore' ? 'resume' : remedy;
  }

  #tell({ trouble }: Recovery, data: ErrorData): void {
    const status = data.response?.code;
    const isGone = trouble === 'network' && data.frag === undefined && (status === 404 || status === 410);
    this.#host.tell(isGone ? 'gone' : trouble);
  }

  #apply(remedy: Remedy, data: ErrorData): void {
    const host = this.#host;
    switch (remedy) {
      case 'stop':
        this.#forget();
        return;
      case 'rebuild':
        if (host.nowMs() - this.#rebuiltAtMs >= REBUILD_MS) {
          this.#rebuiltAtMs = host.nowMs();
          host.rebuild();
          return;
        }
        this.#later(() => host.reload());
        return;
      case 'reload':
        this.#later(() => host.reload());
        return;
      case 'uncaptioned':
        host.dropCaptions();
        clearTimeout(this.#captionsTimer);
        this.#captionsTimer = setTimeout(() => host.restoreCaptions(), CAPTIONS_REST_MS);
        host.resume();
        return;
      case 'skip':
        this.#retrySegment(data, {
          again: () => this.#resumeLater(),
          over: (frag) => {
            // It may come while there is something to play.
            if (!host.isOut()) {
              this.#resumeLater();
              return;
            }
            this.#later(() => {
              host.skipTo(frag.start + frag.duration);
              host.resume();
            });
          },
        });
        return;
      case 'refetch':
        this.#retrySegment(data, {
          again: () => this.#later(() => host.reload()),
          over: ({ programDateTime, duration }) =>
            this.#whenOut(() => host.reload(programDateTime === null ? undefined : programDateTime + duration * 1000)),
        });
        return;
      default:
        this.#resumeLater();
    }
  }

  #retrySegment({ frag }: ErrorData, { again, over }: { again: () => void; over: (frag: Fragment) => void }): void {
    const sn = frag?.sn;
    if (frag === undefined || typeof sn !== 'number') {
      again();
      return;
    }
    this.#failing = this.#failing?.sn === sn ? this.#failing : { sn, tries: 0 };
    this.#failing.tries++;
    if (this.#failing.tries < SEGMENT_TRIES) {
      again();
      return;
    }
    over(frag);
  }

  /** Nothing of what is in hand is passed over. */
  #whenOut(action: () => void): void {
    this.#forget();
    if (this.#host.isOut()) {
      this.#later(action);
    } else {
      this.#timer = setTimeout(() => this.#whenOut(action), LOOK_MS);
    }
  }

  #resumeLater(): void {
    this.#later(() => (this.#host.isEmpty() ? this.#host.reload() : this.#host.resume()));
  }

  #later(action: () => void): void {
    this.#forget();
    this.#pending = action;
    this.#timer = setTimeout(
      () => {
        this.#pending = undefined;
        action();
      },
      retryDelayMs(this.#attempt++),
    );
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#pending = undefined;
  }
}

/** EXT-X-GAP says so: there is nothing to ask for, and hls.js plays over it by itself. */
function isListedGap({ frag }: ErrorData): boolean {
  return frag?.tagList?.some(([tag]) => tag === 'GAP') === true;
}
