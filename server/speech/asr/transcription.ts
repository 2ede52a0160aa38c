import { type FailureKind, StreamError } from '../../errors.ts';
import { fieldOf } from '../../lib/json-field.ts';
import { framesOf } from '../remote/frames.ts';
import { safeReason } from '../remote/provider-error.ts';

/** Some ten minutes of speech. */
const MAX_TEXT_LENGTH = 10_000;

export type Transcription = { readonly text: string; readonly language?: string };

/** Fields that hold what was heard, besides `text`. */
const TEXT_FIELDS = ['text', 'transcription', 'transcript', 'result', 'generated_text'];
/** Lists of what was heard, piece by piece: Whisper's, Hugging Face's, Google's. */
const LIST_FIELDS = ['segments', 'chunks', 'results', 'alternatives', 'transcription', 'utterances'];
const MAX_DEPTH = 4;

/**
 * What a recognition server heard, in whatever form it says it: OpenAI's JSON with or without its `text`, events, lines of JSON, or text.
 *
 * @param languageOf - ISO 639-1 code in what the server calls the language.
 * @throws {StreamError} `ASR_FAILED`: no transcription, or too long a one.
 */
export async function transcriptionIn(
  { bytes, contentType }: { readonly bytes: Buffer; readonly contentType: string },
  languageOf: (tag: string | undefined) => string | undefined,
): Promise<Transcription> {
  const body = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  const answer = jsonIn(body) ?? (await pieces(bytes)) ?? plainText(body, contentType);
  const text = textIn(answer, 0)?.trim();
  if (text === undefined) throw failure(`sent no text: ${safeReason(body, undefined).slice(0, 100)}`, 'wrong_answer');
  if (text.length > MAX_TEXT_LENGTH)
    throw failure(`heard ${text.length} characters, limit is ${MAX_TEXT_LENGTH}`, 'wrong_answer');
  // Whisper's `verbose_json` has names of languages ("english"); only tags are passed on.
  const language = fieldOf(answer, 'language');
  const tag = typeof language === 'string' ? languageOf(language) : undefined;
  return { text, ...(tag !== undefined && { language: tag }) };
}

function jsonIn(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Events (`transcript.text.delta`, `transcript.text.done`) or lines of JSON, as one answer; `undefined` for what is neither. */
async function pieces(bytes: Buffer): Promise<unknown> {
  const unframed = (): StreamError => failure('sent neither events nor JSON', 'wrong_answer');
  const options = { failure: 'ASR_FAILED', subject: 'the recognition server', unframed } as const;
  const values: unknown[] = [];
  try {
    for await (const { data } of framesOf(new Blob([new Uint8Array(bytes)]).stream(), options)) {
      const value = jsonIn(data);
      if (value !== undefined) values.push(value);
    }
  } catch (error) {
    if (error instanceof StreamError) return undefined;
    throw error;
  }
  if (values.length === 0) return undefined;
  const whole = values.findLast(
    (value) => /\bdone$/.test(String(fieldOf(value, 'type'))) && fieldOf(value, 'text') !== undefined,
  );
  const deltas = values.map((value) => fieldOf(value, 'delta')).filter((delta) => typeof delta === 'string');
  if (whole !== undefined) return whole;
  return deltas.length > 0 ? { text: deltas.join('') } : { segments: values };
}

/** A text alone, which is what `response_format=text` gives, and some servers always. */
function plainText(body: string, contentType: string): unknown {
  const isText = !/^[<{[]/.test(body) && !/\bhtml\b/i.test(contentType);
  if (isText) return { text: body };
  throw failure(`sent ${body.length} characters that are no JSON`, 'wrong_answer');
}

function textIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return joined(value, depth);
  for (const name of TEXT_FIELDS) {
    const text = fieldOf(value, name);
    if (typeof text === 'string') return text;
  }
  for (const name of LIST_FIELDS) {
    const list = fieldOf(value, name);
    if (Array.isArray(list)) return joined(name === 'alternatives' ? list.slice(0, 1) : list, depth);
  }
  return undefined;
}

/** An empty list is one in which nothing was heard. */
function joined(list: readonly unknown[], depth: number): string | undefined {
  const texts = list.map((each) => textIn(each, depth + 1)?.trim());
  if (list.length > 0 && texts.every((text) => text === undefined)) return undefined;
  return texts.filter((text) => text !== undefined && text !== '').join(' ');
}

function failure(what: string, kind: FailureKind): StreamError {
  return new StreamError('ASR_FAILED', `the recognition server ${what}`, { kind });
}
