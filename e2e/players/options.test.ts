import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { PLAYERS } from './player-list.ts';

const read = (...args: string[]) => readOptions(args, PLAYERS);

test('plays our own sessions with every player, unless told otherwise', () => {
  expect(read()).toEqual({ seconds: 10, players: PLAYERS, markdown: false });
  const { players, ...rest } = read(
    'http://localhost:8080/a.m3u8',
    '--seconds',
    '30',
    '--json',
    'x.json',
    '--markdown',
  );
  expect(rest).toEqual({ url: 'http://localhost:8080/a.m3u8', seconds: 30, json: 'x.json', markdown: true });
  expect(players).toEqual(PLAYERS);
});

test('plays with the players that are named, in the order of the table', () => {
  expect(read('--only', 'mpv, hls.js-firefox').players.map(({ id }) => id)).toEqual(['hls.js-firefox', 'mpv']);
});

test('has a name of its own for every player', () => {
  expect(new Set(PLAYERS.map(({ id }) => id)).size).toBe(PLAYERS.length);
});

test.each([
  [
    'a player that does not exist',
    ['--only', 'mpv,winamp'],
    /--only must name some of hls\.js-chromium, .*, got 'winamp'/,
  ],
  ['no time at all', ['--seconds', '0'], /--seconds must be an integer from 3 to 600, got '0'/],
  ['a time that is none', ['--seconds', 'ten'], /got 'ten'/],
  ['a file', ['/etc/passwd'], /must be an http or https URL, got '\/etc\/passwd'/],
  ['another protocol', ['file:///etc/passwd'], /must be an http or https URL/],
  ['two URLs', ['http://a/', 'http://b/'], /one URL at most, got 2/],
  ['an option that does not exist', ['--fast'], /Unknown option '--fast'/],
])('refuses %s', (_, args, message) => expect(() => read(...args)).toThrow(message));
