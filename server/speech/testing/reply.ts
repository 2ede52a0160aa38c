import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { OpenAiRequest, OpenAiScript } from './openai-script.ts';

const ODD_SIZES = [1, 2, 3, 5, 7, 11];

/** One response being written as a script says. Every wait ends, by throwing, when the connection closes. */
export class Reply {
  readonly request: OpenAiRequest;
  readonly script: OpenAiScript;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  #runs = 0;
  #wasCut = false;

  constructor(request: OpenAiRequest, script: OpenAiScript, response: ServerResponse, signal: AbortSignal) {
    this.request = request;
    this.script = script;
    this.#response = response;
    this.#signal = signal;
  }

  /** The script closed the connection, not the client. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  async wait(ms: number | undefined): Promise<void> {
    if (ms !== undefined && ms > 0) await setTimeout(ms, undefined, { signal: this.#signal });
    this.#signal.throwIfAborted();
  }

  /** Waits until the other side, or `close()`, ends it. */
  async hang(): Promise<never> {
    if (!this.#signal.aborted) await once(this.#signal, 'abort');
    throw this.#signal.reason;
  }

  head(contentType: string, status = 200): void {
    const type = this.script.untyped ? {} : { 'content-type': contentType };
    this.#response.writeHead(status, { ...type, ...this.script.headers });
    this.#response.flushHeaders();
  }

  json(value: unknown, status = 200): void {
    const isText = typeof value === 'string';
    this.head(isText ? 'text/plain; charset=utf-8' : 'application/json', status);
    this.#response.end(isText ? value : JSON.stringify(value));
  }

  /** One piece of text or sound, with the faults of the script before it. False: the answer ends here, unfinished. */
  async piece(bytes: Uint8Array): Promise<boolean> {
    if (!(await this.faults())) return false;
    await this.write(bytes);
    this.request.firstPieceAtMs ??= Date.now();
    this.request.piecesSent++;
    return true;
  }

  /** What was to go wrong after as many pieces as were sent. */
  async faults(): Promise<boolean> {
    const { hangAfterPieces, cutAfterPieces, endAfterPieces } = this.script;
    const sent = this.request.piecesSent;
    if (hangAfterPieces === sent) await this.hang();
    if (cutAfterPieces === sent) {
      // What was written is let out first: destroy() drops what still waits.
      await setImmediate();
      this.#wasCut = true;
      this.#response.socket?.destroy();
      await this.hang();
    }
    return endAfterPieces !== sent;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.script.oddPieces) return this.#write(bytes);
    for (let at = 0; at < bytes.length; ) {
      const size = ODD_SIZES[this.#runs++ % ODD_SIZES.length] ?? 1;
      // Not after the last run: a client that has all it wants may close before the end is written.
      if (at > 0) await setImmediate();
      await this.#write(bytes.subarray(at, at + size));
      at += size;
    }
  }

  end(): void {
    this.#response.end();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#signal.throwIfAborted();
    if (!this.#response.write(bytes)) await once(this.#response, 'drain', { signal: this.#signal });
  }
}
