import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 20_000;
/** For one command; opening a browser is the longest. */
const COMMAND_LIMIT_MS = 30_000;
/** WebDriver's key of an element reference (W3C WebDriver, 12.1). */
const ELEMENT_KEY = 'element-6066-11e4-a52e-4f735466cecf';

type Answer = { readonly value: unknown };
type WebDriverError = { readonly error: string; readonly message: string };

/** A browser session by way of W3C WebDriver: the little of it that a player needs. */
export class WebDriver {
  readonly #origin: string;
  readonly #signal: AbortSignal;
  #session = '';
  /** Version of the browser. */
  version = '';

  constructor(origin: string, signal: AbortSignal) {
    this.#origin = origin;
    this.#signal = signal;
  }

  async #send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(COMMAND_LIMIT_MS)]),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { value } = (await response.json()) as Answer;
    if (response.ok) return value;
    const { error, message } = value as WebDriverError;
    throw new Error(`WebDriver ${method} ${path}: ${error}: ${message}`);
  }

  async #isUp(): Promise<boolean> {
    try {
      await this.#send('GET', '/status');
      return true;
    } catch (error) {
      // Not listening yet.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /**
   * Opens a session as soon as the driver listens.
   * @param capabilities - What browser, and how to start it.
   */
  async open(capabilities: object): Promise<void> {
    const deadlineMs = performance.now() + START_LIMIT_MS;
    while (!(await this.#isUp())) {
      if (performance.now() > deadlineMs) throw new Error(`no WebDriver at ${this.#origin} in ${START_LIMIT_MS} ms`);
      await sleep(50);
    }
    const opened = await this.#send('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
    const session = opened as { sessionId: string; capabilities: { browserVersion?: string } };
    this.#session = `/session/${session.sessionId}`;
    this.version = session.capabilities.browserVersion ?? '';
  }

  async goTo(url: string): Promise<void> {
    await this.#send('POST', `${this.#session}/url`, { url });
  }

  async click(selector: string): Promise<void> {
    const found = await this.#send('POST', `${this.#session}/element`, { using: 'css selector', value: selector });
    const id = (found as Record<string, string>)[ELEMENT_KEY];
    await this.#send('POST', `${this.#session}/element/${id}/click`, {});
  }

  /** The value of a JavaScript expression. */
  async evaluate(expression: string): Promise<unknown> {
    return await this.#send('POST', `${this.#session}/execute/sync`, { script: `return ${expression}`, args: [] });
  }
}
