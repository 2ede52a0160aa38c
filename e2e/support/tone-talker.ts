import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastUserText } from '../../server/speech/testing/openai-script.ts';
import { type OpenAiServer, startOpenAiServer } from '../../server/speech/testing/openai-server.ts';
import { type RunningServer, startServer } from './server.ts';

const TTS_RATE = 24_000;
/** Of full scale: as loud as speech is made, -16 LUFS for a tone of some hundred Hz. */
const LEVEL = 0.245;
const FADE_SECONDS = 0.02;

/** The largest step from sample to sample in a steady tone, of full scale 1. */
export const ownStep = (hertz: number, rate: number): number => (LEVEL * 2 * Math.PI * hertz) / rate;

/** A steady tone that comes and goes smoothly: whatever steps more than it does was cut. 16 bit PCM. */
function steadyTone(hertz: number, seconds: number): Uint8Array {
  const length = Math.round(seconds * TTS_RATE);
  const fade = FADE_SECONDS * TTS_RATE;
  const samples = Int16Array.from({ length }, (_, index) => {
    const edge = Math.min(1, index / fade, (length - 1 - index) / fade);
    const envelope = 0.5 * (1 - Math.cos(Math.PI * edge));
    return Math.round(32_767 * LEVEL * envelope * Math.sin((2 * Math.PI * hertz * index) / TTS_RATE));
  });
  return new Uint8Array(samples.buffer);
}

export type ToneTalker = AsyncDisposable & { readonly server: RunningServer; readonly directory: string };

export type ToneOptions = { readonly sentences: number; readonly seconds: number };

/**
 * Our server with a model and a voice behind it: "at 220" is answered in sentences, each spoken as a steady tone of 220 Hz. Whoever
 * hears a pitch knows whose answer it is.
 */
export async function startToneTalker({ sentences, seconds }: ToneOptions): Promise<ToneTalker> {
  const directory = await mkdtemp(join(tmpdir(), 'tones-'));
  const openai: OpenAiServer = await startOpenAiServer({
    always: {
      chat: ({ body }) => {
        const hertz = /at (\d+)\D*$/.exec(lastUserText(body))?.[1] ?? '200';
        return {
          text: Array.from({ length: sentences }, (_, n) => `Sentence ${n + 1} is sung at ${hertz} hertz.`).join(' '),
        };
      },
      speech: ({ body }) => {
        const hertz = Number(/(\d+) hertz/.exec((body as { input: string }).input)?.[1] ?? 200);
        return { sound: steadyTone(hertz, seconds) };
      },
    },
  });
  const env = { OPENAI_BASE_URL: openai.baseUrl, LLM_MODEL: 'singer', TTS_MODEL: 'tone' };
  try {
    const server = await startServer({ dataDir: join(directory, 'data'), env });
    const stop = async (): Promise<void> => {
      await server.stop();
      await openai.close();
      await rm(directory, { recursive: true, force: true });
    };
    return { server, directory, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await openai.close();
    throw error;
  }
}
