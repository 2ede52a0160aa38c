import { describe, expect, it } from 'vitest';
import { type Cue, cueText, renderWebVtt } from './webvtt.ts';

const cue = (overrides: Partial<Cue> = {}): Cue => ({
  id: 'c1',
  startMs: 4000,
  endMs: 6400,
  text: 'Hello there.',
  ...overrides,
});

describe('renderWebVtt', () => {
  it('writes a segment, with the map that ties cue times to the media', () => {
    const cues = [cue(), cue({ id: 'c2.2-1', startMs: 6400, endMs: 360_000_000.4, text: 'Five < six & "seven"' })];
    expect(renderWebVtt(cues, { segment: true })).toBe(`WEBVTT
X-TIMESTAMP-MAP=MPEGTS:90,LOCAL:00:00:00.001

c1
00:00:04.000 --> 00:00:06.400
Hello there.

c2.2-1
00:00:06.400 --> 100:00:00.000
Five &lt; six &amp; "seven"

`);
  });

  it('writes a file of its own without a map', () => {
    expect(renderWebVtt([])).toBe('WEBVTT\n\n');
    expect(renderWebVtt([], { segment: true })).toBe('WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90,LOCAL:00:00:00.001\n\n');
  });

  it('rounds times without carrying 60 s or 1000 ms, and ends each cue after its start', () => {
    const text = renderWebVtt([cue({ startMs: 59_999.6, endMs: 60_000.2 }), cue({ startMs: 3_599_999.4, endMs: 0 })]);
    expect(text).toContain('00:01:00.000 --> 00:01:00.001\n');
    expect(text).toContain('00:59:59.999 --> 01:00:00.000\n');
  });

  it('leaves out a cue without a text to show', () => {
    expect(renderWebVtt([cue({ text: ' \n\u202e\0 ' })])).toBe('WEBVTT\n\n');
  });

  it('keeps an id in its line', () => {
    expect(renderWebVtt([cue({ id: 'a\n\n--> b' })])).toContain('\na%0A%0A--%3E%20b\n00:00:04');
  });
});

describe('cueText', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['a --> b', 'a --&gt; b'],
    ['00:00:00.000 --> 99:00:00.000', '00:00:00.000 --&gt; 99:00:00.000'],
    ['one\n\ntwo\r\n\r\nthree', 'one two three'],
    ['x\n#EXTINF:1,\nNOTE y', 'x #EXTINF:1, NOTE y'],
    ['line\u2028par\u2029nel\x85tab\tend', 'line par nel tab end'],
    ['nul\0 esc\x1b[31m', 'nul esc[31m'],
    ['rlo \u202eevil\u202c iso \u2066x\u2069', 'rlo evil iso x'],
    ['&lt;b&gt; &amp;', '&amp;lt;b&amp;gt; &amp;amp;'],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['مرحبا 😀', 'مرحبا 😀'],
    ['  \n ', ''],
  ])('shows %j and nothing else', (text, expected) => {
    expect(cueText(text)).toBe(expected);
  });

  it('breaks what needs two lines into two of about the same length', () => {
    expect(cueText('This sentence is a little too long to stand in one line.')).toBe(
      'This sentence is a little too\nlong to stand in one line.',
    );
    expect(cueText(`${'a'.repeat(50)} ${'b'.repeat(20)}`)).not.toContain('\n');
    expect(cueText('word '.repeat(40))).not.toContain('\n');
  });
});
