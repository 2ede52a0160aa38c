import type { Readable } from 'node:stream';
import type { FileSlice } from '../lib/file-blocks.ts';
import type { MediaPlaylist, SubtitleRendition, VariantStream } from '../playlist/types.ts';
import type { Profile } from '../timeline/profile.ts';

export type { Profile, RenditionProfile } from '../timeline/profile.ts';

export type Pacing = 'live' | 'asap';
export type FillerKind = 'idle' | 'hold' | 'none';
export type SessionState = 'open' | 'ending' | 'ended';

export type SessionOptions = {
  readonly id?: string;
  readonly profile?: Partial<Profile>;
  readonly pacing?: Pacing;
  readonly filler?: FillerKind;
  readonly title?: string;
  /** Seconds of media a live playlist keeps. */
  readonly window?: number;
  /** A WebVTT rendition of what is said. Default true; a language names the rendition. */
  readonly captions?: boolean | { readonly language?: string };
  /** Who opens it, as a name that says nothing to others: whose past goes first when all is full. */
  readonly owner?: string;
} & Preferences;

/** How a session answers and speaks, unless a request says otherwise; may be changed at any time. */
export type Preferences = {
  /** An engine's own name for a voice. */
  readonly voice?: string;
  /** BCP 47 tag of the conversation. */
  readonly language?: string;
  /** Look of the avatar. */
  readonly look?: string;
  /** System prompt of the language model. */
  readonly instructions?: string;
};

/** A change of them: what is absent stays, what is null is forgotten. */
export type PreferenceChanges = { readonly [name in keyof Preferences]?: Preferences[name] | null };

/** A word of a chunk and when it is said, in seconds from the start of the chunk. */
export type WordTime = { readonly text: string; readonly start: number; readonly end: number };

export type ChunkState = 'accepted' | 'encoding' | 'published' | 'failed' | 'dropped';

/** What the API says of one chunk. */
export type ChunkStatus = {
  readonly id: string;
  /** Position in its turn. */
  readonly index: number;
  readonly turn?: string;
  readonly state: ChunkState;
  readonly text?: string;
};

/** What the API says of one session. Media times in seconds on the session's timeline. */
export type SessionStatus = {
  readonly id: string;
  readonly state: SessionState;
  readonly title?: string;
  readonly profile: Profile;
  readonly pacing: Pacing;
  readonly filler: FillerKind;
  readonly createdAt: string;
  /** End of what is published. */
  readonly publishedUntil: number;
  /** End of what is accepted, as far as durations are known. */
  readonly queuedUntil: number;
  readonly chunks: {
    readonly accepted: number;
    readonly published: number;
    readonly failed: number;
    readonly dropped: number;
  };
  readonly preferences: Preferences;
  /** Players that asked for media in the last few seconds: told apart by their CMCD session id, else by address. */
  readonly viewers: number;
};

export type EventType =
  | 'session.opened'
  | 'session.changed'
  | 'turn.started'
  | 'transcription'
  | 'llm.delta'
  | 'llm.completed'
  | 'sentence'
  | 'turn.completed'
  | 'interrupted'
  | 'degraded'
  | 'waiting'
  | 'chunk.accepted'
  | 'chunk.encoding'
  | 'chunk.published'
  | 'chunk.adjusted'
  | 'chunk.failed'
  | 'chunk.dropped'
  | 'filler.started'
  | 'filler.stopped'
  | 'session.ended';

/** One event of a session: `seq` counts from 1 without holes; `at` is ISO 8601 with milliseconds. */
export type SessionEvent = {
  readonly seq: number;
  readonly at: string;
  readonly type: EventType;
  readonly [field: string]: unknown;
};

/** A session's events, bounded: the oldest are forgotten first. */
export type EventLog = {
  /** Events after `seq` that are still remembered, oldest first. */
  since(seq: number): readonly SessionEvent[];
  /** Sequence number of the newest event, 0 when there is none. */
  readonly lastSeq: number;
  /** Calls `listener` for each later event; returns the way to stop. */
  subscribe(listener: (event: SessionEvent) => void): () => void;
};

/**
 * A piece of a body that is looked up when its turn to be sent comes: a client that takes nothing for a minute keeps none of the others
 * in memory.
 */
export type BodyPiece = {
  readonly sizeBytes: number;
  /** The bytes, or where they lie on disk; `undefined`: they are gone by now. */
  get(): Uint8Array | FileSlice | undefined;
};

/** Bytes that never change once they can be had. */
export type MediaResource = {
  /** To be sent one after the other. */
  readonly body: readonly BodyPiece[];
  readonly sizeBytes: number;
  readonly contentType: string;
  /** With its quotes. */
  readonly etag: string;
};

/** What the media plane needs of a session: everything published, as data. */
export type StreamOutput = {
  /** Variant streams of the multivariant playlist; `uri` is `<rendition>/stream.m3u8`. */
  variants(): readonly VariantStream[];
  /** The captions' rendition, `subs`; `undefined`: the session has none. */
  subtitles(): SubtitleRendition | undefined;
  /** Tells the session that somebody watches (`viewer` tells players apart); an idle session wakes and catches up with the clock. */
  watch(now: number, viewer?: string): void;
  /** What is published now; the same object until something new is published. `undefined`: no such rendition. */
  playlist(rendition: string): MediaPlaylist | undefined;
  /** Calls `listener` after each publication, and when the session ends or is deleted; returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /**
   * An init segment, media segment or part, by the name the playlist gives it. `awaited`: the part that the preload hint names, which is
   * not published yet; who wants to wait for it subscribes and asks again. `undefined`: no such resource.
   */
  resource(rendition: string, name: string): MediaResource | 'awaited' | undefined;
  /** True once the session is deleted: waiters are to be told 404. */
  readonly closed: boolean;
};

export type ChunkUpload = {
  readonly body: Readable;
  /** Content-Length, when the client gave it. */
  readonly sizeBytes?: number;
  readonly text?: string;
  readonly index?: number;
  readonly turn?: string;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
};

export type SayRequest = {
  readonly text: string;
  readonly voice?: string;
  readonly language?: string;
  readonly turn?: string;
  readonly idempotencyKey?: string;
};

/** A session as the HTTP layer sees it. */
export type SessionHandle = {
  readonly id: string;
  readonly createdAt: Date;
  readonly events: EventLog;
  readonly output: StreamOutput;
  status(): SessionStatus;
  /**
   * Stores the body and queues it; resolves when the bytes are safe on disk.
   * @throws {StreamError} `BODY_TOO_LARGE`, `QUEUE_FULL`, `SESSION_ENDED`, `INDEX_TAKEN`, `ABORTED`.
   */
  append(upload: ChunkUpload): Promise<ChunkStatus>;
  /**
   * Changes how the session answers and speaks from the next sentence on.
   * @throws {StreamError} `SESSION_ENDED`.
   */
  configure(changes: PreferenceChanges): Promise<void>;
  /** Plays out what is queued, then ends the playlist. Idempotent. */
  end(): void;
  /** Resolves when what was done so far will be known after a restart. */
  written(): Promise<void>;
  /** Path of the whole conversation as one MP4 file, made on first use. @throws {StreamError} `RECORDING_NOT_READY` before the end. */
  recording(options: { keepFiller: boolean }): Promise<string>;
};

/** What a session is doing now. */
export type SessionLoad = {
  readonly state: SessionState;
  /** Something is being made, waits or is on air. */
  readonly isBusy: boolean;
  readonly viewers: number;
  /** Media that waits for its turn, in seconds. */
  readonly queuedSeconds: number;
};

/** Told of what all sessions do, for the figures of the whole server. */
export type SessionObserver = {
  event(sessionId: string, event: SessionEvent): void;
  /** A part of a live session is out, so many milliseconds after it was due: less than 0, before that. */
  partPublished(lagMs: number): void;
  deleted(sessionId: string): void;
};

export type SessionRegistry = {
  /**
   * Opens a session; one whose asker has left by then is not opened.
   *
   * @throws {StreamError} `SESSION_EXISTS`, `SESSION_LIMIT`, `REQUEST_INVALID`, `PROFILE_TOO_LARGE`; the signal's reason.
   */
  create(options: SessionOptions, signal?: AbortSignal): Promise<SessionHandle>;
  get(id: string): SessionHandle | undefined;
  /** Newest first. */
  list(page: { limit: number; cursor?: string }): { sessions: readonly SessionHandle[]; nextCursor?: string };
  /** Stops at once and deletes the files. @throws {StreamError} `SESSION_NOT_FOUND`. */
  delete(id: string): Promise<void>;
};

/** What a user said, to be answered. */
export type TurnRequest = {
  /** Text, or a recording of speech in any container ffmpeg reads. */
  readonly input: { readonly text: string } | Pick<ChunkUpload, 'body' | 'sizeBytes' | 'signal'>;
  /** What becomes of speech that is still to be heard. Default: interrupt; a recording does so when something was said in it. */
  readonly onBusy?: 'interrupt' | 'queue';
  readonly voice?: string;
  readonly language?: string;
  readonly turn?: string;
  readonly idempotencyKey?: string;
};

/** Where speech was cut off. */
export type Interruption = {
  /** Media time of the cut, in seconds: what comes after is filler. */
  readonly at: number;
  /** Wall clock of its presentation, ISO 8601: where a player finds it that knows nothing of the session's timeline. */
  readonly programDateTime: string;
  /** Chunks that were accepted and will not be heard at all. */
  readonly droppedChunks: number;
};

/** What the providers of speech can do here, for people to choose from. */
export type ProviderStatus = {
  readonly llm: {
    readonly name: string;
    /** Only the embedded responder answers: how to have a model do it, for whoever runs the server. */
    readonly hint?: { readonly text: string; readonly lines: readonly string[] };
  };
  readonly tts: {
    readonly name: string;
    readonly voices: readonly { readonly name: string; readonly title: string; readonly language?: string }[];
  };
  readonly asr: { readonly name: string; readonly unavailable?: string };
  readonly avatar: {
    readonly name: string;
    readonly looks: readonly { readonly name: string; readonly title: string }[];
  };
};

/** Holds the conversations: text and turns into sessions, and out again. */
export type Conversations = {
  readonly providers: ProviderStatus;
  /** Speaks text: sentences, speech, face, chunks in order. */
  say(session: SessionHandle, request: SayRequest): Promise<{ turn: string; chunks: readonly ChunkStatus[] }>;
  /**
   * Answers what a user said; resolves once the turn is accepted: for a recording, when its bytes are here.
   * @throws {StreamError} `REQUEST_INVALID`, `SESSION_ENDED`, `QUEUE_FULL`, `ASR_UNAVAILABLE`, `BODY_TOO_LARGE`, `ABORTED`.
   */
  turn(session: SessionHandle, request: TurnRequest): Promise<{ turn: string }>;
  /** Cancels all that is being made and drops all that is not published. @throws {StreamError} `SESSION_ENDED`. */
  interrupt(session: SessionHandle): Interruption | Promise<Interruption>;
};
