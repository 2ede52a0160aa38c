import { expect, test } from 'vitest';
import { behindNotice, type Look, missedNotice, stateOf } from './state.ts';

const PLAYING: Look = {
  hasSource: true,
  hasPlayed: true,
  paused: false,
  ended: false,
  readyState: 4,
  connection: 'ok',
};

test.each<[string, Partial<Look>, string]>([
  ['plays', {}, 'playing'],
  ['plays on from the buffer while the network is away', { connection: 'reconnecting' }, 'playing'],
  ['has run out of it', { connection: 'reconnecting', readyState: 2 }, 'reconnecting'],
  ['waits for media', { readyState: 2 }, 'waiting'],
  ['has shown nothing yet', { readyState: 0, hasPlayed: false }, 'loading'],
  ['was asked for nothing', { hasSource: false, readyState: 0, hasPlayed: false }, 'idle'],
  ['was not asked to play', { paused: true, readyState: 0, hasPlayed: false }, 'idle'],
  ['was paused', { paused: true }, 'paused'],
  ['was paused until the buffer was trimmed', { paused: true, readyState: 1 }, 'paused'],
  ['asks for a stream that does not exist', { connection: 'gone', readyState: 0, hasPlayed: false }, 'gone'],
  ['starts its decoder again', { connection: 'recovering', readyState: 0 }, 'recovering'],
  ['can’t be played', { connection: 'unplayable' }, 'unplayable'],
  ['has ended', { ended: true, paused: true, connection: 'reconnecting' }, 'ended'],
])('%s', (_, look, state) => {
  expect(stateOf({ ...PLAYING, ...look })).toBe(state);
});

test('says how much was missed, and how far behind one is', () => {
  expect(missedNotice(0.6)).toBe('A second of the stream was missed.');
  expect(missedNotice(12.4)).toBe('12 seconds of the stream were missed.');
  expect(missedNotice(290)).toBe('5 minutes of the stream were missed.');
  expect(missedNotice(7_200)).toBe('2 hours of the stream were missed.');
  expect(behindNotice(21)).toBe('Back, 21 seconds behind live.');
});
