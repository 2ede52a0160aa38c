import { describe, expect, it } from 'vitest';
import { countWork, growthOf } from '../../lib/testing/count-work.ts';
import { wavHeader } from '../testing/tone.ts';
import { isWav, readWav } from './wav.ts';

const pcm = (...samples: number[]): Buffer => Buffer.from(Int16Array.from(samples).buffer);

function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function format(
  tag: number,
  channels: number,
  audioRate: number,
  bits: number,
  extra: Buffer = Buffer.alloc(0),
): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(audioRate, 4);
  body.writeUInt16LE(bits, 14);
  return chunk('fmt ', Buffer.concat([body, extra]));
}

const wav = (...chunks: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'), ...chunks]);

describe('readWav', () => {
  it.each([
    ['sizes that are known', Buffer.concat([wavHeader(6, 22_050), pcm(1, -2, 3)])],
    ['sizes that are not', Buffer.concat([wavHeader(undefined, 22_050), pcm(1, -2, 3)])],
    ['a data size of 0', Buffer.concat([wavHeader(0, 22_050), pcm(1, -2, 3)])],
    ['an odd last byte', Buffer.concat([wavHeader(undefined, 22_050), pcm(1, -2, 3), Buffer.from([9])])],
    [
      'other chunks',
      wav(
        chunk('LIST', Buffer.from('odd')),
        format(1, 1, 22_050, 16),
        chunk('fact', pcm(0)),
        chunk('data', pcm(1, -2, 3)),
        chunk('LIST', Buffer.from('after')),
      ),
    ],
    ['two channels', wav(format(1, 2, 22_050, 16), chunk('data', pcm(0, 2, -4, 0, 6, 0)))],
    [
      'floats',
      wav(
        format(3, 1, 22_050, 32),
        chunk('data', Buffer.from(Float32Array.of(1 / 32_767, -2 / 32_767, 3 / 32_767).buffer)),
      ),
    ],
    [
      'an extensible format',
      wav(
        format(0xfffe, 1, 22_050, 16, Buffer.from([22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0])),
        chunk('data', pcm(1, -2, 3)),
      ),
    ],
  ])('reads %s', (_, bytes) => {
    expect(isWav(bytes)).toBe(true);
    expect(readWav(bytes)).toEqual({ audioRate: 22_050, pcm: Int16Array.of(1, -2, 3) });
  });

  it.each([
    ['no data', wav(format(1, 1, 8000, 16))],
    ['data before its format', wav(chunk('data', pcm(1)), format(1, 1, 8000, 16))],
    ['24 bit', wav(format(1, 1, 8000, 24), chunk('data', pcm(1)))],
    ['MP3 in WAV', wav(format(0x55, 1, 8000, 16), chunk('data', pcm(1)))],
    ['no channels', wav(format(1, 0, 8000, 16), chunk('data', pcm(1)))],
    ['a rate of 1 Hz', wav(format(1, 1, 1, 16), chunk('data', pcm(1)))],
    ['a format that is cut off', wav(Buffer.from('fmt \x10\0\0\0\x01\0', 'latin1'))],
    ['nothing else', wav()],
  ])('refuses %s', (_, bytes) => expect(() => readWav(bytes)).toThrow(/WAV/));

  it('is quick with any bytes', () => {
    let seed = 11;
    for (let round = 0; round < 500; round++) {
      const bytes = Buffer.from(wav(format(1, 1, 8000, 16), chunk('LIST', pcm(1, 2)), chunk('data', pcm(1, 2, 3))));
      for (let flips = 0; flips < 3; flips++) {
        seed = (seed * 48_271) % 2_147_483_647;
        bytes[12 + (seed % (bytes.length - 12))] = seed >> 8;
      }
      try {
        readWav(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SPEECH_FAILED' });
      }
    }
  });

  it.each([
    ['16 bit in two channels', format(1, 2, 48_000, 16)],
    ['float in two channels', format(3, 2, 48_000, 32)],
  ])('takes few steps for each sample of %s', async (_, description) => {
    // A voice server may send minutes for one sentence; meanwhile the streams of others stand still.
    const read = (frames: number) => {
      const bytes = wav(description, chunk('data', Buffer.alloc(frames * description.readUInt16LE(22), 7)));
      return () => readWav(bytes);
    };
    const frames = 10_000;
    expect(await growthOf(read, frames)).toBeLessThan(2.1);
    expect(await countWork(read(frames))).toBeLessThan(60 * frames);
  });
});
