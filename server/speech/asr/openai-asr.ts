import { openAsBlob } from 'node:fs';
import { StreamError } from '../../errors.ts';
import type { Asr, AsrRequest } from '../providers.ts';
import { type OpenAiServerOptions, openAiClient, readAnswer } from '../voice/openai-answer.ts';
import { kindOfRecording } from './recording-kind.ts';

/** Some ten minutes of speech. */
const MAX_TEXT_LENGTH = 10_000;
/** Such a text, every character escaped, and what stands around it. */
const MAX_BYTES = 200_000;

export type OpenAiAsrOptions = OpenAiServerOptions & {
  readonly model: string;
  /** For the upload and the answer together, in ms. */
  readonly timeoutMs: number;
};

type Transcription = { readonly text: string; readonly language?: string };

/** Whisper knows these by other codes of ISO 639-1, and refuses them. */
const RENAMED: Readonly<Record<string, string>> = { nb: 'no', iw: 'he', in: 'id' };

/** ISO 639-1 part of a tag, which is all that the API takes. */
function languageOf(tag: string | undefined): string | undefined {
  const code = /^([a-z]{2})(?:-|$)/iu.exec(tag ?? '')?.[1]?.toLowerCase();
  return code === undefined ? undefined : (RENAMED[code] ?? code);
}

function transcriptionIn(json: string): Transcription {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StreamError('ASR_FAILED', `the recognition server sent ${json.length} characters that are no JSON`);
  }
  const { text, language } = (answer ?? {}) as { text?: unknown; language?: unknown };
  if (typeof text !== 'string') throw new StreamError('ASR_FAILED', 'the recognition server sent no text');
  const heard = text.trim();
  if (heard.length > MAX_TEXT_LENGTH)
    throw new StreamError(
      'ASR_FAILED',
      `the recognition server heard ${heard.length} characters, limit is ${MAX_TEXT_LENGTH}`,
    );
  // Whisper's `verbose_json` has names of languages ("english"); only tags are passed on.
  const tag = typeof language === 'string' ? languageOf(language) : undefined;
  return { text: heard, ...(tag !== undefined && { language: tag }) };
}

/** Speech recognition by a server with OpenAI's `/audio/transcriptions`. Recordings are sent as they are. */
export function createOpenAiAsr(options: OpenAiAsrOptions): Asr {
  const { model, timeoutMs, apiKey } = options;
  const client = openAiClient(options, timeoutMs + 60_000);
  const limits = { firstByteMs: timeoutMs, byteMs: timeoutMs, totalMs: timeoutMs, maxBytes: MAX_BYTES };
  return {
    name: 'openai',
    async transcribe({ path, signal, onWaiting, ...request }: AsrRequest) {
      const { extension, mediaType } = await kindOfRecording(path);
      const file = new File([await openAsBlob(path)], `recording.${extension}`, { type: mediaType });
      const language = languageOf(request.language);
      const body = { model, file, response_format: 'json' as const, ...(language !== undefined && { language }) };
      const { bytes } = await readAnswer({
        send: (connection) => client.audio.transcriptions.create(body, { signal: connection }).asResponse(),
        ...{ limits, signal, onWaiting, apiKey, failure: 'ASR_FAILED', subject: 'the recognition server' },
      });
      return transcriptionIn(bytes.toString('utf8'));
    },
  };
}
