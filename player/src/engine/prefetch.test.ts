import type { FragmentLoaderContext, HlsConfig, LoaderCallbacks } from 'hls.js';
import { expect, test } from 'vitest';
import { Prefetching, withQueryOf } from './prefetch.ts';

type Callbacks = LoaderCallbacks<FragmentLoaderContext>;

/** Stands for hls.js's own loader: notes what is asked, and answers when it is told to. */
class FakeLoader {
  static all: FakeLoader[] = [];
  readonly stats = { loaded: 0 };
  context: FragmentLoaderContext | null = null;
  callbacks: Callbacks | undefined;
  destroyed = false;

  constructor() {
    FakeLoader.all.push(this);
  }

  load(context: FragmentLoaderContext, _config: unknown, callbacks: Callbacks): void {
    this.context = context;
    this.callbacks = callbacks;
  }

  abort(): void {
    this.destroyed = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  succeed(data: string): void {
    this.callbacks?.onSuccess({ url: '', data }, this.stats as never, this.context as FragmentLoaderContext, null);
  }

  fail(): void {
    this.callbacks?.onError({ code: 503, text: '' }, this.context as FragmentLoaderContext, null, this.stats as never);
  }
}

const fragOf = (sn: number | 'initSegment', type = 'main') => ({ sn, type, url: `http://host/s${sn}.m4s`, stats: {} });

function rig({ last = 100 } = {}) {
  FakeLoader.all = [];
  const prefetching = new Prefetching(({ frag }) =>
    typeof frag.sn === 'number' && frag.sn < last
      ? ({ frag: fragOf(frag.sn + 1), url: `http://host/s${frag.sn + 1}.m4s` } as never)
      : undefined,
  );
  const Loader = prefetching.loader(FakeLoader as unknown as HlsConfig['loader']);
  /** As hls.js asks: with the CMCD of this request in the URL. */
  const ask = (frag: ReturnType<typeof fragOf>, part: { url: string } | null = null) => {
    const got: string[] = [];
    const callbacks = {
      onSuccess: ({ data }: { data: string }) => got.push(data),
      onError: ({ code }: { code: number }) => got.push(`error ${code}`),
      onTimeout: () => got.push('timeout'),
    };
    const loader = new Loader({} as HlsConfig);
    const url = `${part?.url ?? frag.url}?CMCD=sid%3D%22me%22%2Cbs`;
    loader.load({ frag, part, url } as never, {} as never, callbacks as never);
    return { got, loader, frag };
  };
  /** What is on its way or was, by file name. */
  const sent = () => FakeLoader.all.flatMap(({ context }) => context?.url.replace(/.*\/|\?.*/g, '') ?? []);
  const loaderOf = (name: string) => FakeLoader.all.findLast(({ context }) => context?.url.includes(`/${name}.m4s`));
  return { prefetching, ask, sent, loaderOf };
}

test('the next segment is on its way while one is loaded, and whoever asks for it then gets that one', async () => {
  const { ask, sent, loaderOf } = rig();
  ask(fragOf(7));
  expect(sent()).toEqual(['s7.m4s', 's8.m4s']);
  const next = ask(fragOf(8));
  expect(sent()).toEqual(['s7.m4s', 's8.m4s', 's9.m4s']);
  expect(next.loader.stats).toBe(loaderOf('s8')?.stats);
  expect(next.frag.stats).toBe(loaderOf('s8')?.stats);
  loaderOf('s8')?.succeed('eight');
  await expect.poll(() => next.got).toEqual(['eight']);
});

test('one that has come before it is asked for is given at once, but not before there is somebody to take it', async () => {
  const { ask, loaderOf } = rig();
  ask(fragOf(7));
  loaderOf('s8')?.succeed('eight');
  const { got } = ask(fragOf(8));
  expect(got).toEqual([]);
  await Promise.resolve();
  expect(got).toEqual(['eight']);
});

test('one that failed unasked is asked for again; one that fails afterwards is told', () => {
  const { ask, sent, loaderOf } = rig();
  ask(fragOf(7));
  loaderOf('s8')?.fail();
  const { got } = ask(fragOf(8));
  expect(sent()).toEqual(['s7.m4s', 's8.m4s', 's8.m4s', 's9.m4s']);
  expect(got).toEqual([]);
  const next = ask(fragOf(9));
  loaderOf('s9')?.fail();
  expect(next.got).toEqual(['error 503']);
});

test('after a seek nothing that was on its way goes on', () => {
  const { ask, loaderOf } = rig();
  ask(fragOf(7));
  ask(fragOf(50));
  expect(loaderOf('s8')?.destroyed).toBe(true);
  expect(loaderOf('s51')?.destroyed).toBe(false);
});

test('parts, init segments and captions are loaded one by one, and disturb nothing', () => {
  const { ask, sent, loaderOf } = rig();
  ask(fragOf(7));
  ask(fragOf(3, 'subtitle'));
  ask(fragOf('initSegment'));
  expect(loaderOf('s8')?.destroyed).toBe(false);
  ask(fragOf(20), { url: 'http://host/s20.0.m4s' });
  expect(sent()).toEqual(['s7.m4s', 's8.m4s', 's3.m4s', 'sinitSegment.m4s', 's20.0.m4s']);
});

test('what is not listed is not asked for, and what nobody wants any more is called off', () => {
  const { ask, sent, loaderOf, prefetching } = rig({ last: 8 });
  ask(fragOf(7));
  prefetching.clear();
  expect(loaderOf('s8')?.destroyed).toBe(true);
  ask(fragOf(8));
  expect(sent()).toEqual(['s7.m4s', 's8.m4s', 's8.m4s']);
});

test('the CMCD of one request goes on to the next, but for what was true of that request only', () => {
  const cmcd = encodeURIComponent('bl=800,br=1870,bs,cid="a,b\\"",nor="s9.m4s",sid="me",su');
  const text = new URL(withQueryOf('http://host/s8.m4s', `http://host/s7.m4s?CMCD=${cmcd}`)).searchParams.get('CMCD');
  expect(text).toBe('bl=800,br=1870,cid="a,b\\"",sid="me"');
  expect(withQueryOf('http://host/s8.m4s?token=1', `http://host/s7.m4s?token=1&CMCD=br%3D1`)).toBe(
    'http://host/s8.m4s?token=1&CMCD=br%3D1',
  );
  expect(withQueryOf('http://host/s8.m4s', 'http://host/s7.m4s')).toBe('http://host/s8.m4s');
});
