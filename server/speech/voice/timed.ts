import { StreamError } from '../../errors.ts';
import type { Espeak } from './espeak.ts';
import { alignPhonemes } from './phonemes.ts';
import { polish } from './polish.ts';
import type { Sound, Speech, SpeechRequest, Tts } from './speech.ts';
import { wordTimes } from './word-times.ts';

/** How long speech that is there waits for its phonemes; they take 10 ms, and begin with the speech. */
const GRACE_MS = 250;

type Phonemes = { readonly espeak: Espeak; readonly request: SpeechRequest };

/** Never fails for want of phonemes: the mouth moves by the sound then, and words are timed by their letters. */
async function listingOf({ espeak, request }: Phonemes, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await espeak.phonemesOf({ ...request, signal });
  } catch (error) {
    if (error instanceof StreamError) return undefined;
    throw error;
  }
}

/** Speech with its words, and with its phonemes where a listing of them fits. */
export function timed(text: string, sound: Sound, listing: string | undefined): Speech {
  const aligned = listing === undefined ? undefined : alignPhonemes({ text, listing, speech: sound });
  return { ...sound, ...(aligned ?? { words: wordTimes(text, sound) }) };
}

/**
 * Speaks, and asks espeak-ng for the phonemes at the same time. Settles when both are over.
 *
 * @returns Polished; `undefined` when nothing can be heard.
 */
export async function speakTimed(options: {
  engine: Tts;
  request: SpeechRequest;
  phonemes: Phonemes | undefined;
  signal: AbortSignal;
}): Promise<Speech | undefined> {
  const { engine, request, phonemes, signal } = options;
  const ending = new AbortController();
  const listing = phonemes && listingOf(phonemes, AbortSignal.any([signal, ending.signal]));
  // It is awaited below, also when the engine fails first.
  listing?.catch(() => undefined);
  try {
    const sound = polish(await engine.speak({ ...request, signal }));
    if (sound === undefined) return undefined;
    const grace = setTimeout(() => ending.abort(), GRACE_MS);
    try {
      return timed(request.text, sound, await listing);
    } finally {
      clearTimeout(grace);
    }
  } finally {
    ending.abort();
    await listing;
  }
}
