import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import { FAILURE_KINDS } from '../errors.ts';
import { sessionEvent } from './event-schemas.ts';
import { figurePaths } from './openapi-figures.ts';
import { withOperations } from './openapi-operations.ts';
import { answer, failure, json, sessionPath } from './openapi-parts.ts';
import * as schemas from './schemas.ts';

type Document = ReturnType<typeof createDocument>;

const keyHeader = z.object({
  'Idempotency-Key': schemas.idempotencyKey
    .optional()
    .meta({ description: 'The same key again: the first answer again, and nothing appended.' }),
});
const resumeHeader = z.object({ 'Last-Event-ID': z.string().optional() });
const rendition = z.string().meta({ description: 'As the multivariant playlist names it.' });
const bytes = (type: string) => ({ content: { [type]: { schema: { type: 'string' as const, format: 'binary' } } } });
const playlist = { 'application/vnd.apple.mpegurl': { schema: z.string() } };
const EVENTS =
  `Server-Sent Events, each with \`id: seq\` and one line of data, a JSON object \`{ seq, at, type, … }\`. \`seq\` counts from 1
without holes: a client that comes back with the last one it has gets all that followed. Where events in between are forgotten (the newest
1,000 are kept), \`seq\` jumps, and a comment \`: events 5 to 90 are forgotten\` stands in the gap; ask \`GET /v1/sessions/{id}\` for the
state then. A number that goes back to 1: the session is another one of the same name. A client that reads too slowly is disconnected.
\`degraded\` and \`chunk.failed\` carry \`reason: { code, kind?, detail }\`: \`code\` is one of the problems' codes, \`kind\` says how a
provider failed (${FAILURE_KINDS.join(', ')}); \`detail\` is the provider's own reason for who brings an API key, or needs none, and a
fixed sentence for who was let in by a playback token. \`waiting\` says once each why an answer is not there yet: \`stage\` (asr, llm) and
\`kind\` (loading, busy, thinking, unreachable, silent). \`chunk.adjusted\` says how what decoded of an
upload differs from what its header promised, and what was done. Each line of data is a \`SessionEvent\`. Types that a client does not know
are to be passed over.`.replaceAll('\n', ' ');
const recordingQuery = z.object({
  filler: z.literal('keep').optional().meta({ description: 'Pauses are kept.' }),
  download: z.string().optional().meta({ description: 'Present, browsers store it instead of playing it.' }),
});
const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional();

/** OpenAPI 3.1 of everything this server answers, from the schemas that validate. */
export function openApiDocument(): Document {
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Throughline',
      version: packageVersion(),
      description: 'What is made piece by piece, as one continuous HLS stream.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths: {
      ...sessionPaths(),
      ...mediaInPaths(),
      ...turnPaths(),
      ...mediaOutPaths(),
      ...figurePaths(),
      ...systemPaths(),
    },
  });
  return withOperations(document, document.paths?.['/v1/sessions']?.post?.responses?.default);
}

function sessionPaths() {
  return {
    '/v1/sessions': {
      post: {
        operationId: 'openSession',
        requestBody: { required: false, ...json(schemas.sessionInput) },
        responses: { 201: answer('Opened', schemas.session), default: failure },
      },
      get: {
        operationId: 'listSessions',
        requestParams: { query: schemas.sessionPage },
        responses: { 200: answer('Newest first', schemas.sessionList), default: failure },
      },
    },
    '/v1/sessions/{id}': {
      get: {
        operationId: 'getSession',
        requestParams: { path: sessionPath },
        responses: { 200: answer('State now', schemas.session), default: failure },
      },
      patch: {
        operationId: 'changeSession',
        requestParams: { path: sessionPath },
        requestBody: { required: true, ...json(schemas.sessionChanges) },
        responses: { 200: answer('State now; counts from the next sentence on', schemas.session), default: failure },
      },
      delete: {
        operationId: 'deleteSession',
        requestParams: { path: sessionPath },
        responses: { 204: { description: 'Stopped, files deleted' }, default: failure },
      },
    },
    '/v1/sessions/{id}/end': {
      post: {
        operationId: 'endSession',
        requestParams: { path: sessionPath },
        responses: { 202: answer('Plays out what is queued, then ends', schemas.session), default: failure },
      },
    },
    '/v1/sessions/{id}/events': {
      get: {
        operationId: 'followSession',
        requestParams: {
          path: sessionPath,
          query: z.object({ lastEventId: z.string().optional() }),
          header: resumeHeader,
        },
        responses: {
          200: { description: EVENTS, content: { 'text/event-stream': { schema: sessionEvent } } },
          204: { description: 'Ended, and everything was sent' },
          default: failure,
        },
      },
    },
  };
}

function mediaInPaths() {
  return {
    '/v1/sessions/{id}/chunks': {
      post: {
        operationId: 'appendChunk',
        requestParams: { path: sessionPath, query: schemas.chunkQuery, header: keyHeader },
        requestBody: {
          required: true,
          description: 'The bytes of one media file: no form, no JSON, no URL (415, by their type or first bytes)',
          ...bytes('application/octet-stream'),
        },
        responses: { 202: answer('Safe on disk', schemas.chunkAccepted), default: failure },
      },
    },
    '/v1/sessions/{id}/say': {
      post: {
        operationId: 'say',
        requestParams: { path: sessionPath, header: keyHeader },
        requestBody: { required: true, ...json(schemas.sayInput) },
        responses: { 202: answer('Sentences, in order', schemas.sayAccepted), default: failure },
      },
    },
  };
}

function turnPaths() {
  const recording = { schema: { type: 'string' as const, format: 'binary' } };
  return {
    '/v1/sessions/{id}/turns': {
      post: {
        operationId: 'takeTurn',
        requestParams: { path: sessionPath, query: schemas.turnQuery, header: keyHeader },
        requestBody: {
          required: true,
          description: 'What a user said: as text, or as a recording, whose fields stand in the query',
          content: {
            'application/json': { schema: schemas.turnInput },
            'audio/*': recording,
            'video/webm': recording,
            'video/mp4': recording,
            'application/ogg': recording,
            'application/octet-stream': recording,
          },
        },
        responses: { 202: answer('Will be answered', schemas.turnAccepted), default: failure },
      },
    },
    '/v1/sessions/{id}/interrupt': {
      post: {
        operationId: 'interrupt',
        requestParams: { path: sessionPath },
        responses: { 200: answer('Where speech was cut off', schemas.interruption), default: failure },
      },
    },
    '/v1/providers': {
      get: {
        operationId: 'listProviders',
        responses: { 200: answer('What speech can do here', schemas.providers), default: failure },
      },
    },
  };
}

function mediaOutPaths() {
  const directives = z.object({ _HLS_msn: count, _HLS_part: count, _HLS_skip: z.enum(['YES', 'v2']).optional() });
  return {
    '/live/{id}/index.m3u8': {
      get: {
        operationId: 'getMultivariantPlaylist',
        requestParams: { path: sessionPath },
        responses: { 200: { description: 'The one URL given to any player', content: playlist }, default: failure },
      },
    },
    '/live/{id}/{rendition}/stream.m3u8': {
      get: {
        operationId: 'getMediaPlaylist',
        requestParams: { path: sessionPath.extend({ rendition }), query: directives },
        responses: { 200: { description: 'Low-latency HLS media playlist', content: playlist }, default: failure },
      },
    },
    '/live/{id}/{rendition}/{name}': {
      get: {
        operationId: 'getMedia',
        requestParams: { path: sessionPath.extend({ rendition, name: z.string() }) },
        responses: {
          200: {
            description: 'Init segment, media segment, part, or captions (`subs`, WebVTT)',
            ...bytes('video/mp4'),
          },
          default: failure,
        },
      },
    },
    '/live/{id}/recording.mp4': {
      get: {
        operationId: 'getRecording',
        requestParams: { path: sessionPath, query: recordingQuery },
        responses: {
          200: { description: 'The whole conversation, once it has ended', ...bytes('video/mp4') },
          default: failure,
        },
      },
    },
    '/live/{id}/recording.vtt': {
      get: {
        operationId: 'getRecordingCaptions',
        requestParams: { path: sessionPath, query: recordingQuery },
        responses: {
          200: { description: 'What is said in the recording, as WebVTT', ...bytes('text/vtt') },
          default: failure,
        },
      },
    },
  };
}

function systemPaths() {
  return {
    '/healthz': {
      get: { operationId: 'isAlive', responses: { 200: answer('Alive', z.object({ alive: z.literal(true) })) } },
    },
    '/readyz': {
      get: {
        operationId: 'isReady',
        responses: { 200: answer('Serves', schemas.readiness), 503: answer('Does not serve yet', schemas.readiness) },
      },
    },
  };
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
