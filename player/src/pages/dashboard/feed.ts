import type { Columns } from '../../../../server/monitor/history.ts';
import type { Stats } from '../../../../server/monitor/stats.ts';
import { retryDelayMs } from '../../engine/retry.ts';
import { fetchWithKey } from '../../session/api-key.ts';
import { joined } from './series.ts';

/** As often as the server takes samples. */
const EVERY_MS = 5_000;
/** A server that takes longer is as good as away. */
const TIMEOUT_MS = 10_000;

export type FeedHandlers = {
  /** Figures came; their history is all that is known of the last 15 minutes. */
  onStats(stats: Stats): void;
  /** @param reason - In words. */
  onAway(reason: string): void;
};

/** Asks the server how it is while somebody looks, and goes on by itself when it was away. */
export class StatsFeed {
  readonly #handlers: FeedHandlers;
  #columns: Columns | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #failures = 0;

  constructor(handlers: FeedHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    // A page that nobody sees needs no figures; one that is seen again needs them at once.
    document.addEventListener('visibilitychange', () => void this.#ask());
    addEventListener('online', () => void this.#ask());
    void this.#ask();
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    if (document.hidden || this.#isAsking) return;
    this.#isAsking = true;
    try {
      const stats = await fetchStats(this.#columns?.at.at(-1) ?? 0);
      this.#failures = 0;
      this.#columns = joined(this.#columns, stats.history.columns);
      this.#handlers.onStats({ ...stats, history: { ...stats.history, columns: this.#columns } });
    } catch (error) {
      this.#failures += 1;
      this.#handlers.onAway(reasonOf(error));
    } finally {
      this.#isAsking = false;
    }
    const delayMs = this.#failures > 0 ? retryDelayMs(this.#failures - 1) : EVERY_MS;
    this.#timer = setTimeout(() => void this.#ask(), delayMs);
  }
}

async function fetchStats(after: number): Promise<Stats> {
  const response = await fetchWithKey(`/v1/stats?after=${after}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`it answers with ${response.status} ${response.statusText}`.trim());
  const stats = (await response.json()) as Stats;
  if (!Array.isArray(stats?.history?.columns?.at)) throw new Error('it answers with something else than figures');
  return stats;
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `it did not answer in ${TIMEOUT_MS / 1000} s`;
  // What fetch throws when there is nobody, in words that differ from browser to browser.
  if (error instanceof TypeError) return 'it can’t be reached';
  return error instanceof Error ? error.message : String(error);
}
