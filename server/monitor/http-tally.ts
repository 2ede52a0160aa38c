import type { ErrorCode } from '../errors.ts';

/** `media`: all under /live; `api`: /v1; `other`: pages, probes, and what is no HTTP. */
export type Plane = 'media' | 'api' | 'other';

/** Classes of status codes that answers are counted by: `2xx` and so on. */
const CLASSES = 5;

/** What was answered. Counting costs an addition; who wants to know reads it here. */
export class HttpTally {
  readonly #answers: Readonly<Record<Plane, Float64Array>> = {
    media: new Float64Array(CLASSES + 1),
    api: new Float64Array(CLASSES + 1),
    other: new Float64Array(CLASSES + 1),
  };
  readonly #refusals = new Map<ErrorCode, number>();

  /** @param code - Why, when it was refused. */
  answered(plane: Plane, status: number, code?: ErrorCode): void {
    const counts = this.#answers[plane];
    const place = Math.floor(status / 100);
    counts[place] = (counts[place] ?? 0) + 1;
    if (code !== undefined) this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** All that were counted, with their class: `2xx`. */
  *answers(): Iterable<{ readonly plane: Plane; readonly statusClass: string; readonly count: number }> {
    for (const plane of ['media', 'api', 'other'] as const) {
      for (const [place, count] of this.#answers[plane].entries()) {
        if (count > 0) yield { plane, statusClass: `${place}xx`, count };
      }
    }
  }

  refusals(): Iterable<readonly [code: ErrorCode, count: number]> {
    return this.#refusals;
  }

  /** Answers of a plane, of all classes. */
  total(plane: Plane): number {
    return this.#answers[plane].reduce((sum, count) => sum + count, 0);
  }
}
