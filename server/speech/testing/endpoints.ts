import { defaultAnswer, type OpenAiEndpoint } from './openai-script.ts';
import type { Reply } from './reply.ts';
import { voiceTone, wavHeader } from './tone.ts';

const CREATED = 1_700_000_000;
const PIECE_MS = 100;

type ChatBody = { stream?: boolean; model?: string; stream_options?: { include_usage?: boolean } };
type SpeechBody = { input?: string; response_format?: string; speed?: number };

/** Words with the space before them, as models write. */
const words = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

async function chat(reply: Reply): Promise<void> {
  const { request, script } = reply;
  const body = request.body as ChatBody | undefined;
  const pieces = script.pieces ?? words(script.text ?? defaultAnswer(body));
  const finishReason = script.finishReason === undefined ? 'stop' : script.finishReason;
  const about = { id: 'chatcmpl-test', created: CREATED, model: body?.model ?? 'test-model' };
  const usage = { prompt_tokens: 1, completion_tokens: pieces.length, total_tokens: pieces.length + 1 };
  if (body?.stream !== true) {
    await reply.wait(script.firstTokenMs);
    const message = { role: 'assistant', content: pieces.join('') };
    const choices = [{ index: 0, message, finish_reason: finishReason }];
    return reply.json({ ...about, object: 'chat.completion', choices, usage });
  }
  const event = (data: string): Buffer =>
    Buffer.from(script.oddPieces ? `: a comment\r\ndata:${data}\r\n\r\n` : `data: ${data}\n\n`);
  const chunk = (delta: object, end: string | null = null): Buffer =>
    event(
      JSON.stringify({
        ...about,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta, finish_reason: end }],
        ...(body.stream_options?.include_usage ? { usage: null } : {}),
      }),
    );
  reply.head('text/event-stream; charset=utf-8');
  await reply.wait(script.firstTokenMs);
  await reply.write(chunk({ role: 'assistant', content: '' }));
  for (let sent = 0; sent < (script.keepAlives ?? 0); sent++) {
    await reply.write(Buffer.from(': OPENROUTER PROCESSING\n\n'));
    await reply.wait(script.reasoningMs);
  }
  for (const text of script.reasoning ?? []) {
    await reply.write(chunk({ [script.reasoningField ?? 'reasoning_content']: text }));
    await reply.wait(script.reasoningMs);
  }
  for (const text of pieces) {
    if (request.piecesSent > 0) await reply.wait(script.pieceMs);
    if (!(await reply.piece(chunk({ content: text })))) return reply.end();
  }
  if (!(await reply.faults())) return reply.end();
  for (const data of script.rawData ?? []) await reply.write(event(data));
  if (finishReason !== null) await reply.write(chunk({}, finishReason));
  if (body.stream_options?.include_usage)
    await reply.write(event(JSON.stringify({ ...about, object: 'chat.completion.chunk', choices: [], usage })));
  if (!script.noDone) await reply.write(event('[DONE]'));
  if (script.hangAtEnd) await reply.hang();
  reply.end();
}

async function speech(reply: Reply): Promise<void> {
  const { request, script } = reply;
  const { input = '', response_format: format = 'mp3', speed = 1 } = (request.body ?? {}) as SpeechBody;
  const audioRate = script.audioRate ?? 24_000;
  if (script.sound === undefined && format !== 'pcm' && format !== 'wav') {
    const message = `the test server makes pcm and wav, not ${format}`;
    return reply.json({ error: { message, type: 'invalid_request_error' } }, 400);
  }
  const durationMs = (input.length * (script.characterMs ?? 55)) / speed;
  const sound = script.sound ?? voiceTone(durationMs, audioRate);
  reply.head(format === 'wav' ? 'audio/wav' : 'audio/pcm');
  await reply.wait(script.speechMs);
  if (format === 'wav' && script.sound === undefined)
    await reply.write(wavHeader(script.unknownWavSize ? undefined : sound.length, audioRate));
  const pieceBytes = Math.round((audioRate * PIECE_MS) / 1000) * 2;
  const startedAtMs = Date.now();
  for (let at = 0; at < sound.length; at += pieceBytes) {
    if (request.piecesSent > 0) await reply.wait(script.pieceMs);
    // A fast server keeps to its rate on average, however late timers are.
    const dueMs = script.speechRate === undefined ? 0 : (request.piecesSent * PIECE_MS) / script.speechRate;
    await reply.wait(startedAtMs + dueMs - Date.now());
    if (!(await reply.piece(sound.subarray(at, at + pieceBytes)))) return reply.end();
  }
  await reply.faults();
  if (script.hangAtEnd) await reply.hang();
  reply.end();
}

async function transcription(reply: Reply): Promise<void> {
  const { request, script } = reply;
  const text = script.text ?? 'Hello, can you hear me?';
  const format = request.upload?.fields.response_format ?? 'json';
  const language = script.language ?? request.upload?.fields.language ?? 'en';
  if (request.upload === undefined)
    return reply.json({ error: { message: 'file is missing', type: 'invalid_request_error' } }, 400);
  if (format === 'text') return reply.json(`${text}\n`);
  if (format !== 'verbose_json') return reply.json({ text });
  const segments = [{ id: 0, start: 0, end: 1, text, no_speech_prob: 0.01 }];
  reply.json({ task: 'transcribe', language, duration: 1, text, segments });
}

async function models(reply: Reply): Promise<void> {
  const models = reply.script.models ?? ['test-model', 'other-model'];
  const entry = (id: string) => ({ id, object: 'model', created: CREATED, owned_by: 'test' });
  reply.json({ object: 'list', data: models.map((model) => (typeof model === 'string' ? entry(model) : model)) });
}

export const ENDPOINTS: Readonly<
  Record<string, { method: string; endpoint: OpenAiEndpoint; answer: (reply: Reply) => Promise<void> }>
> = {
  '/v1/chat/completions': { method: 'POST', endpoint: 'chat', answer: chat },
  '/v1/audio/speech': { method: 'POST', endpoint: 'speech', answer: speech },
  '/v1/audio/transcriptions': { method: 'POST', endpoint: 'transcription', answer: transcription },
  '/v1/models': { method: 'GET', endpoint: 'models', answer: models },
};
