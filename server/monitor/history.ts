/** Figures of one moment, and what happened since the one before. Seconds; `null`: nothing to measure. */
export type Sample = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sessions: number;
  readonly talking: number;
  readonly viewers: number;
  readonly rebuffering: number;
  readonly encodesActive: number;
  readonly encodesWaiting: number;
  /** Media seconds per second, median of the last minute's encodes. */
  readonly encodeSpeed: number | null;
  /** Stage times of the last minute's chunks: half of them at most `P50`, 95 % at most `P95`. */
  readonly ttsP50: number | null;
  readonly ttsP95: number | null;
  readonly avatarP50: number | null;
  readonly avatarP95: number | null;
  readonly encodeP50: number | null;
  readonly encodeP95: number | null;
  /** From accepted to published, of chunks that had none before them in their turn. */
  readonly firstPartP50: number | null;
  readonly firstPartP95: number | null;
  readonly publishLagP50: number | null;
  readonly publishLagP95: number | null;
  /** Of viewers who are present. */
  readonly latencyP50: number | null;
  readonly latencyP95: number | null;
  /** Since the sample before. */
  readonly stalls: number;
  readonly rebufferSeconds: number;
  readonly watchSeconds: number;
  readonly timedWatchSeconds: number;
  readonly chunksPublished: number;
  readonly chunksFailed: number;
  readonly degraded: number;
  readonly interruptions: number;
  readonly requests: number;
  readonly heldRequests: number;
  /** Longest time something that was due had to wait. */
  readonly loopDelay: number | null;
  /** CPU seconds of the server process per second. */
  readonly cpu: number;
};

/** Samples by field, oldest first: as charts want them. */
export type Columns = { readonly [field in keyof Sample]: readonly Sample[field][] };

/** The newest samples, as many as fit. */
export class History {
  readonly #capacity: number;
  #samples: Sample[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get last(): Sample | undefined {
    return this.#samples.at(-1);
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > this.#capacity) this.#samples.shift();
  }

  /** Samples that are newer than `ms`. */
  after(ms: number): readonly Sample[] {
    return this.#samples.filter(({ at }) => at > ms);
  }
}

const FIELDS = Object.keys({
  at: 0,
  sessions: 0,
  talking: 0,
  viewers: 0,
  rebuffering: 0,
  encodesActive: 0,
  encodesWaiting: 0,
  encodeSpeed: 0,
  ttsP50: 0,
  ttsP95: 0,
  avatarP50: 0,
  avatarP95: 0,
  encodeP50: 0,
  encodeP95: 0,
  firstPartP50: 0,
  firstPartP95: 0,
  publishLagP50: 0,
  publishLagP95: 0,
  latencyP50: 0,
  latencyP95: 0,
  stalls: 0,
  rebufferSeconds: 0,
  watchSeconds: 0,
  timedWatchSeconds: 0,
  chunksPublished: 0,
  chunksFailed: 0,
  degraded: 0,
  interruptions: 0,
  requests: 0,
  heldRequests: 0,
  loopDelay: 0,
  cpu: 0,
} satisfies Record<keyof Sample, 0>) as (keyof Sample)[];

export function columnsOf(samples: readonly Sample[]): Columns {
  const columns = FIELDS.map((field) => [field, samples.map((sample) => sample[field])]);
  return Object.fromEntries(columns) as unknown as Columns;
}
