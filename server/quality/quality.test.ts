import { describe, expect, test } from 'vitest';
import { Quality } from './quality.ts';
import { countsView, presentView, viewerView, worstFirst } from './views.ts';

const START = 1_800_000_000_000;
const at = (seconds: number) => START + seconds * 1000;
const quiet = { started: () => undefined, behindLive: () => undefined };
const line = (sid: string, fields: string) => `sid="${sid}",${fields},v=2`;
const cmcd = (sid: string) => ({ text: `bl%3D900%2Cbr%3D800%2Csid%3D%22${sid}%22`, isEncoded: true });

describe('reports', () => {
  test('of two viewers add up for the session and for all', () => {
    const quality = new Quality(quiet);
    for (const second of [0, 10]) {
      quality.reported(
        'one',
        `${line('a', `bsa=(${second / 10}),sta=p`)}\n${line('b', 'bsa=(0),sta=p')}\n`,
        at(second),
      );
      quality.reported('two', `${line('a', 'bsa=(1),bsda=(500),sta=p')}\n`, at(second));
    }
    expect(countsView(quality.session('one')!.counts)).toEqual({
      playbacks: 2,
      watchSeconds: 20,
      timedWatchSeconds: 20,
      stalls: 1,
      stallsPerHour: 180,
      rebufferSeconds: 0,
      rebufferRatio: 0,
      droppedFrames: 0,
      errors: 0,
    });
    expect(countsView(quality.totals)).toMatchObject({
      playbacks: 3,
      stalls: 2,
      watchSeconds: 30,
      rebufferRatio: 0.016667,
    });
  });

  test('that were sent together are as far apart as the player says', () => {
    const quality = new Quality(quiet);
    const body = [line('a', 'sta=p,ts=1000000'), line('a', 'sta=r,ts=1004000'), line('a', 'sta=p,ts=1005000')].join(
      '\n',
    );
    expect(quality.reported('one', body, at(0))).toEqual({ taken: 3, isThrottled: false });
    expect(quality.totals).toMatchObject({ watchMs: 5_000, rebufferMs: 1_000, stalls: 1 });
  });

  test.each([
    ['nothing', '', 0],
    ['blank lines', '\n\r\n \n', 0],
    ['text', 'hello\nthere', 0],
    ['a report without a viewer', 'sta=p,v=2', 0],
    ['one good line among bad ones', `}{\n${line('a', 'sta=p')}\nsid="`, 1],
    ['more lines than are read', `${line('a', 'sta=p')}\n`.repeat(100), 32],
    ['clocks that nobody has', `${line('a', 'ts=0,sta=p')}\n${line('a', 'ts=999999999999999,sta=p')}`, 2],
  ])('%s', (_, body, taken) => {
    expect(new Quality(quiet).reported('one', body, at(0)).taken).toBe(taken);
  });

  test('of a player whose clock is set back are not watch time', () => {
    const quality = new Quality(quiet);
    for (let second = 0; second < 10; second++)
      quality.reported('one', `${line('a', 'ts=0,sta=p')}\n${line('a', `ts=${second * 1e9},sta=p`)}`, at(second));
    // The first report may be as old as it says, a minute at most; after that the clock is ours.
    expect(quality.totals.watchMs).toBeLessThanOrEqual(69_000);
  });

  test('that come too fast are let go, until time has passed', () => {
    const quality = new Quality(quiet);
    const body = `${line('a', 'sta=p')}\n`.repeat(30);
    const taken = Array.from({ length: 200 }, () => quality.reported('one', body, at(0)));
    expect(taken.reduce((sum, { taken }) => sum + taken, 0)).toBe(3_000);
    expect(taken.at(-1)).toEqual({ taken: 0, isThrottled: true });
    expect(quality.reported('two', body, at(0)).taken).toBe(30);
    expect(quality.reported('one', body, at(1)).taken).toBe(30);
  });
});

describe('requests', () => {
  test('tell viewers apart by their session id', () => {
    const quality = new Quality(quiet);
    expect(quality.requested('one', cmcd('a'), true, at(0))).toBe('a');
    expect(quality.requested('one', cmcd('b'), true, at(0))).toBe('b');
    expect(quality.requested('one', { text: 'bl%3D0', isEncoded: true }, true, at(0))).toBeUndefined();
    expect(quality.session('one')?.size).toBe(2);
  });

  test('of absurd length are not kept', () => {
    const quality = new Quality(quiet);
    expect(
      quality.requested('one', { text: `sid%3D%22a%22${'x'.repeat(2_048)}`, isEncoded: true }, true, at(0)),
    ).toBeUndefined();
    expect(quality.session('one')).toBeUndefined();
  });
});

describe('bounds', () => {
  test('5,000 viewers of a session are kept; when they left there is room again, and their counts stay', () => {
    const quality = new Quality(quiet);
    for (let viewer = 0; viewer < 6_000; viewer++) quality.requested('one', cmcd(`v${viewer}`), true, at(0));
    const session = quality.session('one')!;
    expect([session.size, quality.totals.playbacks]).toEqual([5_000, 5_000]);
    // Some are still there: they keep their place.
    for (let viewer = 0; viewer < 10; viewer++) quality.requested('one', cmcd(`v${viewer}`), true, at(10));
    quality.requested('one', cmcd('late'), true, at(20));
    expect([session.size, quality.totals.playbacks, quality.totals.watchMs]).toEqual([11, 5_001, 100_000]);
  });

  test('20,000 viewers of all sessions', () => {
    const quality = new Quality(quiet);
    for (let session = 0; session < 5; session++)
      for (let viewer = 0; viewer < 5_000; viewer++) quality.requested(`s${session}`, cmcd(`v${viewer}`), true, at(0));
    expect([...quality.viewers()].length).toBe(20_000);
    quality.forget('s0');
    quality.requested('s4', cmcd('late'), true, at(1));
    expect([...quality.viewers()].length).toBe(15_001);
  });

  test('who is long gone is forgotten, and goes on where it was if it comes back before that', () => {
    const quality = new Quality(quiet);
    for (const second of [0, 10]) quality.reported('one', line('a', `bsa=(${second / 10}),sta=p`), at(second));
    quality.sweep(at(500));
    quality.reported('one', line('a', 'bsa=(2),sta=p'), at(500));
    expect(quality.totals).toMatchObject({ playbacks: 1, stalls: 2 });
    quality.sweep(at(1_100));
    expect(quality.session('one')?.size).toBe(0);
    quality.reported('one', line('a', 'bsa=(3),sta=p'), at(1_200));
    expect(quality.totals).toMatchObject({ playbacks: 2, stalls: 2 });
  });

  test('a deleted session leaves its counts', () => {
    const quality = new Quality(quiet);
    quality.requested('one', { text: 'bsa%3D%281%29%2Csid%3D%22a%22', isEncoded: true }, true, at(0));
    quality.forget('one');
    expect(quality.session('one')).toBeUndefined();
    expect(quality.totals).toMatchObject({ playbacks: 1, stalls: 1 });
  });
});

test('one viewer of a thousand that lies moves the figures of all by no more than itself', () => {
  const quality = new Quality(quiet);
  for (const second of [0, 10, 20]) {
    for (let viewer = 0; viewer < 999; viewer++)
      quality.reported('one', line(`v${viewer}`, 'bsa=(0),bsda=(0),dfa=0,ltc=900,br=(800),sta=p'), at(second));
    for (const lie of ['bsa=(999999),bsda=(86000000),dfa=99999999,ltc=86000000,br=(999999)', 'bsa=(0),bsda=(0),dfa=0'])
      quality.reported('one', line('liar', `${lie},sta=p`), at(second));
  }
  const counts = countsView(quality.totals);
  expect(counts).toMatchObject({ stalls: 0, rebufferSeconds: 0, droppedFrames: 0, watchSeconds: 20_000 });
  expect(presentView(quality.viewers(), at(21)).latency).toEqual({ p50: 0.9, p95: 0.9 });
  expect(presentView(quality.viewers(), at(21)).bitrate).toBe(800_000);
});

test('those who are present are summed up by what is known of them', () => {
  const quality = new Quality(quiet);
  quality.reported('one', line('a', 'bl=(800),br=(900),ltc=1000,msd=400,mtp=(9000),sta=p'), at(0));
  quality.reported('one', line('b', 'bl=(200),br=(700),bsa=(1),ltc=3000,msd=900,mtp=(1000),sta=r'), at(0));
  quality.reported('one', line('c', 'ltc=90000,sta=q'), at(0));
  expect(presentView(quality.viewers(), at(1))).toEqual({
    viewers: 2,
    states: { playing: 1, rebuffering: 1 },
    startup: { p50: 0.4, p95: 0.9 },
    latency: { p50: 1, p95: 3 },
    buffer: { p50: 0.2, p95: 0.8 },
    bitrate: 700_000,
    throughput: 1_000_000,
  });
  expect(presentView([], at(1))).toEqual({ viewers: 0, states: {} });
  const [worst] = worstFirst(quality.viewers(), at(1), 1);
  expect(viewerView(worst!, at(1))).toEqual({
    sid: 'b',
    mode: 'reports',
    since: '2027-01-15T08:00:00.000Z',
    state: 'rebuffering',
    startup: 0.9,
    latency: 3,
    buffer: 0.2,
    bitrate: 700_000,
    throughput: 1_000_000,
    watchSeconds: 0,
    timedWatchSeconds: 0,
    stalls: 1,
    rebufferSeconds: 0,
    droppedFrames: 0,
    errors: 0,
  });
});
