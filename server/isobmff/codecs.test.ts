import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { aacLcConfig, codecString, readAudioConfig } from './codecs.ts';
import type { AudioTrackInit, VideoTrackInit } from './types.ts';

function video(...avcC: number[]): VideoTrackInit {
  return { kind: 'video', trackId: 1, timescale: 90_000, width: 2, height: 2, avcC: Uint8Array.from(avcC) };
}

function audio(...config: number[]): AudioTrackInit {
  const audioSpecificConfig = Uint8Array.from(config);
  return { kind: 'audio', trackId: 2, timescale: 48_000, channels: 2, sampleRate: 48_000, audioSpecificConfig };
}

describe('codecString', () => {
  it.each([
    { track: video(1, 0x64, 0x00, 0x1f, 0xff, 0xe0, 0), codec: 'avc1.64001F' },
    { track: video(1, 0x42, 0xc0, 0x0a, 0xff, 0xe0, 0), codec: 'avc1.42C00A' },
    { track: audio(0x11, 0x90), codec: 'mp4a.40.2' },
    { track: audio(0x2b, 0x11, 0x88, 0x00), codec: 'mp4a.40.5' },
    { track: audio(0xf9, 0x46, 0x40, 0x00), codec: 'mp4a.40.42' },
  ])('names $codec', ({ track, codec }) => {
    expect(codecString(track)).toBe(codec);
  });

  it.each([
    { track: video(1, 0x64, 0), message: 'avcC must start with version 1, profile, compatibility, level, got 016400' },
    {
      track: video(0, 1, 2, 3),
      message: 'avcC must start with version 1, profile, compatibility, level, got 00010203',
    },
    { track: audio(), message: "AudioSpecificConfig ends too early: ''" },
    { track: audio(0x16, 0x90), message: 'AudioSpecificConfig has a reserved object type or rate: 1690' },
    { track: audio(0x01, 0x90), message: 'AudioSpecificConfig has a reserved object type or rate: 0190' },
  ])('refuses with "$message"', ({ track, message }) => {
    expect(() => codecString(track)).toThrow(new StreamError('BOX_MALFORMED', message));
  });
});

describe('aacLcConfig', () => {
  it.each([
    { sampleRate: 48_000, channels: 2, hex: '1190' },
    { sampleRate: 44_100, channels: 1, hex: '1208' },
    { sampleRate: 24_000, channels: 1, hex: '1308' },
    { sampleRate: 96_000, channels: 8, hex: '1038' },
    { sampleRate: 50_000, channels: 2, hex: '178061a810' },
    { sampleRate: 0xffffff, channels: 6, hex: '17ffffffb0' },
  ])('gives $hex for $channels channels at $sampleRate Hz', ({ sampleRate, channels, hex }) => {
    const config = aacLcConfig(sampleRate, channels);
    expect(Buffer.from(config).toString('hex')).toBe(hex);
    expect(readAudioConfig(config)).toEqual({ objectType: 2, sampleRate, channels });
  });

  it.each([
    { sampleRate: 48_000, channels: 0, message: 'AAC channels must be 1 to 6 or 8, got 0' },
    { sampleRate: 48_000, channels: 7, message: 'AAC channels must be 1 to 6 or 8, got 7' },
    { sampleRate: 0, channels: 2, message: 'AAC sample rate must be an integer from 1 to 16777215 Hz, got 0' },
    {
      sampleRate: 44_100.5,
      channels: 2,
      message: 'AAC sample rate must be an integer from 1 to 16777215 Hz, got 44100.5',
    },
  ])('refuses with "$message"', ({ sampleRate, channels, message }) => {
    expect(() => aacLcConfig(sampleRate, channels)).toThrow(new StreamError('MEDIA_UNSUPPORTED', message));
  });
});
