import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StreamError } from '../../errors.ts';
import type { Tts } from '../voice/speech.ts';
import { type ClipSource, createSpeaker, type SpeechSink } from './speaker.ts';

const picture = { width: 64, height: 64, fps: 25 };
const never = new AbortController().signal;

function fakeTts(delayMs = 5) {
  const log = { begun: [] as string[], aborted: [] as string[], running: 0, most: 0 };
  const tts: Tts = {
    name: 'fake',
    check: ({ voice }) => {
      if (voice === 'none') throw new StreamError('REQUEST_INVALID', 'no such voice');
    },
    async speak({ text, signal }) {
      log.begun.push(text);
      log.most = Math.max(log.most, ++log.running);
      try {
        await sleep(delayMs, undefined, { signal });
      } catch (cause) {
        log.aborted.push(text);
        throw new StreamError('ABORTED', 'aborted', { cause });
      } finally {
        log.running--;
      }
      if (text.includes('broken')) throw new StreamError('SPEECH_FAILED', 'broken');
      return { pcm: new Int16Array(1600), audioRate: 16_000 };
    },
  };
  return { tts, log };
}

const renderer = {
  speech: (speech: { pcm: Int16Array; audioRate: number }) => ({
    ...picture,
    ...speech,
    frames: 3,
    pictures: (async function* () {
      for (let at = 0; at < 3; at++) yield new Uint8Array(4);
    })(),
  }),
};

function collect(): SpeechSink & { clips: ClipSource[] } {
  const clips: ClipSource[] = [];
  return {
    clips,
    appendClip(clip) {
      clips.push(clip);
      return { id: `c${clips.length}`, index: clip.index, turn: clip.turn, state: 'accepted', text: clip.text };
    },
  };
}

describe('createSpeaker', () => {
  it('appends one clip per sentence, in order, with one turn', async () => {
    const sink = collect();
    const { turn, chunks } = await createSpeaker({ tts: fakeTts().tts, renderer }).say(sink, {
      text: 'One. Two! Three?',
      picture,
    });
    expect(turn).toMatch(/^[\w-]{12}$/);
    expect(chunks.map((chunk) => [chunk.text, chunk.index, chunk.turn])).toEqual([
      ['One.', 0, turn],
      ['Two!', 1, turn],
      ['Three?', 2, turn],
    ]);
    const clip = await sink.clips[0]!.render(never);
    expect(clip.frames).toBe(3);
    expect(clip.timing.ttsMs).toBeGreaterThanOrEqual(0);
    expect(clip.timing.avatarMs).toBeUndefined();
    for await (const _ of clip.pictures) expect(clip.timing.avatarMs).toBeGreaterThanOrEqual(0);
  });

  it('keeps the turn it is given', async () => {
    const { turn } = await createSpeaker({ tts: fakeTts().tts, renderer }).say(collect(), {
      text: 'One.',
      turn: 't1',
      picture,
    });
    expect(turn).toBe('t1');
  });

  it.each(['', ' \n ', '...', '\u0000\u202e', '😀'])('refuses %j', async (text) => {
    const speaking = createSpeaker({ tts: fakeTts().tts, renderer }).say(collect(), { text, picture });
    await expect(speaking).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('refuses two million characters and unknown voices before anything is appended', async () => {
    const sink = collect();
    const speaker = createSpeaker({ tts: fakeTts().tts, renderer });
    await expect(speaker.say(sink, { text: 'a. '.repeat(700_000), picture })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(speaker.say(sink, { text: 'One.', voice: 'none', picture })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(sink.clips).toEqual([]);
  });

  it('speaks a few sentences ahead, two at once, and the next when one is taken', async () => {
    const { tts, log } = fakeTts();
    const sink = collect();
    await createSpeaker({ tts, renderer }).say(sink, { text: 'S1. S2. S3. S4. S5. S6.', picture });
    await sleep(80);
    expect(log.begun).toEqual(['S1.', 'S2.', 'S3.']);
    await sink.clips[0]!.render(never);
    await sleep(40);
    expect(log.begun).toEqual(['S1.', 'S2.', 'S3.', 'S4.']);
    await Promise.all(sink.clips.slice(1).map((clip) => clip.render(never)));
    expect(log.begun).toEqual(['S1.', 'S2.', 'S3.', 'S4.', 'S5.', 'S6.']);
    expect(log.most).toBe(2);
  });

  it('stops all engines and waits for them when closed', async () => {
    const { tts, log } = fakeTts(2000);
    const sink = collect();
    const speaker = createSpeaker({ tts, renderer });
    await speaker.say(sink, { text: 'S1. S2. S3.', picture });
    await sleep(10);
    await Promise.all([speaker.close(), speaker.close()]);
    expect(log.running).toBe(0);
    expect(log.begun).toEqual(['S1.', 'S2.']);
    await expect(sink.clips[2]!.render(never)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('fails the one sentence that can not be spoken', async () => {
    const sink = collect();
    await createSpeaker({ tts: fakeTts().tts, renderer }).say(sink, {
      text: 'Fine. This is broken. Fine again.',
      picture,
    });
    await sleep(40);
    await expect(sink.clips[1]!.render(never)).rejects.toMatchObject({ code: 'SPEECH_FAILED' });
    await sink.clips[0]!.render(never);
    await sink.clips[2]!.render(never);
  });

  it('stops the engine when a clip is aborted or dropped, and lets others go on', async () => {
    const { tts, log } = fakeTts(200);
    const sink = collect();
    await createSpeaker({ tts, renderer }).say(sink, { text: 'S1. S2. S3. S4.', picture });
    const controller = new AbortController();
    const rendering = sink.clips[0]!.render(controller.signal);
    await sleep(10);
    controller.abort();
    sink.clips[1]!.drop();
    await expect(rendering).rejects.toMatchObject({ code: 'ABORTED' });
    await sleep(20);
    expect(log.aborted).toEqual(['S1.', 'S2.']);
    await expect(sink.clips[1]!.render(never)).rejects.toMatchObject({ code: 'ABORTED' });
    await sink.clips[2]!.render(never);
  });
});
