import { describe, expect, it } from 'vitest';
import { StreamError } from '../../errors.ts';
import type { Asr, AsrRequest } from '../providers.ts';
import { attentiveAsr } from './attentive-asr.ts';
import type { Level } from './recording-level.ts';

const request: AsrRequest = { path: 'a', signal: new AbortController().signal };

function hearing(text: string, level: Level | Error): Asr {
  const asr: Asr = { name: 'ears', transcribe: async () => ({ text, language: 'en' }) };
  return attentiveAsr(asr, { level: async () => (typeof level === 'string' ? level : Promise.reject(level)) });
}

const heard = async (text: string, level: Level | Error) => (await hearing(text, level).transcribe(request)).text;

describe('attentiveAsr', () => {
  it('passes on what was said, without notes', async () => {
    expect(await hearing('[0:00 --> 0:02] Hello (laughs) there.', 'voice').transcribe(request)).toEqual({
      text: 'Hello there.',
      language: 'en',
    });
    expect(hearing('x', 'voice').name).toBe('ears');
  });

  it('hears nothing in notes, and nothing in silence, whatever was made of it', async () => {
    expect(await heard('[BLANK_AUDIO]', 'voice')).toBe('');
    expect(await heard('What time is it?', 'silent')).toBe('');
    expect(await heard('Thank you for watching!', 'silent')).toBe('');
  });

  it('believes what recognisers make up of silence only where there is a voice', async () => {
    expect(await heard('Thank you for watching!', 'noVoice')).toBe('');
    expect(await heard('Thank you for watching!', 'voice')).toBe('Thank you for watching!');
    expect(await heard('What time is it?', 'noVoice')).toBe('What time is it?');
    expect(await heard('Thank you for watching!', new Error('no ffmpeg'))).toBe('Thank you for watching!');
  });

  it('does not wait for what is made of silence, and lets go of it', async () => {
    let given: AbortSignal | undefined;
    const asr: Asr = {
      name: 'slow',
      transcribe: ({ signal }) => {
        given = signal;
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const { text } = await attentiveAsr(asr, { level: async () => 'silent' }).transcribe(request);
    expect(text).toBe('');
    expect(given?.aborted).toBe(true);
  });

  it('fails as the recogniser does, but not for silence', async () => {
    const broken: Asr = {
      name: 'broken',
      transcribe: () => Promise.reject(new StreamError('ASR_FAILED', 'no')),
    };
    await expect(attentiveAsr(broken, { level: async () => 'noVoice' }).transcribe(request)).rejects.toMatchObject({
      code: 'ASR_FAILED',
    });
    expect(await attentiveAsr(broken, { level: async () => 'silent' }).transcribe(request)).toEqual({ text: '' });
  });

  it('is aborted with its request', async () => {
    const aborted = new AbortController();
    const asr: Asr = {
      name: 'slow',
      transcribe: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new StreamError('ABORTED', 'aborted'))),
        ),
    };
    const level = (_: string, signal: AbortSignal): Promise<Level> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const transcribed = attentiveAsr(asr, { level }).transcribe({ path: 'a', signal: aborted.signal });
    aborted.abort();
    await expect(transcribed).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
