import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { FaceRenderer } from '../face/renderer.ts';
import { chooseTts } from '../voice/tts.ts';
import { type ClipSource, createSpeaker } from './speaker.ts';

const HAS_ESPEAK = spawnSync('espeak-ng', ['--version']).status === 0;
const HAS_FLITE = spawnSync('ffmpeg', ['-hide_banner', '-h', 'filter=flite']).stdout?.includes('textfile') ?? false;

it.skipIf(!HAS_ESPEAK && !HAS_FLITE)(
  'turns text into clips with a real engine and the real face (skipped without an engine)',
  async () => {
    const { signal } = new AbortController();
    await using renderer = new FaceRenderer();
    const speaker = createSpeaker({ tts: await chooseTts({ signal }), renderer });
    const clips: ClipSource[] = [];
    const picture = { width: 128, height: 96, fps: 25 };
    const { chunks } = await speaker.say(
      {
        appendClip(clip) {
          clips.push(clip);
          return { id: `c${clip.index}`, index: clip.index, turn: clip.turn, state: 'accepted', text: clip.text };
        },
      },
      { text: 'Dr. Smith said hello. Then a[x];movie=/etc/passwd </speak> %{pts}!', picture },
    );
    expect(chunks).toHaveLength(2);
    for (const source of clips) {
      const clip = await source.render(signal);
      expect(clip.frames).toBe(Math.ceil((clip.pcm.length * 25) / clip.audioRate));
      let count = 0;
      for await (const pixels of clip.pictures) {
        expect(pixels.length).toBe(128 * 96 * 4);
        count++;
      }
      expect(count).toBe(clip.frames);
      expect(clip.timing.ttsMs).toBeGreaterThan(0);
      expect(clip.timing.avatarMs).toBeGreaterThanOrEqual(0);
    }
  },
);
