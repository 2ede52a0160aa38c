import type { createDocument } from 'zod-openapi';

type Document = ReturnType<typeof createDocument>;

/** Who is let in: with the server's key where it has one, with a session's playback token, or anybody. */
type Lets = 'key' | 'viewer' | 'all';
type Operation = { readonly tag: Tag; readonly summary: string; readonly lets: Lets };
type Tag = keyof typeof TAGS;

const TAGS = {
  sessions: 'One session is one stream.',
  media: 'What is pushed, and becomes part of the stream.',
  conversation: 'What is asked and said.',
  playback: 'What players ask for.',
  figures: 'How playback and the server are doing.',
  system: 'Is the server there, and ready?',
} as const;

/** What generators and documentation call each operation, by its id. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  openSession: { tag: 'sessions', summary: 'Open a session', lets: 'key' },
  listSessions: { tag: 'sessions', summary: 'List sessions, newest first', lets: 'key' },
  getSession: { tag: 'sessions', summary: 'Get the state of a session', lets: 'key' },
  changeSession: { tag: 'sessions', summary: 'Change voice, language, look or instructions', lets: 'key' },
  deleteSession: { tag: 'sessions', summary: 'Stop a session and delete its files', lets: 'key' },
  endSession: { tag: 'sessions', summary: 'Play out what is queued, then end the stream', lets: 'key' },
  followSession: { tag: 'sessions', summary: 'Follow the events of a session', lets: 'viewer' },
  appendChunk: { tag: 'media', summary: 'Append a media file as a chunk', lets: 'key' },
  say: { tag: 'conversation', summary: 'Speak a text', lets: 'key' },
  takeTurn: { tag: 'conversation', summary: 'Answer a question or a recording', lets: 'key' },
  interrupt: { tag: 'conversation', summary: 'Cut off what is said', lets: 'key' },
  listProviders: { tag: 'conversation', summary: 'List voices, looks and who answers', lets: 'key' },
  getMultivariantPlaylist: { tag: 'playback', summary: 'Get the multivariant playlist', lets: 'all' },
  getMediaPlaylist: { tag: 'playback', summary: 'Get a media playlist', lets: 'all' },
  getMedia: { tag: 'playback', summary: 'Get a segment, a part or captions', lets: 'all' },
  getRecording: { tag: 'playback', summary: 'Get the recording of an ended session', lets: 'all' },
  getRecordingCaptions: { tag: 'playback', summary: 'Get the captions of a recording', lets: 'all' },
  reportQuality: { tag: 'figures', summary: 'Report how playback goes (CMCD)', lets: 'all' },
  getSessionQuality: { tag: 'figures', summary: 'Get how a session plays for its viewers', lets: 'key' },
  getStats: { tag: 'figures', summary: 'Get the figures of the server', lets: 'key' },
  getMetrics: { tag: 'figures', summary: 'Get metrics for Prometheus', lets: 'key' },
  isAlive: { tag: 'system', summary: 'Is the server alive?', lets: 'all' },
  isReady: { tag: 'system', summary: 'Is the server ready?', lets: 'all' },
};

/** A server without a key lets everybody in who may ask it at all. */
const SECURITY: Readonly<Record<Lets, readonly Record<string, string[]>[]>> = {
  key: [{ apiKey: [] }, {}],
  viewer: [{ apiKey: [] }, { playbackToken: [] }, {}],
  all: [{}],
};

const SCHEMES = {
  apiKey: { type: 'http' as const, scheme: 'bearer', description: 'One of `API_KEY`, where the server has any.' },
  playbackToken: {
    type: 'apiKey' as const,
    in: 'query' as const,
    name: 'token',
    description:
      'Of one session, as `eventsUrl` has it. In addresses of media it stands in the path: `/live/{id}/~TOKEN/…`.',
  },
};

/**
 * Adds to each operation what it is called, where it belongs, who is let in, and that it may be refused.
 *
 * @param failure - The answer to what is refused: any may be, if only for a wrong `Host`.
 */
export function withOperations(document: Document, failure: unknown): Document {
  for (const methods of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(methods ?? {})) {
      if (typeof operation !== 'object' || !('operationId' in operation)) continue;
      const { tag, summary, lets } = OPERATIONS[String(operation.operationId)] ?? {};
      const { responses } = operation as { responses: Record<string, unknown> };
      Object.assign(operation, {
        summary,
        tags: [tag],
        security: SECURITY[lets ?? 'key'],
        responses: { ...responses, '4XX': failure },
      });
    }
  }
  return {
    ...document,
    servers: [{ url: '/', description: 'This server' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    components: { ...document.components, securitySchemes: SCHEMES },
  };
}
