import { find, setText } from './dom.ts';

/** Says why nothing goes on: no network, or no connection to the server. */
export class ConnectionLine {
  readonly #line = find('connection', HTMLElement);
  #isConnected = true;

  constructor() {
    for (const type of ['online', 'offline']) {
      addEventListener(type, () => this.#show());
    }
  }

  /** The session's events are followed. */
  set connected(connected: boolean) {
    this.#isConnected = connected;
    this.#show();
  }

  #show(): void {
    const text = !navigator.onLine
      ? 'You are offline. The conversation goes on when the network is back.'
      : this.#isConnected
        ? ''
        : 'The connection to the server is lost. Reconnecting…';
    setText(this.#line, text);
    this.#line.hidden = text === '';
  }
}
