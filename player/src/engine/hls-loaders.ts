import Hls, { type HlsConfig, type LoaderResponse, type LoaderStats, type PlaylistLoaderContext } from 'hls.js';

type PlaylistLoader = NonNullable<HlsConfig['pLoader']>;

/** How long a playlist took. */
export type PlaylistAnswer = {
  readonly text: string;
  /** Of pictures and sound: those of captions have no parts, and say nothing of where to play. */
  readonly isMain: boolean;
  /** Asked for as it is: the server did not hold the answer back until something was published. */
  readonly isPlain: boolean;
  /** From the request to the first byte, in seconds, without the time a new connection takes where the browser tells. */
  readonly firstByte: number;
};

/**
 * hls.js's own loader for playlists, which shows each answer before hls.js reads it: where to start is decided while it does.
 *
 * @param onAnswer - Called before hls.js has the answer.
 */
export function playlistLoader(onAnswer: (answer: PlaylistAnswer) => void): PlaylistLoader {
  const Loader = Hls.DefaultConfig.loader;
  return class extends Loader {
    override load(...[context, config, callbacks]: Parameters<InstanceType<typeof Loader>['load']>): void {
      const onSuccess: typeof callbacks.onSuccess = (response, stats, loaded, details) => {
        onAnswer(answerOf(response, stats, context as PlaylistLoaderContext));
        callbacks.onSuccess(response, stats, loaded, details);
      };
      super.load(context, config, { ...callbacks, onSuccess });
    }
  } as unknown as PlaylistLoader;
}

function answerOf(response: LoaderResponse, { loading }: LoaderStats, context: PlaylistLoaderContext): PlaylistAnswer {
  return {
    text: typeof response.data === 'string' ? response.data : '',
    isMain: context.type !== 'subtitleTrack' && context.type !== 'audioTrack',
    isPlain: context.deliveryDirectives?.msn === undefined,
    firstByte: (waited(response.url) ?? loading.first - loading.start) / 1000,
  };
}

/** Milliseconds on the open connection; undefined where the server does not allow to tell (Timing-Allow-Origin). */
function waited(url: string): number | undefined {
  const entry = performance.getEntriesByName(url, 'resource').at(-1) as PerformanceResourceTiming | undefined;
  return entry === undefined || entry.requestStart === 0 ? undefined : entry.responseStart - entry.requestStart;
}

/** EXT-X-SERVER-CONTROL and EXT-X-PART-INF of a media playlist, in seconds. */
export function holdBacksOf(
  text: string,
): { holdBack: number; partHoldBack: number | undefined; partTarget: number | undefined } | undefined {
  const targetDuration = numberIn(text, /^#EXT-X-TARGETDURATION:(\d+)/m);
  if (targetDuration === undefined) {
    return undefined;
  }
  return {
    // RFC 8216bis 4.4.3.8: absent, three target durations are implied.
    holdBack: numberIn(text, /^#EXT-X-SERVER-CONTROL:(?:.*,)?HOLD-BACK=([\d.]+)/m) ?? 3 * targetDuration,
    partHoldBack: numberIn(text, /^#EXT-X-SERVER-CONTROL:.*PART-HOLD-BACK=([\d.]+)/m),
    partTarget: numberIn(text, /^#EXT-X-PART-INF:.*PART-TARGET=([\d.]+)/m),
  };
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = Number.parseFloat(pattern.exec(text)?.[1] ?? '');
  return Number.isFinite(found) ? found : undefined;
}
