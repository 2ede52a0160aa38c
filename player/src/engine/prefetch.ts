import type {
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderStats,
} from 'hls.js';

type SegmentLoader = Loader<FragmentLoaderContext>;
type Callbacks = LoaderCallbacks<FragmentLoaderContext>;

/** A segment that can be asked for already. */
export type NextSegment = Pick<FragmentLoaderContext, 'frag'> & { readonly url: string };

/** Finds what hls.js will ask for next; undefined while that is not listed. */
export type NextOf = (context: FragmentLoaderContext) => NextSegment | undefined;

type SegmentLoaderClass = new (config: HlsConfig) => SegmentLoader;

/**
 * A segment loader for hls.js that has the next segment on its way while one is being loaded.
 *
 * hls.js asks for one segment after the other: each costs a round trip in which nothing arrives, and behind it TCP begins slowly again.
 * Over a connection that loses packets that is less than half of what two of them carry, and less than many streams need.
 */
export class Prefetching {
  readonly #ahead = new Map<string, Prefetch>();
  readonly #nextOf: NextOf;

  constructor(nextOf: NextOf) {
    this.#nextOf = nextOf;
  }

  /** For `HlsConfig.fLoader`. @param Base - Loads one thing at a time. */
  loader(Base: HlsConfig['loader']): NonNullable<HlsConfig['fLoader']> {
    const prefetching = this;
    const Loader = Base as unknown as SegmentLoaderClass;
    return class extends SwappedLoader {
      load(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: Callbacks): void {
        const isSegment = context.frag.type === 'main' && context.frag.sn !== 'initSegment';
        const prefetch = isSegment ? prefetching.#take(context) : undefined;
        if (prefetch === undefined) {
          this.inner.load(context, config, callbacks);
        } else {
          this.swap(prefetch.loader);
          context.frag.stats = prefetch.loader.stats;
          prefetch.attach(context, callbacks);
        }
        if (isSegment && context.part === null) {
          prefetching.#begin(context, config, () => new Loader(this.config));
        }
      }

      constructor(config: HlsConfig) {
        super(config, new Loader(config));
      }
    } as unknown as NonNullable<HlsConfig['fLoader']>;
  }

  /** Calls off what nobody asked for. */
  clear(): void {
    for (const { loader } of this.#ahead.values()) {
      loader.destroy();
    }
    this.#ahead.clear();
  }

  /** What is on its way of a segment that is asked for now; all else was for what did not come to pass: a seek, another rendition. */
  #take({ frag, part }: FragmentLoaderContext): Prefetch | undefined {
    // A context's own URL has the player's query behind it (CMCD), another one each time.
    const url = part?.url ?? frag.url;
    const prefetch = this.#ahead.get(url);
    this.#ahead.delete(url);
    this.clear();
    return prefetch?.failed ? undefined : prefetch;
  }

  #begin(context: FragmentLoaderContext, config: LoaderConfiguration, make: () => SegmentLoader): void {
    const next = this.#nextOf(context);
    if (next !== undefined) {
      const prefetch = new Prefetch(make());
      this.#ahead.set(next.url, prefetch);
      prefetch.load({ ...context, ...next, url: withQueryOf(next.url, context.url) }, config);
    }
  }
}

/** A loader that hands everything on to another. */
class SwappedLoader {
  readonly config: HlsConfig;
  inner: SegmentLoader;

  constructor(config: HlsConfig, inner: SegmentLoader) {
    this.config = config;
    this.inner = inner;
  }

  get stats(): LoaderStats {
    return this.inner.stats;
  }

  get context(): FragmentLoaderContext | null {
    return this.inner.context;
  }

  swap(inner: SegmentLoader): void {
    this.inner.destroy();
    this.inner = inner;
  }

  abort(): void {
    this.inner.abort();
  }

  destroy(): void {
    this.inner.destroy();
  }

  getCacheAge(): number | null {
    return this.inner.getCacheAge?.() ?? null;
  }

  getResponseHeader(name: string): string | null {
    return this.inner.getResponseHeader?.(name) ?? null;
  }
}

/** One segment on its way, and whoever asked for it since. */
class Prefetch {
  readonly loader: SegmentLoader;
  failed = false;
  #asked: { readonly context: FragmentLoaderContext; readonly callbacks: Callbacks } | undefined;
  /** It is here: tells who asks. */
  #tell: (() => void) | undefined;

  constructor(loader: SegmentLoader) {
    this.loader = loader;
  }

  load(context: FragmentLoaderContext, config: LoaderConfiguration): void {
    // Nobody asked for it: what fails is asked for again, by whoever does.
    const fail = (tell: (asked: { context: FragmentLoaderContext; callbacks: Callbacks }) => void): void => {
      this.failed = true;
      if (this.#asked !== undefined) {
        tell(this.#asked);
      }
    };
    this.loader.load(context, config, {
      onSuccess: (response, stats, _context, details) => {
        this.#tell = () => this.#asked?.callbacks.onSuccess(response, stats, this.#asked.context, details);
        this.#tell();
      },
      onError: (error, _context, details, stats) =>
        fail((asked) => asked.callbacks.onError(error, asked.context, details, stats)),
      onTimeout: (stats, _context, details) =>
        fail((asked) => asked.callbacks.onTimeout(stats, asked.context, details)),
      onAbort: (stats, _context, details) => fail((asked) => asked.callbacks.onAbort?.(stats, asked.context, details)),
    });
  }

  attach(context: FragmentLoaderContext, callbacks: Callbacks): void {
    this.#asked = { context, callbacks };
    if (this.#tell !== undefined) {
      // Not before whoever asks has the promise in hand.
      queueMicrotask(this.#tell);
    }
  }
}

/** CMCD keys that are true of the request they came with only: what comes next, starvation, startup. */
const OWN_KEYS = /^(nor|nrr|bs|su)(=|$)/;

/** The URL, with the CMCD of another request as far as it is true of this one as well. */
export function withQueryOf(url: string, other: string): string {
  const text = new URL(other, 'http://localhost').searchParams.get('CMCD');
  if (text === null) {
    return url;
  }
  const kept = (text.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? []).filter((pair) => !OWN_KEYS.test(pair));
  return `${url}${url.includes('?') ? '&' : '?'}CMCD=${encodeURIComponent(kept.join(','))}`;
}
