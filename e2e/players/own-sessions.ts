import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pacing } from '../../server/session/types.ts';
import { endSession, type OpenedSession, openSession, sessionStatus, waitForPlaylist } from '../support/api.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** Four sentences, about ten seconds. */
const TEXT =
  'People talk in sentences, and sentences take their time. One follows the other, and nobody hears where. ' +
  'This one is a little longer than the rest, so that whoever speaks it has to breathe. Here comes the next.';
/** Players are measured, not this machine: drawing two faces that never stop talking takes one of two cores, voices alone a fifth. */
const SERVER_ENV = { AVATAR: 'none', LOG_LEVEL: 'warn' };
/** So many chunks in the queue keep a session talking, and its encoder from running ahead for nothing. */
const QUEUED_CHUNKS = 3;
/** An `asap` session is published faster than it is played: this far ahead of the clock is enough. */
const AHEAD_SECONDS = 24;
const LOOK_MS = 500;
const FEED_LIMIT_MS = 60_000;

export type OwnOptions = {
  /** What the session says that is ended, and how it is paced. Default: four sentences, live. */
  readonly ended?: { readonly text: string; readonly pacing: Pacing };
  readonly signal?: AbortSignal;
};

type Talk = { readonly session: OpenedSession; readonly openedMs: number; readonly isAsap: boolean };

/** A server with a session that talks live, one that talks as fast as it is encoded, and one that has ended. */
export class OwnSessions implements AsyncDisposable {
  readonly #server: RunningServer;
  readonly #talking = new AbortController();
  #talks: Promise<void> = Promise.resolve();
  /** Playlists by kind. */
  readonly urls: { live: string; asap: string; ended: string } = { live: '', asap: '', ended: '' };

  private constructor(server: RunningServer) {
    this.#server = server;
  }

  /** @param dir - A folder for the server's data; whoever gives it removes it. */
  static async open(dir: string, options: OwnOptions = {}): Promise<OwnSessions> {
    const dataDir = join(dir, 'data');
    const tempDir = join(dir, 'tmp');
    await Promise.all([mkdir(dataDir), mkdir(tempDir)]);
    const server = await startServer({ dataDir, env: { ...SERVER_ENV, TMPDIR: tempDir } });
    const sessions = new OwnSessions(server);
    try {
      await sessions.#begin(options);
    } catch (error) {
      await sessions[Symbol.asyncDispose]();
      throw error;
    }
    return sessions;
  }

  async #begin({ ended: { text, pacing } = { text: TEXT, pacing: 'live' }, signal }: OwnOptions): Promise<void> {
    const { origin } = this.#server;
    const [live, asap, ended] = await Promise.all([
      openSession(origin),
      openSession(origin, { pacing: 'asap' }),
      openSession(origin, { pacing }),
    ]);
    const openedMs = performance.now();
    this.#talks = Promise.all([
      this.#keepTalking({ session: live, openedMs, isAsap: false }),
      this.#keepTalking({ session: asap, openedMs, isAsap: true }),
    ]).then(() => undefined);
    // Whoever disposes awaits it.
    this.#talks.catch(() => undefined);
    await this.#speakAndEnd(ended, text, signal);
    await Promise.all([live, asap, ended].map(({ playlistUrl }) => waitForPlaylist(playlistUrl)));
    Object.assign(this.urls, { live: live.playlistUrl, asap: asap.playlistUrl, ended: ended.playlistUrl });
  }

  async #say({ id }: OpenedSession, text = TEXT): Promise<void> {
    const response = await fetch(`${this.#server.origin}/v1/sessions/${id}/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    if (!response.ok) throw new Error(`say: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }

  /** Filler, four sentences, filler: what a conversation leaves behind. */
  async #speakAndEnd(session: OpenedSession, text: string, signal?: AbortSignal): Promise<void> {
    const { origin } = this.#server;
    await this.#say(session, text);
    const isSaid = async (): Promise<boolean> => {
      signal?.throwIfAborted();
      const { accepted, published, failed } = (await sessionStatus(origin, session.id)).chunks;
      if (failed > 0) throw new Error(`${failed} of ${accepted} chunks failed: see the events of ${session.id}`);
      return accepted > 0 && published === accepted;
    };
    await until('all sentences are published', isSaid, FEED_LIMIT_MS);
    await endSession(origin, session.id);
    const isOver = async (): Promise<boolean> => {
      signal?.throwIfAborted();
      return (await sessionStatus(origin, session.id)).state === 'ended';
    };
    await until('the session has ended', isOver, FEED_LIMIT_MS);
  }

  /** Has something to say at any time, until disposed. */
  async #keepTalking({ session, openedMs, isAsap }: Talk): Promise<void> {
    const { signal } = this.#talking;
    while (!signal.aborted) {
      const { chunks, publishedUntil } = await sessionStatus(this.#server.origin, session.id);
      const queued = chunks.accepted - chunks.published - chunks.failed - chunks.dropped;
      const aheadSeconds = publishedUntil - (performance.now() - openedMs) / 1000;
      if (queued < QUEUED_CHUNKS && !(isAsap && aheadSeconds > AHEAD_SECONDS)) await this.#say(session);
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Rejects when a session could not be kept talking: what players saw then says nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#talking.abort();
    try {
      await this.#talks;
    } finally {
      await this.#server.stop();
    }
  }
}
