import { describe, expect, it } from 'vitest';
import { voiceTone } from '../testing/tone.ts';
import { isNoise, plausibility } from './plausible.ts';
import { rawSamples } from './raw-samples.ts';
import { soundKind } from './sound-kind.ts';
import { soundType } from './sound-type.ts';
import { samplesFrom } from './speech.ts';

/** Numbers from -1 to 1, the same for the same seed. */
function* noise(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield (state / 2_147_483_647) * 2 - 1;
  }
}

/** s16le. */
function bytesOf(samples: readonly number[]): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [at, sample] of samples.entries())
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), at * 2);
  return bytes;
}

/** Breath: noise without its low frequencies, louder and softer as syllables are. @param gain - 1: as loud as a voice. */
function whisper(audioRate: number, gain: number): Buffer {
  const source = noise(5);
  let before = 0;
  const next = (at: number): number => {
    const now = source.next().value ?? 0;
    const high = now - before * 0.6;
    before = now;
    return 0.12 * gain * high * (0.2 + Math.sin((Math.PI * 4 * at) / audioRate) ** 2);
  };
  return bytesOf(Array.from({ length: audioRate }, (_, at) => next(at)));
}

const big = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const quiet = (bytes: Buffer, gain: number): Buffer =>
  bytesOf(Array.from(samplesFrom(bytes), (sample) => (sample / 32_768) * gain));

describe('samples', () => {
  it.each<[string, Buffer]>([
    ['a voice at 8 kHz', voiceTone(800, 8000)],
    ['a voice at 48 kHz', voiceTone(800, 48_000)],
    ['a quiet voice', quiet(voiceTone(800, 24_000), 0.02)],
    ['a voice that is too loud', quiet(voiceTone(800, 24_000), 4)],
    ['a whisper at 8 kHz', whisper(8000, 1)],
    ['a whisper at 24 kHz', whisper(24_000, 1)],
    ['a loud whisper', whisper(8000, 3)],
  ])('of %s are taken as they are, and the other way round', (_, bytes) => {
    const samples = samplesFrom(bytes);
    expect(rawSamples(bytes, false)).toEqual(samples);
    expect(rawSamples(big(bytes), true)).toEqual(samples);
    expect(rawSamples(big(bytes), false)).toEqual(samples);
    expect(rawSamples(bytes, true)).toEqual(samples);
  });

  it.each<[string, Buffer]>([
    ['silence', Buffer.alloc(48_000)],
    ['a constant', Buffer.alloc(48_000, 1)],
    ['one sample', Buffer.alloc(2, 1)],
    ['half a sample', Buffer.alloc(1)],
    ['nothing', Buffer.alloc(0)],
    ['a click', Buffer.concat([Buffer.alloc(10_000), Buffer.from([0xff, 0x7f]), Buffer.alloc(10_000)])],
  ])('of %s are none to argue about', (_, bytes) => expect(rawSamples(bytes, false)).toEqual(samplesFrom(bytes)));

  it.each([8000, 24_000, 48_000])(
    'of a steady tone are taken as they are, however loud it is, at %d Hz',
    (audioRate) => {
      for (const level of [0.5, 0.6, 0.7, 0.8, 0.9, 0.99]) {
        for (let hertz = 60; hertz < 700 && hertz < audioRate / 26; hertz += 20) {
          const tone = (at: number) => level * Math.sin((2 * Math.PI * hertz * at) / audioRate);
          const bytes = bytesOf(Array.from({ length: audioRate / 4 }, (_, at) => tone(at)));
          expect(rawSamples(bytes, false), `${hertz} Hz at ${level}`).toEqual(samplesFrom(bytes));
        }
      }
    },
  );

  it('that are noise are none', () => {
    for (let seed = 1; seed < 30; seed++) {
      const source = noise(seed);
      const bytes = Buffer.from(Array.from({ length: 20_000 }, () => ((source.next().value ?? 0) + 1) * 127.99));
      expect(rawSamples(bytes, false)).toBeUndefined();
      expect(rawSamples(bytes, true)).toBeUndefined();
      expect(isNoise(plausibility(samplesFrom(bytes)))).toBe(true);
    }
  });

  it('of minutes are not all looked at', () => {
    const bytes = Buffer.concat(Array.from({ length: 60 }, () => voiceTone(1000, 24_000)));
    expect(plausibility(samplesFrom(bytes)).roughness).toBeCloseTo(
      plausibility(samplesFrom(voiceTone(1000, 24_000))).roughness,
      2,
    );
  });
});

it('are not taken for something with a header', () => {
  for (let seed = 1; seed < 3000; seed++) {
    const source = noise(seed);
    const bytes = Buffer.from(Array.from({ length: 64 }, () => ((source.next().value ?? 0) + 1) * 127.99));
    // Two loud samples, as MPEG frames begin.
    bytes.writeUInt16BE(0xfffb, 0);
    expect(soundKind(bytes)).toBeUndefined();
    bytes.writeUInt16BE(0xfff1, 0);
    expect(soundKind(bytes)).toBeUndefined();
  }
});

it.each<[string, ReturnType<typeof soundType>]>([
  ['audio/pcm', { isBigEndian: false }],
  ['', { isBigEndian: false }],
  ['audio/L16;rate=24000;channels=1', { isBigEndian: true, audioRate: 24_000, channels: 1 }],
  ['audio/l16; endianness=little-endian; rate=16000', { isBigEndian: false, audioRate: 16_000 }],
  ['audio/pcm; rate="22050"; channels=2', { isBigEndian: false, audioRate: 22_050, channels: 2 }],
  ['audio/x-raw;sample_rate=44100', { isBigEndian: false, audioRate: 44_100 }],
  ['audio/basic', { isBigEndian: false, raw: 'mulaw', audioRate: 8000 }],
  ['audio/PCMA;rate=16000', { isBigEndian: false, raw: 'alaw', audioRate: 16_000 }],
  ['audio/raw;encoding=mulaw', { isBigEndian: false, raw: 'mulaw', audioRate: 8000 }],
  ['audio/L24;rate=48000', { isBigEndian: true, raw: 's24be', audioRate: 48_000 }],
  ['audio/L8', { isBigEndian: false, raw: 'u8' }],
  ['audio/pcm;rate=1;channels=0', { isBigEndian: false }],
  ['audio/pcm;rate=24000.0', { isBigEndian: false, audioRate: 24_000 }],
  [`audio/pcm;${'a'.repeat(20_000)}`, { isBigEndian: false }],
])('a type of %j says what it says', (type, found) => expect(soundType(type, () => null)).toEqual(found));
