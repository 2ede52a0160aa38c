import { z } from 'zod';
import { ERROR_CODES, FAILURE_KINDS } from '../errors.ts';
import type { EventType } from '../session/types.ts';
import { chunkAdjusted } from './difference-schema.ts';
import { chunk, profile } from './schemas.ts';

/** What the events of a session carry, by type. The OpenAPI document and docs/EVENTS.md are made of it, and tests hold events to it. */

const turn = z.string().meta({ description: 'The turn that it is about.' });
const text = z.string();
const mediaTime = z.number().meta({ description: "On the session's timeline, in seconds." });
const milliseconds = z.int().meta({ description: 'In milliseconds.' });

const reason = z
  .object({
    code: z.enum(ERROR_CODES),
    kind: z.enum(FAILURE_KINDS).optional().meta({ description: 'How a provider failed.' }),
    detail: z.string().meta({
      description: "The provider's own words for who brings an API key, or needs none; else a fixed sentence.",
    }),
  })
  .meta({ id: 'EventReason' });

const stages = z
  .partialRecord(z.enum(['asr', 'llm', 'sentence', 'tts', 'avatar', 'encode', 'publish']), z.tuple([z.int(), z.int()]))
  .meta({ description: 'Begin and end of each stage, in milliseconds from the start of the turn.' });

const EVENTS = {
  'session.opened': {
    description: 'The first event of every session.',
    fields: { id: z.string(), profile, pacing: z.enum(['live', 'asap']) },
  },
  'session.changed': {
    description: 'What the session prefers from now on, all of it; instructions are not told.',
    fields: { voice: text.optional(), language: text.optional(), look: text.optional() },
  },
  'turn.started': {
    description: 'A question is to be answered, or a text to be spoken.',
    fields: { turn, utterance: text.optional().meta({ description: 'The question, where it came as text.' }) },
  },
  transcription: {
    description: 'A recording was understood.',
    fields: { turn, text: text.meta({ description: 'Empty: nothing was said in it.' }) },
  },
  'llm.delta': {
    description: 'More of the answer is written.',
    fields: { turn, text: text.meta({ description: 'What was added.' }) },
  },
  'llm.completed': {
    description: 'The answer is written.',
    fields: { turn, text, firstTokenMs: milliseconds, durationMs: milliseconds },
  },
  sentence: {
    description: 'A sentence is going to be spoken, and is the chunk of that index.',
    fields: { turn, index: z.int(), text },
  },
  'turn.completed': {
    description: 'Nothing more will be heard of the turn.',
    fields: { turn, outcome: z.enum(['completed', 'interrupted']) },
  },
  interrupted: {
    description: 'Speech was cut off; what was not published is dropped.',
    fields: {
      cutAt: mediaTime,
      programDateTime: z.iso.datetime().meta({ description: 'Wall clock of the presentation of the cut.' }),
      turns: z.array(z.string()).meta({ description: 'Turns that were interrupted.' }),
      droppedChunks: z.int(),
      chunk: chunk.optional().meta({ description: 'What was on air.' }),
      said: text.optional().meta({ description: 'The part of its text that was heard, in whole words.' }),
    },
  },
  degraded: {
    description: 'A provider failed, and something stands in for it.',
    fields: {
      turn,
      index: z.int().optional().meta({ description: 'Of the sentence that it is about.' }),
      stage: z.enum(['asr', 'llm', 'tts', 'avatar']),
      to: text.meta({
        description:
          'What stands in: the name of another provider, `retry`, `captions`, `voice`, `apology`, `partial` or `nothing`.',
      }),
      reason,
    },
  },
  waiting: {
    description: 'Why an answer is not there yet; once for each reason.',
    fields: {
      turn,
      stage: z.enum(['asr', 'llm']),
      kind: z.enum(['loading', 'busy', 'thinking', 'unreachable', 'silent']),
      againMs: milliseconds.optional().meta({ description: 'It is asked again after so many milliseconds.' }),
    },
  },
  'chunk.accepted': {
    description: 'The chunk is on disk, and will be heard in its turn, also after a crash.',
    fields: { chunk },
  },
  'chunk.encoding': { description: 'Encoding begins.', fields: { chunk } },
  'chunk.published': {
    description: 'The first part of the chunk is in the stream.',
    fields: {
      chunk,
      start: mediaTime,
      duration: z.number().meta({ description: 'In seconds, as far as it is known.' }),
      programDateTime: z.iso.datetime().meta({ description: 'Wall clock of the presentation of its first frame.' }),
      text: text.optional(),
      queuedMs: milliseconds,
      ttsMs: milliseconds,
      avatarMs: milliseconds,
      encodeMs: milliseconds,
      firstPartMs: milliseconds,
      stages,
    },
  },
  'chunk.adjusted': {
    description: 'What decoded of an upload is not what its header promised; what was done.',
    fields: chunkAdjusted.shape,
  },
  'chunk.failed': {
    description: 'The chunk could not be made; the stream goes on with the next.',
    fields: { chunk, text: text.optional(), reason },
  },
  'chunk.dropped': {
    description: 'The chunk will not be heard: it was interrupted before its first part.',
    fields: { chunk, text: text.optional() },
  },
  'filler.started': { description: 'A pause begins: filler is published.', fields: { start: mediaTime } },
  'filler.stopped': { description: 'A pause ends.', fields: { start: mediaTime } },
  'session.ended': {
    description: 'The last event: everything is published.',
    fields: {
      duration: mediaTime,
      reason: z.literal('idle').optional().meta({ description: 'Nobody ended it: it was idle for too long.' }),
    },
  },
} as const satisfies Readonly<Record<EventType, { description: string; fields: z.ZodRawShape }>>;

const TYPES = Object.keys(EVENTS) as readonly EventType[];

/** Every event of `type`, in full; a field that it does not have is refused. */
function schemaOf(type: EventType): z.ZodObject {
  const { description, fields } = EVENTS[type];
  const name = type.replace(/(?:^|\.)(\p{L})/gu, (_, letter: string) => letter.toUpperCase());
  return z
    .strictObject({
      seq: z.int().min(1).meta({ description: 'Counts from 1, without holes.' }),
      at: z.iso.datetime().meta({ description: 'Wall clock of the server.' }),
      type: z.literal(type),
      ...fields,
    })
    .meta({ id: `${name}Event`, description });
}

/** By type, in the order in which they come up. */
export const EVENT_SCHEMAS: ReadonlyMap<EventType, z.ZodObject> = new Map(TYPES.map((type) => [type, schemaOf(type)]));

const [first, second, ...others] = [...EVENT_SCHEMAS.values()];

/** Any event of a session. */
export const sessionEvent = z
  .discriminatedUnion('type', [first, second, ...others] as [z.ZodObject, z.ZodObject, ...z.ZodObject[]])
  .meta({ id: 'SessionEvent', description: 'One event of a session, told apart by `type`.' });
