import { expect, test } from 'vitest';
import { embedCodes } from './embed-code.ts';

const profile = { width: 512, height: 512, fps: 25, audioRate: 48_000, renditions: [] };

test('gives the playlist, the tag and the frame of a session', () => {
  const opened = {
    playlistUrl: 'http://localhost:8080/live/hello/index.m3u8',
    playerUrl: 'http://localhost:8080/embed/hello',
    profile,
  };
  expect(embedCodes(opened, 'http://localhost:8080/?session=hello')).toEqual({
    playlist: 'http://localhost:8080/live/hello/index.m3u8',
    tag: `<script type="module" src="http://localhost:8080/player.js"></script>
<throughline-player src="http://localhost:8080/live/hello/index.m3u8" autoplay="any" style="width: 100%; max-width: 512px; aspect-ratio: 512 / 512"></throughline-player>`,
    frame:
      '<iframe src="http://localhost:8080/embed/hello" title="Live stream" allow="autoplay; fullscreen; picture-in-picture" style="width: 100%; max-width: 512px; aspect-ratio: 512 / 512; border: 0"></iframe>',
    hasToken: false,
  });
});

test('resolves relative addresses under a base path, keeps tokens, and writes them as attributes', () => {
  const opened = {
    playlistUrl: '/video/live/hello/~a.b.c/index.m3u8',
    playerUrl: '/video/embed/hello?token=a.b.c&latency=low',
    profile: { ...profile, width: 1280, height: 720 },
  };
  const { playlist, tag, frame, hasToken } = embedCodes(opened, 'https://example.com/video/');
  expect(playlist).toBe('https://example.com/video/live/hello/~a.b.c/index.m3u8');
  expect(tag).toContain('src="https://example.com/video/player.js"');
  expect(frame).toContain('src="https://example.com/video/embed/hello?token=a.b.c&amp;latency=low"');
  expect(hasToken).toBe(true);
});
