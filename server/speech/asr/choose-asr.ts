import { StreamError } from '../../errors.ts';
import type { Jail } from '../../lib/jail.ts';
import type { Asr } from '../providers.ts';
import { attentiveAsr } from './attentive-asr.ts';
import { createNoAsr } from './no-asr.ts';
import type { OpenAiAsrOptions } from './openai-asr.ts';
import { checkPocketsphinx, createPocketsphinxAsr, findPocketsphinxModel } from './pocketsphinx-asr.ts';
import { recordingLevel } from './recording-level.ts';

export type ChooseAsrOptions = {
  /** A server to ask; the embedded recognition is looked for without it. */
  readonly openai?: OpenAiAsrOptions;
  readonly ffmpegPath: string;
  /** ffmpeg's options before an input that came from outside (`UNTRUSTED_INPUT` of `encode/`). */
  readonly untrustedInput: readonly string[];
  /** Where foreign media is read. */
  readonly jail: Jail;
  /** Directories that may hold pocketsphinx's English model; where Debian has it unless given. */
  readonly modelPlaces?: readonly string[];
  readonly signal: AbortSignal;
};

/**
 * The server when one is configured, otherwise pocketsphinx where its model is installed and loads, otherwise one that says what to
 * set. None hears anything where nothing was said.
 *
 * @throws {StreamError} `ABORTED`.
 */
export async function chooseAsr(options: ChooseAsrOptions): Promise<Asr> {
  const asr = await recogniser(options);
  if (asr.unavailable !== undefined) return asr;
  return attentiveAsr(asr, { level: (path, signal) => recordingLevel(path, options, signal) });
}

async function recogniser(options: ChooseAsrOptions): Promise<Asr> {
  if (options.openai !== undefined) {
    // Loaded when it is wanted: it takes a while.
    const { createOpenAiAsr } = await import('./openai-asr.ts');
    return createOpenAiAsr(options.openai);
  }
  const { ffmpegPath, untrustedInput, jail, signal } = options;
  const modelDirectory = await findPocketsphinxModel(options.modelPlaces);
  if (modelDirectory === undefined) return createNoAsr();
  try {
    await checkPocketsphinx({ ffmpegPath, modelDirectory, jail, signal });
    return createPocketsphinxAsr({ ffmpegPath, modelDirectory, untrustedInput, jail });
  } catch (error) {
    if (!(error instanceof StreamError) || error.code !== 'SPEECH_FAILED') throw error;
    return createNoAsr(
      `the embedded recognition does not start (${error.message.slice(0, 200)}): set ASR_MODEL with OPENAI_BASE_URL or OPENAI_API_KEY`,
    );
  }
}
