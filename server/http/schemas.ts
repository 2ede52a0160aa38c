import { z } from 'zod';
import 'zod-openapi';
import { ERROR_CODES } from '../errors.ts';
import { MAX_KEY_LENGTH } from '../session/idempotency.ts';
import { SESSION_ID } from './live-url.ts';

export * from './figure-schemas.ts';

/** What the API takes and gives: validates requests, and is published as OpenAPI 3.1. Media times in seconds. */

const AUDIO_RATES = [16000, 22050, 24000, 32000, 44100, 48000] as const;

const side = z.int().min(64).max(1920).multipleOf(2).meta({ description: 'Pixels, even.' });
/** A name clients choose: no control characters, so that it can stand in logs and events as it is. */
const label = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must have no control characters');

/** Stands in playlists between quotes. RFC 5646 2.1: subtags of up to eight letters and digits. */
const languageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag')
  .meta({ description: 'BCP 47.' });

export const sessionId = z
  .string()
  .regex(SESSION_ID, 'must be 3 to 64 lower-case letters, digits and hyphens, and begin with no hyphen');

const renditionSize = z.strictObject({ width: side, height: side });

export const profileInput = z
  .strictObject({
    width: side.exactOptional(),
    height: side.exactOptional(),
    fps: z.int().min(1).max(60).exactOptional().meta({ description: 'Frames per second.' }),
    audioRate: z.literal(AUDIO_RATES).exactOptional().meta({ description: 'Samples per second.' }),
    renditions: z.array(renditionSize).max(4).exactOptional().meta({ description: 'Further, smaller encodings.' }),
  })
  .meta({
    id: 'ProfileInput',
    description: 'Default: 512x512, 25 fps, 48 kHz mono. Fixed for the life of the session.',
  });

const preferences = {
  voice: label(100).exactOptional().meta({ description: 'One of the voices that `/v1/providers` lists.' }),
  language: languageTag.exactOptional(),
  look: label(100).exactOptional().meta({ description: 'One of the looks that `/v1/providers` lists.' }),
  instructions: z
    .string()
    .max(8_000)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'must have no control characters but tabs and line breaks')
    .exactOptional()
    .meta({ description: 'System prompt of the language model. No answer repeats it.' }),
};

export const sessionInput = z
  .strictObject({
    id: sessionId.exactOptional().meta({ description: 'Made unguessable (128 bits) when absent.' }),
    profile: profileInput.exactOptional(),
    pacing: z.enum(['live', 'asap']).exactOptional().meta({ description: 'Default: live.' }),
    filler: z.enum(['idle', 'hold', 'none']).exactOptional().meta({ description: 'Default: idle.' }),
    captions: z
      .union([z.boolean(), z.strictObject({ language: languageTag.exactOptional() })])
      .exactOptional()
      .meta({ description: 'A WebVTT rendition of what is said. Default: true.' }),
    title: label(200).exactOptional(),
    window: z
      .number()
      .min(12)
      .max(3600)
      .exactOptional()
      .meta({ description: 'Seconds of media a live playlist keeps.' }),
    ...preferences,
  })
  .meta({ id: 'SessionInput' });

/** A field that null takes back (RFC 7396). */
const clearable = <T extends z.ZodType>(field: z.ZodExactOptional<T>) => field.unwrap().nullable().exactOptional();

export const sessionChanges = z
  .strictObject({
    voice: clearable(preferences.voice).meta({ description: 'As in SessionInput; null: chosen by look and language.' }),
    language: clearable(preferences.language).meta({ description: 'As in SessionInput; null: as the words tell.' }),
    look: clearable(preferences.look).meta({ description: 'As in SessionInput; null: the first.' }),
    instructions: clearable(preferences.instructions).meta({ description: "As in SessionInput; null: the server's." }),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must name what is to change')
  .meta({ id: 'SessionChanges', override: { minProperties: 1 } });

export const sessionPage = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: label(200).exactOptional(),
});

export const sayInput = z
  .strictObject({
    text: z.string().max(50_000).regex(/\S/, 'must not be blank'),
    voice: label(100).exactOptional(),
    language: label(35).exactOptional().meta({ description: 'BCP 47.' }),
    turn: label(128).exactOptional(),
  })
  .meta({ id: 'SayInput' });

const turnFields = {
  onBusy: z
    .enum(['interrupt', 'queue'])
    .exactOptional()
    .meta({ description: 'What becomes of speech that is still to be heard. Default: interrupt.' }),
  voice: label(100).exactOptional(),
  language: languageTag.exactOptional(),
  turn: label(128).exactOptional(),
};

export const turnInput = z
  .strictObject({ text: z.string().max(10_000).regex(/\S/, 'must not be blank'), ...turnFields })
  .meta({ id: 'TurnInput' });

export const turnQuery = z.strictObject(turnFields);
export const noQuery = z.strictObject({});

export const chunkQuery = z.strictObject({
  text: z.string().max(10_000).exactOptional().meta({ description: 'What is said in the media.' }),
  index: z
    .string()
    .regex(/^\d{1,6}$/, 'must be an integer from 0 to 999999')
    .transform(Number)
    .exactOptional()
    .meta({
      description: 'Position in its turn: 0, 1, 2 …',
      override: { type: 'integer', minimum: 0, maximum: 999_999 },
    }),
  turn: label(128).exactOptional(),
});

export const idempotencyKey = z
  .string()
  .max(MAX_KEY_LENGTH, `must be 1 to ${MAX_KEY_LENGTH} visible ASCII characters`)
  .regex(/^[\x21-\x7e]+$/, `must be 1 to ${MAX_KEY_LENGTH} visible ASCII characters`);

const size = z.object({ width: z.int(), height: z.int() });
export const profile = z
  .object({ ...size.shape, fps: z.int(), audioRate: z.int(), renditions: z.array(size) })
  .meta({ id: 'Profile' });

const sessionFields = {
  id: sessionId,
  state: z.enum(['open', 'ending', 'ended']),
  title: z.string().optional(),
  playlistUrl: z
    .string()
    .meta({ description: 'The one URL given to any player. A path where the host is not one we may repeat.' }),
  playerUrl: z.string(),
  eventsUrl: z.string(),
  profile,
  pacing: z.enum(['live', 'asap']),
  filler: z.enum(['idle', 'hold', 'none']),
  createdAt: z.iso.datetime(),
  voice: z.string().optional(),
  language: z.string().optional(),
  look: z.string().optional(),
};

export const session = z
  .object({
    ...sessionFields,
    publishedUntil: z.number(),
    queuedUntil: z.number(),
    chunks: z.object({ accepted: z.int(), published: z.int(), failed: z.int(), dropped: z.int() }),
    viewers: z.int(),
  })
  .meta({ id: 'Session' });

export const sessionList = z.object({ sessions: z.array(session), nextCursor: z.string().optional() });

export const chunk = z
  .object({
    id: z.string(),
    index: z.int(),
    turn: z.string().optional(),
    state: z.enum(['accepted', 'encoding', 'published', 'failed', 'dropped']),
    text: z.string().optional(),
  })
  .meta({ id: 'Chunk' });

export const chunkAccepted = z.object({ chunk });
export const sayAccepted = z.object({ turn: z.string(), chunks: z.array(chunk) });

export const turnAccepted = z.object({ turn: z.string() });

export const interruption = z
  .object({
    at: z.number().meta({ description: 'Media time of the cut, in seconds: what comes after is filler.' }),
    programDateTime: z.iso.datetime().meta({ description: 'Wall clock of its presentation.' }),
    droppedChunks: z.int().meta({ description: 'Chunks that were accepted and will not be heard at all.' }),
  })
  .meta({ id: 'Interruption' });

const named = { name: z.string(), title: z.string() };

export const providers = z
  .object({
    llm: z.object({
      name: z.string(),
      hint: z
        .object({ text: z.string(), lines: z.array(z.string()) })
        .exactOptional()
        .meta({ description: 'Only the embedded responder answers: how to have a model do it.' }),
    }),
    tts: z.object({
      name: z.string(),
      voices: z.array(z.object({ ...named, language: z.string().optional() })),
    }),
    asr: z.object({
      name: z.string(),
      unavailable: z.string().optional().meta({ description: 'Why no recording can be recognised here.' }),
    }),
    avatar: z.object({ name: z.string(), looks: z.array(z.object(named)) }),
  })
  .meta({ id: 'Providers' });

export const readiness = z.looseObject({ ready: z.boolean(), encoder: z.looseObject({}) }).meta({ id: 'Readiness' });

export const problemBody = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string(), code: z.enum(ERROR_CODES) })
  .meta({ id: 'Problem', description: 'RFC 9457.' });
