import type { ServerResponse } from 'node:http';
import type { EventLog, SessionEvent } from '../session/types.ts';
import { type Audience, publicEvent } from './public-reason.ts';

/** Milliseconds after which EventSource connects again. */
const RETRY_MS = 2_000;
/** Characters of events that are written at once. With one event and the socket's own buffer, all that ever waits for one client. */
const BATCH_LENGTH = 32 * 1024;
/** Heartbeats for which a client may take nothing of what waits for it. */
const PATIENCE_BEATS = 2;
/** Events of sessions are sent to many: each is made into text once, for each of those who may see more or less of it. */
const texts = { caller: new WeakMap<SessionEvent, string>(), viewer: new WeakMap<SessionEvent, string>() };

/**
 * One client that follows a session's events (Server-Sent Events). It reads the log at its own pace, so that it holds up nobody: what it
 * has not taken yet stays in the log. A client so slow that the log has forgotten what it is to get next is dropped; it comes back with
 * the last event it has, and is told what it missed.
 */
export class EventStream {
  readonly #res: ServerResponse;
  readonly #log: EventLog;
  readonly #audience: Audience;
  readonly #stopListening: () => void;
  #lastSeq: number;
  #due: NodeJS.Immediate | undefined;
  #blocked = false;
  #blockedBeats = 0;

  /** @param lastSeq - The last event the client has. */
  constructor(res: ServerResponse, log: EventLog, lastSeq: number, audience: Audience) {
    this.#res = res;
    this.#log = log;
    this.#audience = audience;
    this.#lastSeq = lastSeq;
    this.#stopListening = log.subscribe(() => this.#pumpSoon());
    this.#write(`retry: ${RETRY_MS}\n\n`);
    this.#skipForgotten();
    this.#pump();
  }

  /** Sends a heartbeat, which keeps proxies from closing the connection. @returns False when the client takes nothing any more. */
  beat(): boolean {
    if (!this.#blocked) {
      this.#write(': still here\n\n');
      return true;
    }
    this.#blockedBeats += 1;
    return this.#blockedBeats < PATIENCE_BEATS;
  }

  /** Sends what there is, then no more, and ends the response. */
  end(): void {
    this.#pump();
    this.#finish();
  }

  /** For a client that has left, or is to be dropped. */
  drop(): void {
    this.#stop();
    this.#res.destroy();
  }

  /** Clients notice by the sequence number that jumps; people, by what it says here. */
  #skipForgotten(): void {
    const [oldest] = this.#log.since(this.#lastSeq);
    if (oldest === undefined || oldest.seq === this.#lastSeq + 1) return;
    this.#write(`: events ${this.#lastSeq + 1} to ${oldest.seq - 1} are forgotten\n\n`);
    this.#lastSeq = oldest.seq - 1;
  }

  /** Events come in bursts, a word each: those of one turn of the event loop are written at once. */
  #pumpSoon(): void {
    this.#due ??= setImmediate(() => {
      this.#due = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#blocked && !this.#res.writableEnded && !this.#res.destroyed) {
      const events = this.#log.since(this.#lastSeq);
      const [next] = events;
      if (next === undefined) return;
      if (next.seq !== this.#lastSeq + 1) {
        this.drop();
        return;
      }
      if (this.#writeBatch(next, events).type === 'session.ended') this.#finish();
    }
  }

  /** @returns the last event that was written. */
  #writeBatch(first: SessionEvent, events: readonly SessionEvent[]): SessionEvent {
    let text = '';
    let last = first;
    for (const event of events) {
      text += textOf(event, this.#audience);
      last = event;
      if (text.length >= BATCH_LENGTH || event.type === 'session.ended') break;
    }
    this.#lastSeq = last.seq;
    this.#write(text);
    return last;
  }

  #write(text: string): void {
    if (this.#res.writableEnded || this.#res.destroyed || this.#res.write(text)) return;
    // Two writes before the first drain wait for the same one.
    if (this.#blocked) return;
    this.#blocked = true;
    this.#res.once('drain', () => {
      this.#blocked = false;
      this.#blockedBeats = 0;
      this.#pump();
    });
  }

  #finish(): void {
    this.#stop();
    if (!this.#res.writableEnded) this.#res.end();
  }

  #stop(): void {
    this.#stopListening();
    clearImmediate(this.#due);
    this.#due = undefined;
  }
}

/** What JSON leaves as it is and some readers, not browsers, take for ends of lines (Python's `splitlines`: httpx and others). */
const OTHER_BREAKS = /[\x85\u2028\u2029]/g;

function textOf(event: SessionEvent, audience: Audience): string {
  let text = texts[audience].get(event);
  if (text === undefined) {
    text = lineOf(audience === 'caller' ? event : publicEvent(event));
    texts[audience].set(event, text);
  }
  return text;
}

/** JSON escapes every line break, so that one event is one `data` line, whatever was said. */
function lineOf(event: SessionEvent): string {
  const json = JSON.stringify(event).replace(OTHER_BREAKS, escaped);
  return `id: ${event.seq}\ndata: ${json}\n\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
