import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_ARGS, chromiumPath } from './chromium.ts';
import { until } from './until.ts';

type Answer = {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown };
};

/** A page in a browser that is driven by nothing but the DevTools protocol: Playwright's pages are never in the background. */
export class Tab {
  readonly #socket: WebSocket;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(url: string): Promise<Tab> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Tab(socket);
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (result?.exceptionDetails) throw new Error(`the tab fails: ${JSON.stringify(result.exceptionDetails)}`);
    return result?.result?.value as T;
  }

  async send(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const onMessage = ({ data }: MessageEvent): void => {
      const answer = JSON.parse(`${data}`) as Answer;
      if (answer.id === id) resolve(answer);
    };
    this.#socket.addEventListener('message', onMessage);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await promise.finally(() => this.#socket.removeEventListener('message', onMessage));
  }

  close(): void {
    this.#socket.close();
  }
}

export type TabBrowser = AsyncDisposable & {
  /** Opens a tab in front of the others: those are in the background then, with the timers such tabs have. */
  open(url: string): Promise<Tab>;
};

/** Starts a Chromium of its own, headless, with one window and tabs in it. */
export async function launchTabs(): Promise<TabBrowser> {
  const directory = await mkdtemp(join(tmpdir(), 'tabs-'));
  const args = ['--headless=new', ...CHROMIUM_ARGS, '--remote-debugging-port=0', `--user-data-dir=${directory}`];
  const browser: ChildProcess = spawn(chromiumPath(), [...args, 'about:blank'], { stdio: 'ignore' });
  const exited = once(browser, 'exit');
  let port = '';
  await until('Chromium is up', async () => {
    const note = await readFile(join(directory, 'DevToolsActivePort'), 'utf8').catch(() => '');
    [port = ''] = note.split('\n');
    return port !== '';
  });
  return {
    async open(url) {
      const created = await fetch(`http://127.0.0.1:${port}/json/new?${url}`, { method: 'PUT' });
      const { webSocketDebuggerUrl } = (await created.json()) as { webSocketDebuggerUrl: string };
      const tab = await Tab.connect(webSocketDebuggerUrl);
      await tab.send('Page.bringToFront');
      return tab;
    },
    async [Symbol.asyncDispose]() {
      browser.kill();
      await exited;
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
