import { openAsBlob } from 'node:fs';
import type { Asr, AsrRequest } from '../providers.ts';
import { type OpenAiServerOptions, openAiClient, readAnswer } from '../voice/openai-answer.ts';
import { kindOfRecording } from './recording-kind.ts';
import { transcriptionIn } from './transcription.ts';

/** Some ten minutes of speech, every character escaped, and what stands around it. */
const MAX_BYTES = 200_000;

export type OpenAiAsrOptions = OpenAiServerOptions & {
  readonly model: string;
  /** For the upload and the answer together, in ms. */
  readonly timeoutMs: number;
};

/** Whisper knows these by other codes of ISO 639-1, and refuses them. */
const RENAMED: Readonly<Record<string, string>> = { nb: 'no', iw: 'he', in: 'id' };

/** ISO 639-1 part of a tag, which is all that the API takes. */
function languageOf(tag: string | undefined): string | undefined {
  const code = /^([a-z]{2})(?:-|$)/iu.exec(tag ?? '')?.[1]?.toLowerCase();
  return code === undefined ? undefined : (RENAMED[code] ?? code);
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
      const answer = await readAnswer({
        send: (connection) => client.audio.transcriptions.create(body, { signal: connection }).asResponse(),
        ...{ limits, signal, onWaiting, apiKey, failure: 'ASR_FAILED', subject: 'the recognition server' },
      });
      return await transcriptionIn(answer, languageOf);
    },
  };
}
