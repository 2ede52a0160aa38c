import type { Asr, AsrRequest } from '../providers.ts';
import { wordsIn } from './heard-text.ts';
import type { Level } from './recording-level.ts';
import { mayBeOfSilence } from './silence-phrases.ts';

export type AttentiveOptions = {
  /** How loud a recording is; rejects when that can't be told. */
  level(path: string, signal: AbortSignal): Promise<Level>;
};

type Heard = Awaited<ReturnType<Asr['transcribe']>>;

/**
 * A recogniser that hears nothing where nothing was said: notes for silence are no words, nothing is understood in digital silence, and
 * what recognisers make up over silence counts only where there is a voice. The recording is measured while it is recognised.
 */
export function attentiveAsr(asr: Asr, { level }: AttentiveOptions): Asr {
  return {
    name: asr.name,
    ...(asr.unavailable !== undefined && { unavailable: asr.unavailable }),
    async transcribe(request) {
      const over = new AbortController();
      const signal = AbortSignal.any([request.signal, over.signal]);
      // What can't be measured may have a voice in it.
      const measured = level(request.path, signal).catch(() => 'voice' as const);
      try {
        return await Promise.race([heardBy(asr, { ...request, signal }, measured), silenceIn(measured)]);
      } finally {
        // What is made of silence is not waited for.
        over.abort();
      }
    },
  };
}

async function heardBy(asr: Asr, request: AsrRequest, measured: Promise<Level>): Promise<Heard> {
  let heard: Heard;
  try {
    heard = await asr.transcribe(request);
  } catch (error) {
    if ((await measured) === 'silent') return { text: '' };
    throw error;
  }
  const text = wordsIn(heard.text);
  if (text === '') return { ...heard, text };
  const level = await measured;
  return { ...heard, text: level === 'voice' || (level === 'noVoice' && !mayBeOfSilence(text)) ? text : '' };
}

/** Resolves for silence only. */
async function silenceIn(measured: Promise<Level>): Promise<Heard> {
  if ((await measured) === 'silent') return { text: '' };
  return await new Promise<never>(() => undefined);
}
