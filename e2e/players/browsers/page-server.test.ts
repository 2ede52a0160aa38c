import { expect, test } from 'vitest';
import { playNatively } from './engines.ts';
import { pageText, servePage } from './page-server.ts';

test('puts any URL into a script as text', () => {
  const url = `http://a/?"'</script><script>alert(1)</script>\u2028`;
  const page = pageText({ engine: playNatively, url, sound: 'none' });
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  const [, literal = ''] = /\(video, ("[^\n]*"), watch\)/.exec(page) ?? [];
  expect(JSON.parse(literal)).toBe(url);
});

test('serves the page and the library of its player, and nothing else', async () => {
  await using server = await servePage({
    engine: playNatively,
    library: 'hls.js/dist/hls.min.js',
    url: 'http://a/',
    sound: 'none',
  });
  const read = async (path: string) => {
    const response = await fetch(`${server.origin}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect((await read('/')).text).toContain('<script src="/library.js">');
  expect((await read('/library.js')).text).toMatch(/Hls/);
  expect((await read('/../../../../etc/passwd')).status).toBe(404);
});
