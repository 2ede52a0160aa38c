import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holdingPhrase, LateWatch, withoutHoldingPhrase } from './holding.ts';

describe('the phrase', () => {
  it.each([
    ['de-AT', 'Einen Moment, bitte.'],
    ['en', 'One moment, please.'],
    ['pt-BR', 'Um momento, por favor.'],
    ['zh-Hant', '请稍等。'],
    ['tlh', 'One moment, please.'],
    [undefined, 'One moment, please.'],
  ])('of %s is %s', (language, phrase) => expect(holdingPhrase(language)).toBe(phrase));

  it("is the operator's own in any language", () => expect(holdingPhrase('de', 'Hm.')).toBe('Hm.'));

  it.each([
    ['One moment, please. It is four.', false, 'It is four.'],
    ['Einen Moment, bitte. Es ist vier.', false, 'Es ist vier.'],
    ['One moment, please.', false, ''],
    ['One moment,', true, ''],
    ['One', false, 'One'],
    ['One moment, please.It', false, 'One moment, please.It'],
    ['It is four. One moment, please.', false, 'It is four. One moment, please.'],
    ['', false, ''],
  ])('is no part of %j', (said, interrupted, rest) => expect(withoutHoldingPhrase(said, interrupted)).toBe(rest));

  it("is no part of it when it is the operator's own, either", () => {
    expect(withoutHoldingPhrase('Hm. It is four.', false, 'Hm.')).toBe('It is four.');
    expect(withoutHoldingPhrase('One moment, please. It is four.', false, 'Hm.')).toMatch(/^One moment/);
  });
});

describe('what is late', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function watch(options: { afterMs?: number; quietAfterMs?: number } = {}) {
    const abort = new AbortController();
    const startedMs = Date.now();
    const lateMs: number[] = [];
    const late = new LateWatch({
      afterMs: options.afterMs ?? 5000,
      signal: abort.signal,
      isQuiet: () => Date.now() - startedMs >= (options.quietAfterMs ?? 0),
      onLate: () => lateMs.push(Date.now() - startedMs),
    });
    return { abort, late, lateMs };
  }

  it('is told once', () => {
    const { lateMs } = watch();
    vi.advanceTimersByTime(60_000);
    expect(lateMs).toEqual([5000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is told as soon as nothing else is heard', () => {
    const { lateMs } = watch({ quietAfterMs: 7500 });
    vi.advanceTimersByTime(60_000);
    expect(lateMs).toEqual([8000]);
  });

  it.each([
    ['it came', ({ late }: ReturnType<typeof watch>) => late.stop()],
    ['nobody wants it any more', ({ abort }: ReturnType<typeof watch>) => abort.abort()],
  ])('is not told when %s', (_, end) => {
    const watched = watch();
    vi.advanceTimersByTime(4000);
    end(watched);
    vi.advanceTimersByTime(60_000);
    expect(watched.lateMs).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is never told with 0', () => {
    const { lateMs } = watch({ afterMs: 0 });
    vi.advanceTimersByTime(600_000);
    expect(lateMs).toEqual([]);
  });
});
