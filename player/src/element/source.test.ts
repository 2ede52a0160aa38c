import { expect, test } from 'vitest';
import { serverOf, sourceOf } from './source.ts';

const PAGE = 'https://page.example/a/b.html';
const SERVER = 'https://stream.example/tv';

test('knows the addresses of a session by its playlist, with the query that lets one in', () => {
  expect(
    sourceOf({ src: 'https://stream.example/tv/live/abc-1/index.m3u8?token=x', session: null }, PAGE, SERVER),
  ).toEqual({
    playlistUrl: 'https://stream.example/tv/live/abc-1/index.m3u8?token=x',
    session: {
      id: 'abc-1',
      eventsUrl: 'https://stream.example/tv/v1/sessions/abc-1/events?token=x',
      interruptUrl: 'https://stream.example/tv/v1/sessions/abc-1/interrupt',
      reportUrl: 'https://stream.example/tv/live/abc-1/cmcd?token=x',
      recordingUrl: 'https://stream.example/tv/live/abc-1/recording.mp4?token=x',
      recordingCaptionsUrl: 'https://stream.example/tv/live/abc-1/recording.vtt?token=x',
    },
  });
});

test('carries the token in the path of a playlist to all that belongs to the session', () => {
  const { session } =
    sourceOf({ src: 'https://stream.example/tv/live/abc-1/~a.b-_.c/index.m3u8', session: null }, PAGE, SERVER) ?? {};
  expect(session).toEqual({
    id: 'abc-1',
    eventsUrl: 'https://stream.example/tv/v1/sessions/abc-1/events?token=a.b-_.c',
    interruptUrl: 'https://stream.example/tv/v1/sessions/abc-1/interrupt',
    reportUrl: 'https://stream.example/tv/live/abc-1/~a.b-_.c/cmcd',
    recordingUrl: 'https://stream.example/tv/live/abc-1/~a.b-_.c/recording.mp4',
    recordingCaptionsUrl: 'https://stream.example/tv/live/abc-1/~a.b-_.c/recording.vtt',
  });
});

test('finds a session by its id on the server the script comes from', () => {
  const source = sourceOf({ src: null, session: 'hello' }, PAGE, SERVER);
  expect(source?.playlistUrl).toBe('https://stream.example/tv/live/hello/index.m3u8');
  expect(source?.session?.id).toBe('hello');
});

test('takes src first, relative to the page', () => {
  const source = sourceOf({ src: '../live/xyz/index.m3u8', session: 'hello' }, PAGE, SERVER);
  expect(source?.playlistUrl).toBe('https://page.example/live/xyz/index.m3u8');
});

test('plays any other playlist without knowing more of it', () => {
  expect(sourceOf({ src: '/vod/film.m3u8', session: null }, PAGE, SERVER)).toEqual({
    playlistUrl: 'https://page.example/vod/film.m3u8',
  });
});

test.each([[{ src: null, session: null }], [{ src: '', session: '' }], [{ src: 'http://', session: null }]])(
  'names nothing: %j',
  (attributes) => {
    expect(sourceOf(attributes, PAGE, SERVER)).toBeUndefined();
  },
);

test('an id that tries to be a path stays an id', () => {
  const source = sourceOf({ src: null, session: '../../etc/x' }, PAGE, SERVER);
  expect(source).toEqual({ playlistUrl: 'https://stream.example/tv/live/..%2F..%2Fetc%2Fx/index.m3u8' });
});

test.each([
  ['https://stream.example/player.js', 'https://stream.example'],
  ['https://stream.example/tv/player.iife.js?v=1', 'https://stream.example/tv'],
  ['https://stream.example/assets/demo-Ab12.js', 'https://stream.example'],
])('the server of %s is %s', (script, server) => expect(serverOf(script)).toBe(server));
