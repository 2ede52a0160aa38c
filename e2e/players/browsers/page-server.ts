import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Engine } from './engines.ts';
import type { SoundProbe } from './page-report.ts';
import { soundMeter } from './sound-meter.ts';
import { watchVideo } from './watch-video.ts';

const MODULES = join(import.meta.dirname, '../../../node_modules');

export type PageOptions = {
  readonly engine: Engine;
  /** The engine's script, below node_modules. */
  readonly library?: string;
  readonly url: string;
  readonly sound: SoundProbe;
};

export type PageServer = AsyncDisposable & { readonly origin: string };

/** Text that stands in a script: `</script>` in a URL must not end it. */
const literal = (value: string): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** A page with a video, a button that starts it, and a watcher; its functions are sent as they stand in these files. */
export function pageText({ engine, library, url, sound }: PageOptions): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>a player</title>
<video playsinline width="512" height="512"></video>
<button>play</button>
${library === undefined ? '' : '<script src="/library.js"></script>'}
<script>
const video = document.querySelector('video');
document.querySelector('button').onclick = async ({ target }) => {
  target.onclick = null;
  const meter = (${soundMeter})(${literal(sound)});
  await meter.connect(video);
  const watch = (${watchVideo})(video, meter);
  try {
    await (${engine})(video, ${literal(url)}, watch);
  } catch (error) {
    watch.fail(String(error?.code ?? '') + ' ' + error);
  }
};
window.playerState = () => ({ playedMs: 0, ended: false, failed: false });
</script>`;
}

/** Serves one page with one player, on a port of its own: to the player the stream's server is another origin, as in real life. */
export async function servePage(options: PageOptions): Promise<PageServer> {
  const { library } = options;
  const page = pageText(options);
  const script = library === undefined ? '' : await readFile(join(MODULES, library), 'utf8');
  const server = createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    else if (request.url === '/library.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
