import type { ServerResponse } from 'node:http';
import type { EventLog, SessionEvent } from '../session/types.ts';

/** Milliseconds after which EventSource connects again. */
const RETRY_MS = 2_000;
/** Events of sessions are sent to many: each is made into text once. */
const texts = new WeakMap<SessionEvent, string>();

/**
 * One client that follows a session's events (Server-Sent Events). It reads the log at its own pace: what it has not taken yet stays
 * in the log, so at most one socket buffer and one event wait for it.
 */
export class EventStream {
  readonly #res: ServerResponse;
  readonly #log: EventLog;
  readonly #stop: () => void;
  #lastSeq: number;
  #blocked = false;
  #blockedAtLastTick = false;

  /** @param lastSeq - The last event the client has. */
  constructor(res: ServerResponse, log: EventLog, lastSeq: number) {
    this.#res = res;
    this.#log = log;
    this.#lastSeq = lastSeq;
    this.#stop = log.subscribe(() => this.#pump());
    this.#write(`retry: ${RETRY_MS}\n\n`);
    this.#pump();
  }

  /** Sends a heartbeat, which keeps proxies from closing the connection. @returns False when the client takes nothing any more. */
  beat(): boolean {
    if (this.#blocked && this.#blockedAtLastTick) return false;
    this.#blockedAtLastTick = this.#blocked;
    if (!this.#blocked) this.#write(': still here\n\n');
    return true;
  }

  /** Sends no more, and ends the response. */
  end(): void {
    this.#stop();
    if (!this.#res.writableEnded) this.#res.end();
  }

  /** For a client that has left, or is to be dropped. */
  drop(): void {
    this.#stop();
    this.#res.destroy();
  }

  #pump(): void {
    if (this.#blocked) return;
    for (const event of this.#log.since(this.#lastSeq)) {
      this.#lastSeq = event.seq;
      this.#write(textOf(event));
      if (event.type === 'session.ended') this.end();
      if (this.#blocked) return;
    }
  }

  #write(text: string): void {
    if (this.#res.writableEnded || this.#res.destroyed || this.#res.write(text)) return;
    this.#blocked = true;
    this.#res.once('drain', () => {
      this.#blocked = false;
      this.#pump();
    });
  }
}

/** JSON escapes every line break, so that one event is one `data` line, whatever was said. */
function textOf(event: SessionEvent): string {
  let text = texts.get(event);
  if (text === undefined) {
    text = `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
    texts.set(event, text);
  }
  return text;
}
