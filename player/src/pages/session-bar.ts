import type { OpenedSession } from '../session/api.ts';
import { find, setText } from './dom.ts';

/** How long a button says what it did, or asks whether it was meant. */
const ECHO_MS = 3_000;

/** Id, addresses and end of a session. */
export class SessionBar {
  readonly #id = find('session-id', HTMLElement);
  readonly #copy = find('copy', HTMLButtonElement);
  readonly #embed = find('embed', HTMLAnchorElement);
  readonly #recording = find('recording', HTMLAnchorElement);
  readonly #end = find('end', HTMLButtonElement);
  #playlistUrl = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onEnd - Called when the end was asked for, and meant. */
  constructor(onEnd: () => void) {
    this.#copy.addEventListener('click', () => void this.#copyUrl());
    this.#end.addEventListener('click', () => {
      if (this.#end.dataset.armed === undefined) {
        this.#arm();
      } else {
        this.#disarm();
        onEnd();
      }
    });
  }

  /** Nothing to copy, embed or end: none is open yet, or not any more. */
  idle(text: string): void {
    setText(this.#id, text);
    this.#id.removeAttribute('title');
    this.#disarm();
    this.#copy.disabled = true;
    this.#end.disabled = true;
    this.#end.hidden = false;
    this.#recording.hidden = true;
    this.#embed.removeAttribute('href');
    this.#embed.setAttribute('aria-disabled', 'true');
  }

  opened(session: OpenedSession): void {
    this.#playlistUrl = new URL(session.playlistUrl, location.href).href;
    setText(this.#id, session.id);
    this.#id.title = session.id;
    this.#embed.href = session.playerUrl;
    this.#embed.removeAttribute('aria-disabled');
    this.#recording.href = new URL('recording.mp4', new URL(session.playlistUrl, location.href)).href;
    this.#copy.disabled = false;
    this.#end.disabled = session.state !== 'open';
  }

  ending(): void {
    this.#end.disabled = true;
    setText(this.#end, 'Ending…');
  }

  ended(): void {
    this.#end.hidden = true;
    this.#recording.hidden = false;
  }

  get recordingUrl(): string {
    return this.#recording.href;
  }

  #arm(): void {
    this.#end.dataset.armed = '';
    setText(this.#end, 'End it now?');
    this.#timer = setTimeout(() => this.#disarm(), ECHO_MS);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    delete this.#end.dataset.armed;
    setText(this.#end, 'End session');
  }

  async #copyUrl(): Promise<void> {
    const copied = await writeClipboard(this.#playlistUrl);
    setText(this.#copy, copied ? 'Copied' : 'Copy refused');
    setTimeout(() => setText(this.#copy, 'Copy playlist URL'), ECHO_MS);
  }
}

/** False when the browser refuses, and outside of secure contexts, where there is no clipboard. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) {
      return false;
    }
    throw error;
  }
}
