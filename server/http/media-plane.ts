import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Monitor } from '../monitor/monitor.ts';
import type { MediaResource, SessionHandle, SessionRegistry } from '../session/types.ts';
import { type Access, tokenRefused } from './access/access.ts';
import type { AllowedOrigins } from './access/allowed-origins.ts';
import { pathWithToken, type TokenUrl, tokenUrlOf } from './access/token-url.ts';
import { clientAddress } from './client-address.ts';
import { reportsTarget, takeReports } from './cmcd-reports.ts';
import { cmcdOf } from './cmcd-request.ts';
import { parseDirectives } from './delivery-directives.ts';
import { isOurFault } from './errors-to-problems.ts';
import { HeldLimits } from './held-limits.ts';
import { HeldRequest } from './held-request.ts';
import type { HttpLimits } from './limits.ts';
import { type Answer, answerPreflight, answerProblem, answerRedirect } from './live-answers.ts';
import { liveSessionOf, parseLiveUrl } from './live-url.ts';
import type { HttpLogger } from './logger.ts';
import {
  askMediaPlaylist,
  askMultivariantPlaylist,
  expiredMediaPlaylist,
  expiredMultivariantPlaylist,
  NO_SESSION,
} from './playlist-answers.ts';
import { problem, problemOf, refusalOf } from './problem.ts';
import { publicProblem } from './public-reason.ts';
import { sendRecording, type WantedRecording } from './recording-answer.ts';
import { answerResource, NO_RESOURCE } from './resource-answer.ts';
import { type Ask, WaitingRooms } from './waiting-room.ts';

export type MediaPlaneOptions = {
  readonly registry: Pick<SessionRegistry, 'get'>;
  readonly access: Access;
  /** Pages that may read media. */
  readonly origins: AllowedOrigins;
  readonly limits: HttpLimits;
  readonly logger: HttpLogger;
  readonly monitor: Pick<Monitor, 'requested' | 'reported' | 'answered'>;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
};

type Exchange = { readonly req: IncomingMessage; readonly res: ServerResponse; readonly session: SessionHandle };
type Wait = { readonly key: string; readonly ask: Ask; readonly holdMs: number; readonly expire: () => Answer };

/** Longest hold where no target duration says how long: the multivariant playlist of a session that has published nothing. */
const FIRST_VARIANTS_HOLD_MS = 6_000;
/** RFC 8216bis 6.2.5.2: a blocked request ends after three target durations. */
const HOLD_TARGET_DURATIONS = 3;

const NOTHING = answerProblem(problem('NOT_FOUND', 'nothing under /live has this name'));
const METHOD_NOT_ALLOWED = answerProblem(problem('METHOD_NOT_ALLOWED', 'media can be read only'));
const TOO_MANY_HELD = answerProblem(problem('CLIENT_LIMIT', 'too many requests are waiting', 503));
const PART_STALLED = answerProblem(
  problem('PLAYLIST_STALLED', 'the part was not published within three target durations'),
);
const TOKEN_REFUSED = answerProblem(problemOf(tokenRefused()));
const SHUTTING_DOWN = answerProblem(problem('SHUTTING_DOWN', 'the server is shutting down'));

/** Everything under `/live/`: playlists, media and recordings, straight from what sessions hold in memory. */
export class MediaPlane {
  readonly #options: MediaPlaneOptions;
  readonly #limits: HeldLimits;
  readonly #rooms: WaitingRooms;
  readonly #heldParts = new Set<HeldRequest>();
  #closing = false;

  constructor(options: MediaPlaneOptions) {
    this.#options = options;
    this.#limits = new HeldLimits(options.limits);
    this.#rooms = new WaitingRooms(this.#limits);
  }

  /** Requests whose answer waits for a publication. */
  get held(): number {
    return this.#limits.held;
  }

  /** @returns False for what is not under `/live/`. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const asked = req.url ?? '';
    if (!asked.startsWith('/live/')) return false;
    const { access, origins } = this.#options;
    origins.narrow(req, res);
    const wanted = tokenUrlOf(asked);
    // A preflight carries no credentials, and tells nothing.
    if (!access.wantsTokens || req.method === 'OPTIONS') this.#enter(req, res, wanted.url);
    else this.#admit(req, res, wanted);
    return true;
  }

  /** Answers everyone who waits with 503, and holds nobody any more. */
  close(): void {
    this.#closing = true;
    const answer: Answer = (req, res) => {
      res.setHeader('Connection', 'close');
      SHUTTING_DOWN(req, res);
    };
    this.#rooms.release(answer);
    for (const held of [...this.#heldParts]) held.answer(answer);
  }

  /** Lets in who has a token of the session; a token in the query goes into the path, where what a playlist names inherits it. */
  #admit(req: IncomingMessage, res: ServerResponse, { url, token, inPath }: TokenUrl): void {
    const enter = (allowed: boolean): void => {
      if (!allowed || token === undefined) this.#send(TOKEN_REFUSED, req, res);
      else if (inPath || parseLiveUrl(url)?.kind !== 'multivariant') this.#enter(req, res, url);
      else this.#send(answerRedirect(pathWithToken(url, token)), req, res);
    };
    const allowed = this.#options.access.mayWatch(token, liveSessionOf(url) ?? '');
    if (typeof allowed === 'boolean') enter(allowed);
    else allowed.then(enter).catch((error: unknown) => this.#send(this.#answerFor(error, req), req, res));
  }

  /** @param url - Without a token in its path. */
  #enter(req: IncomingMessage, res: ServerResponse, url: string): void {
    const answer = this.#guard(() => this.#answer(req, res, url), req);
    if (answer !== undefined) this.#send(answer, req, res);
  }

  /** @returns `undefined` when the answer comes later. */
  #answer(req: IncomingMessage, res: ServerResponse, url: string): Answer | undefined {
    const target = parseLiveUrl(url);
    if (target === undefined) return this.#reports(url) ?? (req.method === 'OPTIONS' ? answerPreflight : NOTHING);
    if (req.method === 'OPTIONS') return answerPreflight;
    if (req.method !== 'GET' && req.method !== 'HEAD') return METHOD_NOT_ALLOWED;
    const session = this.#options.registry.get(target.id);
    if (session === undefined || session.output.closed) return NO_SESSION;
    if (target.kind === 'recording') return this.#recording(session, target);
    this.#note(req, url, session, target.kind === 'resource');
    if (target.kind === 'resource') return this.#resource({ req, res, session }, target.rendition, target.name);
    if (target.kind === 'playlist') return this.#mediaPlaylist({ req, res, session }, target.rendition, target.query);
    return this.#multivariantPlaylist({ req, res, session });
  }

  /** Somebody watches: told apart by the session id of CMCD, where there is one, since many may share an address. */
  #note(req: IncomingMessage, url: string, session: SessionHandle, isMedia: boolean): void {
    const now = this.#options.now();
    const sid = this.#options.monitor.requested(session.id, cmcdOf(req, url), isMedia, now);
    session.output.watch(now, sid ?? clientAddress(req, this.#options.limits.trusts));
  }

  /** @returns `undefined` when reports are not sent there. */
  #reports(url: string): Answer | undefined {
    const id = reportsTarget(url);
    if (id === undefined) return undefined;
    return (req, res) => {
      takeReports(req, res, id, this.#options).catch((error: unknown) => this.#answerFor(error, req)(req, res));
    };
  }

  readonly #send = (answer: Answer, req: IncomingMessage, res: ServerResponse): void => {
    answer(req, res);
    if (res.headersSent) this.#count(res);
    else res.once('close', () => this.#count(res));
  };

  #count(res: ServerResponse): void {
    if (res.headersSent) this.#options.monitor.answered('media', res.statusCode, refusalOf(res));
  }

  #recording(session: SessionHandle, wanted: WantedRecording): Answer {
    return (req, res) => {
      sendRecording(req, res, session, wanted).catch((error: unknown) => this.#answerFor(error, req)(req, res));
    };
  }

  #mediaPlaylist(exchange: Exchange, rendition: string, query: string): Answer | undefined {
    const { output } = exchange.session;
    const directives = parseDirectives(query);
    const ask = (): Answer | undefined => askMediaPlaylist(output, rendition, directives);
    return (
      ask() ??
      this.#wait(exchange, {
        key: `${rendition} ${directives.msn} ${directives.part} ${directives.skip}`,
        ask,
        holdMs: holdMs(exchange.session, rendition),
        expire: () => expiredMediaPlaylist(output, rendition, directives),
      })
    );
  }

  #multivariantPlaylist(exchange: Exchange): Answer | undefined {
    const { output } = exchange.session;
    const ask = (): Answer | undefined => askMultivariantPlaylist(output);
    const expire = (): Answer => expiredMultivariantPlaylist(output);
    return ask() ?? this.#wait(exchange, { key: 'multivariant', ask, holdMs: FIRST_VARIANTS_HOLD_MS, expire });
  }

  #wait({ req, res, session }: Exchange, wait: Wait): Answer | undefined {
    if (this.#closing) return SHUTTING_DOWN;
    const held = this.#rooms.hold(session.output, wait.key, () => this.#guard(wait.ask, req), {
      req,
      res,
      sessionId: session.id,
      holdMs: wait.holdMs,
      expire: () => this.#guard(wait.expire, req),
      send: this.#send,
    });
    return held ? undefined : TOO_MANY_HELD;
  }

  #resource(exchange: Exchange, rendition: string, name: string): Answer | undefined {
    const resource = exchange.session.output.resource(rendition, name);
    if (resource === undefined) return NO_RESOURCE;
    if (this.#closing && resource instanceof Promise) return SHUTTING_DOWN;
    return resource instanceof Promise ? this.#hintedPart(exchange, rendition, resource) : answerResource(resource);
  }

  /** RFC 8216bis 6.2.6: a hinted part is held until it is published, then goes out whole. */
  #hintedPart(
    { req, res, session }: Exchange,
    rendition: string,
    part: Promise<MediaResource | undefined>,
  ): Answer | undefined {
    const { id: sessionId } = session;
    const expire = (): Answer => PART_STALLED;
    const options = { req, res, sessionId, holdMs: holdMs(session, rendition), expire, send: this.#send };
    const held = HeldRequest.hold(options, this.#limits, (left) => this.#heldParts.delete(left));
    if (held !== undefined) this.#heldParts.add(held);
    part.then(
      (resource) => held?.answer(resource === undefined ? NO_RESOURCE : answerResource(resource)),
      (error: unknown) => held?.answer(this.#answerFor(error, req)),
    );
    return held === undefined ? TOO_MANY_HELD : undefined;
  }

  /** A publisher wakes us: what goes wrong here is an answer, never its problem. */
  #guard<T>(ask: () => T, req: IncomingMessage): T | Answer {
    try {
      return ask();
    } catch (error) {
      return this.#answerFor(error, req);
    }
  }

  #answerFor(error: unknown, req: IncomingMessage): Answer {
    const told = problemOf(error);
    if (isOurFault(told)) {
      // Not the address, which may have a token in it.
      const session = liveSessionOf(tokenUrlOf(req.url ?? '').url);
      this.#options.logger.error({ err: error, code: told.code, session }, 'a media request failed');
    }
    return answerProblem(publicProblem(told));
  }
}

function holdMs({ output }: SessionHandle, rendition: string): number {
  return HOLD_TARGET_DURATIONS * (output.playlist(rendition)?.targetDuration ?? 1) * 1000;
}
