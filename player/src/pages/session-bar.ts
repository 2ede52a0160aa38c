import type { OpenedSession } from '../session/api.ts';
import { find, setText } from './dom.ts';

/** How long a button asks whether it was meant. */
const ARMED_MS = 3_000;

export type SessionBarHandlers = {
  readonly onShare: () => void;
  readonly onTranscript: () => void;
  /** The end was asked for, and meant. */
  readonly onEnd: () => void;
};

/** Id, addresses, files and end of a session. */
export class SessionBar {
  readonly #id = find('session-id', HTMLElement);
  readonly #share = find('share', HTMLButtonElement);
  readonly #transcript = find('transcript-file', HTMLButtonElement);
  readonly #recording = find('recording', HTMLAnchorElement);
  readonly #download = find('download', HTMLAnchorElement);
  readonly #end = find('end', HTMLButtonElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ onShare, onTranscript, onEnd }: SessionBarHandlers) {
    this.#share.addEventListener('click', onShare);
    this.#transcript.addEventListener('click', onTranscript);
    this.#end.addEventListener('click', () => {
      if (this.#end.dataset.armed === undefined) {
        this.#arm();
      } else {
        this.#disarm();
        onEnd();
      }
    });
  }

  /** Nothing to share or end: none is open yet, or not any more. */
  idle(text: string): void {
    setText(this.#id, text);
    this.#id.removeAttribute('title');
    this.#disarm();
    this.#share.disabled = true;
    this.#transcript.disabled = true;
    this.#end.disabled = true;
    this.#end.hidden = false;
    this.#recording.hidden = true;
  }

  opened(session: OpenedSession): void {
    setText(this.#id, session.id);
    this.#id.title = session.id;
    const recording = new URL('recording.mp4?download', new URL(session.playlistUrl, location.href)).href;
    for (const link of [this.#recording, this.#download]) {
      link.href = recording;
      link.download = `${session.id}.mp4`;
    }
    this.#share.disabled = false;
    this.#transcript.disabled = false;
    this.#disarm();
    this.#end.disabled = session.state !== 'open';
    if (session.state === 'ended') {
      this.ended();
    }
  }

  ending(): void {
    this.#end.disabled = true;
    setText(this.#end, 'Ending…');
  }

  ended(): void {
    this.#end.hidden = true;
    this.#recording.hidden = false;
  }

  #arm(): void {
    this.#end.dataset.armed = '';
    setText(this.#end, 'End it now?');
    this.#timer = setTimeout(() => this.#disarm(), ARMED_MS);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    delete this.#end.dataset.armed;
    setText(this.#end, 'End');
  }
}
