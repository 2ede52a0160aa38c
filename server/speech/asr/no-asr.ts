import { StreamError } from '../../errors.ts';
import type { Asr } from '../providers.ts';

const MISSING =
  'speech recognition is not set up: set ASR_MODEL with OPENAI_BASE_URL or OPENAI_API_KEY, or install pocketsphinx-en-us (English)';

/** No speech recognition: says what to set. */
export function createNoAsr(unavailable: string = MISSING): Asr {
  return {
    name: 'none',
    unavailable,
    transcribe: async () => {
      throw new StreamError('ASR_UNAVAILABLE', unavailable);
    },
  };
}
