import Hls, { type ErrorData } from 'hls.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Recoveries, type RecoveryHost } from './recovery.ts';
import { RECOVERIES, type Remedy } from './recovery-table.ts';

type Details = ErrorData['details'];

const ALL = Object.values(Hls.ErrorDetails) as Details[];

function rig() {
  const done: string[] = [];
  const told: (string | undefined)[] = [];
  let empty = false;
  let out = true;
  const host: RecoveryHost = {
    resume: () => done.push('resume'),
    rebuild: () => done.push('rebuild'),
    halt: () => done.push('halt'),
    reload: (fromMs) => done.push(fromMs === undefined ? 'reload' : `reload from ${fromMs}`),
    dropCaptions: () => done.push('drop captions'),
    restoreCaptions: () => done.push('restore captions'),
    skipTo: (end) => done.push(`skip to ${end}`),
    isOut: () => out,
    isEmpty: () => empty,
    tell: (trouble) => told.push(trouble),
    nowMs: () => Date.now(),
  };
  const recoveries = new Recoveries(host);
  return {
    recoveries,
    done,
    told,
    beEmpty: () => {
      empty = true;
    },
    beOut: (isOut: boolean) => {
      out = isOut;
    },
    fail: (details: Details, more: Partial<ErrorData> = {}) =>
      recoveries.onError({ details, fatal: true, type: Hls.ErrorTypes.NETWORK_ERROR, ...more } as ErrorData),
  };
}

const segment = (sn: number) =>
  ({ frag: { sn, start: 10, duration: 2, programDateTime: 50_000, tagList: [['INF', '2']] } }) as Partial<ErrorData>;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('every error of hls.js has its row, and no row is of an error it does not have', () => {
  expect(Object.keys(RECOVERIES).sort()).toEqual([...ALL].sort());
});

/** What each remedy comes to for a first error, five seconds later. */
const FIRST: Readonly<Record<Remedy, readonly string[]>> = {
  resume: ['resume'],
  skip: ['resume'],
  refetch: ['reload'],
  rebuild: ['rebuild'],
  reload: ['reload'],
  uncaptioned: ['drop captions', 'resume'],
  stop: [],
  // hls.js stops loading on any error it calls fatal.
  ignore: ['resume'],
};

test.each(ALL)('%s, once it is fatal, is done about as its row says, and told', (details) => {
  const { fail, done, told } = rig();
  fail(details, segment(7));
  vi.advanceTimersByTime(5_000);
  const { remedy, trouble } = RECOVERIES[details as keyof typeof RECOVERIES];
  expect(done).toEqual(FIRST[remedy]);
  expect(told).toEqual([trouble]);
});

test.each(ALL)('%s is left to hls.js while that still tries, unless it never gives up', (details) => {
  const { fail, done, told } = rig();
  fail(details, { fatal: false });
  vi.advanceTimersByTime(60_000);
  const { trouble, ...row } = RECOVERIES[details as keyof typeof RECOVERIES];
  expect(done).toEqual('atOnce' in row ? ['halt', 'reload'] : []);
  expect(told).toEqual('early' in row ? [trouble] : []);
});

describe('the network', () => {
  test('is asked again a little later each time, and at once when it is said to be back', () => {
    const { fail, done, recoveries } = rig();
    for (const afterMs of [500, 1_000, 1_500, 1_500, 1_500]) {
      const before = done.length;
      fail('levelLoadError' as Details);
      vi.advanceTimersByTime(afterMs - 1);
      expect(done).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(done).toHaveLength(before + 1);
    }
    fail('levelLoadError' as Details);
    recoveries.onOut();
    fail('levelLoadError' as Details);
    vi.advanceTimersByTime(1_499);
    const before = done.length;
    recoveries.tryNow();
    expect(done).toHaveLength(before + 1);
    vi.advanceTimersByTime(60_000);
    expect(done).toHaveLength(before + 1);
  });

  test('has nothing to resume before anything was loaded', () => {
    const { fail, done, beEmpty } = rig();
    beEmpty();
    fail('levelLoadError' as Details);
    vi.advanceTimersByTime(500);
    expect(done).toEqual(['reload']);
  });

  test.each([404, 410])('that answers %i for a playlist says that the stream is gone, and is asked again', (code) => {
    const { fail, done, told } = rig();
    fail('levelLoadError' as Details, { response: { url: '', code } });
    expect(told).toEqual(['gone']);
    vi.advanceTimersByTime(500);
    expect(done).toEqual(['resume']);
  });

  test('that brings media again is well again', () => {
    const { fail, done, told, recoveries } = rig();
    fail('fragLoadTimeOut' as Details);
    vi.advanceTimersByTime(500);
    recoveries.onPlaylist();
    recoveries.onMedia(7);
    fail('fragLoadTimeOut' as Details);
    // Counted from the start again.
    vi.advanceTimersByTime(500);
    expect(done).toEqual(['resume', 'resume']);
    expect(told).toEqual(['network', undefined, undefined, 'network']);
  });
});

describe('a segment', () => {
  test('that fails three times is played over', () => {
    const { fail, done } = rig();
    for (let attempt = 0; attempt < 3; attempt++) {
      fail('fragLoadError' as Details, segment(7));
      vi.advanceTimersByTime(5_000);
    }
    expect(done).toEqual(['resume', 'resume', 'skip to 12', 'resume']);
  });

  test.each(['fragParsingError', 'fragGap'])(
    'that can’t be read (%s) is taken anew, and then played over',
    (details) => {
      const { fail, done, recoveries } = rig();
      for (let attempt = 0; attempt < 3; attempt++) {
        fail(details as Details, { ...segment(7), fatal: false });
        vi.advanceTimersByTime(5_000);
        // What comes before it is loaded again, too.
        recoveries.onMedia(6);
        recoveries.onMedia(7);
      }
      expect(done).toEqual(['halt', 'reload', 'halt', 'reload', 'halt', 'reload from 52000']);
    },
  );

  test('is asked for again and again while what comes before it plays, and played over after that', () => {
    const { fail, done, beOut, recoveries } = rig();
    beOut(false);
    for (let attempt = 0; attempt < 5; attempt++) {
      fail('fragLoadError' as Details, segment(7));
      vi.advanceTimersByTime(5_000);
    }
    expect(done).toEqual(Array.from({ length: 5 }, () => 'resume'));
    fail('fragLoadError' as Details, segment(7));
    beOut(true);
    recoveries.onOut();
    fail('fragLoadError' as Details, segment(7));
    vi.advanceTimersByTime(4_000);
    expect(done.slice(5)).toEqual(['resume', 'skip to 12', 'resume']);
  });

  test('that can’t be read is passed over when what comes before it is played', () => {
    const { fail, done, beOut, recoveries } = rig();
    beOut(false);
    for (let attempt = 0; attempt < 3; attempt++) {
      fail('fragParsingError' as Details, { ...segment(7), fatal: false });
      vi.advanceTimersByTime(5_000);
    }
    recoveries.tryNow();
    vi.advanceTimersByTime(10_000);
    expect(done).toEqual(['halt', 'reload', 'halt', 'reload', 'halt']);
    beOut(true);
    vi.advanceTimersByTime(5_000);
    expect(done.at(-1)).toBe('reload from 52000');
  });

  test('that the playlist calls a gap is left to hls.js', () => {
    const { fail, done } = rig();
    fail('fragGap' as Details, { frag: { sn: 7, tagList: [['GAP']] } as never, fatal: false });
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([]);
  });

  test('that fails twice and then comes, is not', () => {
    const { fail, done, recoveries } = rig();
    for (const sn of [7, 7, 8, 8]) {
      fail('fragLoadError' as Details, segment(sn));
      vi.advanceTimersByTime(5_000);
    }
    recoveries.onMedia(9);
    fail('fragLoadError' as Details, segment(8));
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual(Array.from({ length: 5 }, () => 'resume'));
  });
});

describe('the decoder', () => {
  test('is made anew once; failing again at once, all is loaded anew', () => {
    const { fail, done } = rig();
    fail('bufferAppendError' as Details);
    vi.advanceTimersByTime(1_000);
    fail('bufferAppendError' as Details);
    vi.advanceTimersByTime(1_000);
    expect(done).toEqual(['rebuild', 'reload']);
    vi.advanceTimersByTime(10_000);
    fail('bufferAppendError' as Details);
    expect(done).toEqual(['rebuild', 'reload', 'rebuild']);
  });
});

test('captions that can’t be had are left out for half a minute, and the stream goes on at once', () => {
  const { fail, done } = rig();
  fail('subtitleTrackLoadError' as Details);
  expect(done).toEqual(['drop captions', 'resume']);
  vi.advanceTimersByTime(30_000);
  expect(done).toEqual(['drop captions', 'resume', 'restore captions']);
});

test('nothing is done any more after it was closed', () => {
  const { fail, done, recoveries } = rig();
  fail('levelLoadError' as Details);
  fail('subtitleTrackLoadError' as Details);
  recoveries.close();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual(['drop captions', 'resume']);
});
