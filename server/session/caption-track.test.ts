import { describe, expect, it, test } from 'vitest';
import type { Caption } from './caption.ts';
import { CaptionTrack, type CaptionTrackOptions } from './caption-track.ts';

const FPS = 25;

function track(options: Partial<CaptionTrackOptions> = {}): CaptionTrack {
  const presentationMs = (frame: number) => 1_000_000 + frame * 40;
  return new CaptionTrack({ fps: FPS, enabled: true, language: 'en', presentationMs, ...options });
}

/** Four words of a second each. */
const TEXT = 'One two three four.';
const WORDS = ['One ', 'two ', 'three ', 'four.'].map((text, at) => ({ text, start: at, end: at + 1 }));
const caption = (overrides: Partial<Caption> = {}): Caption => ({
  id: 'c1',
  index: 0,
  text: TEXT,
  frames: 100,
  ...overrides,
});
const LONG = caption({ text: `${'first '.repeat(12).trim()}, ${'second '.repeat(10).trim()}.`, frames: 100 });
const LONG_WORDS = (LONG.text.match(/\S+\s*/g) ?? []).map((text, at, all) => ({
  text,
  start: (4 * at) / all.length,
  end: (4 * (at + 1)) / all.length,
}));

describe('cues', () => {
  it('are the same in each segment that they reach into', () => {
    const captions = track();
    captions.begin(caption(), 50);
    const cue = { id: 'c1', startMs: 2000, endMs: 6000, text: TEXT };
    expect(captions.cues(25, 50)).toEqual([]);
    for (const start of [50, 75, 125]) expect(captions.cues(start, start + 25)).toEqual([cue]);
    captions.end('c1', 150);
    expect(captions.cues(125, 150)).toEqual([cue]);
    expect(captions.cues(150, 175)).toEqual([]);
  });

  it('are phrases when the words of a long sentence have times', () => {
    const captions = track();
    captions.begin({ ...LONG, words: LONG_WORDS }, 0);
    const cues = captions.cues(0, 100);
    expect(cues.map((cue) => cue.id)).toEqual(['c1-1', 'c1-2']);
    expect(cues[0]?.endMs).toBe(cues[1]?.startMs);
    expect(cues.map((cue) => cue.text).join('')).toBe(LONG.text);
    expect(captions.cues(0, 25).map((cue) => cue.id)).toEqual(['c1-1']);
  });

  it('of a chunk that is cut stay as they were where they were listed, and come no more', () => {
    const captions = track();
    captions.begin({ ...LONG, words: LONG_WORDS }, 0);
    const listed = captions.cues(0, 25);
    captions.end('c1', 30);
    expect(captions.cues(0, 25)).toEqual(listed);
    expect(captions.cues(25, 30).map((cue) => cue.id)).toEqual(['c1-1']);
    expect(captions.cues(30, 55)).toEqual([]);
  });

  it('of a chunk that is cut stay as they were in segments that were shown, whoever asks again', () => {
    let shown = 0;
    const captions = track({ shownUntil: () => shown });
    const whole = { id: 'c1', startMs: 0, endMs: 4000, text: TEXT };
    captions.begin(caption(), 0);
    shown = 50;
    captions.end('c1', 60);
    // Segments of a second: those of frames 0 and 25 were shown before the cut, the one of frame 50 was not.
    expect([captions.cues(0, 25), captions.cues(25, 50)]).toEqual([[whole], [whole]]);
    expect(captions.cues(50, 75)).toEqual([whole]);
    expect(captions.cues(60, 75)).toEqual([]);
    // The same after a restart, from what was written.
    const again = track({ state: JSON.parse(JSON.stringify(captions.state)) });
    for (const start of [0, 25, 50, 60])
      expect(again.cues(start, start + 25)).toEqual(captions.cues(start, start + 25));
    expect(again.said(100)).toEqual(captions.said(100));
    expect(again.dateRanges(0, 100)).toEqual(captions.dateRanges(0, 100));
  });

  it('end with the cut when no segment was listed before it', () => {
    const captions = track();
    captions.begin(caption(), 0);
    captions.end('c1', 10);
    expect(captions.cues(0, 10)).toEqual([{ id: 'c1', startMs: 0, endMs: 400, text: TEXT }]);
  });

  it('go on after filler with what was not said', () => {
    const captions = track();
    captions.begin(caption({ words: WORDS }), 0);
    captions.pause('c1', 60);
    expect(captions.cues(60, 85)).toEqual([]);
    captions.resume('c1', 110, 60);
    expect(captions.cues(110, 135)).toEqual([
      { id: 'c1.2', startMs: 4400, endMs: 6000, text: 'three four.', words: expect.anything() },
    ]);
    captions.end('c1', 150);
    expect(captions.said(150).map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [0, 2400, 'One two '],
      [4400, 6000, 'three four.'],
    ]);
  });

  it('are none of a session without captions, nor of a chunk without text', () => {
    const off = track({ enabled: false });
    off.begin(caption(), 0);
    expect([off.cues(0, 25), off.said(25), off.rendition('x')]).toEqual([[], [], undefined]);
    expect(off.dateRanges(0, 25)).toHaveLength(1);
    const silent = track();
    silent.begin(caption({ text: ' ' }), 0);
    expect(silent.cues(0, 25)).toEqual([]);
  });
});

describe('date ranges', () => {
  it('are listed once the chunk has begun, get a duration, and go when they no longer reach into the window', () => {
    const captions = track();
    captions.begin(caption({ turn: 't1', index: 2, words: WORDS }), 50);
    expect(captions.dateRanges(0, 50)).toEqual([]);
    const [begun] = captions.dateRanges(0, 55);
    expect(begun).toEqual({
      id: 'c1',
      className: 'throughline.chunk',
      startDate: new Date(1_002_000),
      plannedDuration: 4,
      attributes: {
        'X-TURN': 't1',
        'X-INDEX': 2,
        'X-TEXT': TEXT,
        'X-WORDS': '4:0:1000 4:1000:2000 6:2000:3000 5:3000:4000',
      },
    });
    expect(captions.dateRanges(0, 60)[0]).toBe(begun);
    captions.end('c1', 120);
    expect(captions.dateRanges(0, 130)).toEqual([{ ...begun, duration: 2.8 }]);
    expect(captions.dateRanges(120, 200)).toHaveLength(1);
    expect(captions.dateRanges(121, 200)).toEqual([]);
  });

  it('go on after filler under another id', () => {
    const captions = track();
    captions.begin(caption({ words: WORDS }), 0);
    captions.pause('c1', 60);
    captions.resume('c1', 110, 60);
    captions.end('c1', 150);
    expect(captions.dateRanges(0, 150).map(({ id, duration, attributes }) => [id, duration, attributes])).toEqual([
      ['c1', 2.4, expect.objectContaining({ 'X-TEXT': TEXT })],
      ['c1.2', 1.6, { 'X-INDEX': 0, 'X-TEXT': 'three four.', 'X-WORDS': '6:0:600 5:600:1600' }],
    ]);
  });

  it('are none of what never came on the timeline', () => {
    const captions = track();
    captions.begin(caption(), 50);
    captions.end('c1', 50);
    captions.begin(caption({ id: 'c2' }), 50);
    captions.pause('c2', 50);
    captions.resume('c2', 75, 0);
    expect(captions.dateRanges(0, 500).map((range) => range.id)).toEqual(['c2']);
    expect(captions.spokenText('c1', 60)).toBe('');
  });
});

test.each([
  [50, ''],
  [74, ''],
  [75, 'One'],
  [110, 'One two'],
  [500, 'One two three four.'],
])('tells what was said before frame %i', (frame, said) => {
  const captions = track();
  captions.begin(caption({ words: WORDS }), 50);
  expect(captions.spokenText('c1', frame)).toBe(said);
});

test('tells what was said before a cut in what went on after filler', () => {
  const captions = track();
  captions.begin(caption({ words: WORDS }), 0);
  captions.pause('c1', 25);
  expect(captions.spokenText('c1', 60)).toBe('One');
  captions.resume('c1', 75, 25);
  expect(captions.spokenText('c1', 125)).toBe('One two three');
  captions.end('c1', 125);
  expect(captions.spokenText('c1', 125)).toBe('One two three');
});

test('forgets what can no longer be asked for, but for the recording', () => {
  const captions = track();
  for (let at = 0; at < 1_000; at++) {
    captions.begin(caption({ id: `c${at}` }), at * 100);
    captions.end(`c${at}`, at * 100 + 100);
  }
  captions.forget(99_850);
  expect(captions.dateRanges(0, 1e9).map((range) => range.id)).toEqual(['c998', 'c999']);
  expect(captions.spokenText('c997', 1e9)).toBe('');
  captions.forget(1e9);
  expect(captions.dateRanges(0, 1e9)).toEqual([]);
  expect(captions.said(100_000)).toHaveLength(1_000);
});

test('is named for its language', () => {
  expect(track().rendition('u')).toEqual({ uri: 'u', name: 'English', language: 'en' });
  expect(track({ language: 'de-AT' }).rendition('u')?.name).toBe('Österreichisches Deutsch');
  expect(track({ language: 'x1' }).rendition('u')?.name).toBe('x1');
});
