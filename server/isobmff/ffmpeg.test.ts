import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FragmentEvent, FragmentReader } from './fragment-reader.ts';
import { writeInitSegment } from './init-segment.ts';
import { writePart } from './media-segment.ts';
import type { FragmentTrack, Sample, TrackInit } from './types.ts';

const VIDEO = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=2'];
const AUDIO = ['-f', 'lavfi', '-i', 'sine=d=2:r=48000'];
const BASE = '+empty_moov+default_base_moof';
const FILES = [
  { name: 'a fragment per frame', movflags: `frag_every_frame${BASE}`, codec: ['-bf', '0'] },
  { name: 'a fragment per key frame', movflags: `frag_keyframe${BASE}`, codec: ['-bf', '0'] },
  { name: 'B-frames', movflags: `frag_keyframe${BASE}`, codec: ['-bf', '2'] },
  { name: 'negative composition offsets', movflags: `frag_keyframe${BASE}+negative_cts_offsets`, codec: ['-bf', '2'] },
  { name: 'absolute data offsets', movflags: 'frag_keyframe+empty_moov', codec: ['-bf', '0'] },
  { name: 'separate fragments for each track', movflags: `frag_keyframe+separate_moof${BASE}`, codec: ['-bf', '0'] },
  { name: 'a global sidx', movflags: `frag_keyframe+global_sidx${BASE}`, codec: ['-bf', '0'] },
];

type Packet = { size: number; isKey: boolean };
type Timing = { dts: number; pts: number; duration: number };
type Tracks = Map<number, { init: TrackInit; samples: Sample[] }>;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'isobmff-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function encode(file: string, movflags: string, codec: readonly string[]): Uint8Array {
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-threads', '1', ...codec];
  const path = join(dir, file);
  execFileSync('ffmpeg', ['-v', 'error', ...VIDEO, ...AUDIO, ...video, '-c:a', 'aac', '-movflags', movflags, path]);
  return readFileSync(path);
}

/** By track ID. Timing stands apart: with a fragment per frame ffmpeg's durations in `trun` are guesses, which ffprobe mends. */
function probe(path: string): { packets: Map<number, Packet[]>; timing: Map<number, Timing[]>; stderr: string } {
  const args = ['-v', 'warning', '-show_packets', '-show_entries', 'packet=stream_index,size,duration,dts,pts,flags'];
  const { stdout, stderr } = spawnSync('ffprobe', [...args, '-of', 'json', path], { encoding: 'utf8' });
  const packets = new Map<number, Packet[]>();
  const timing = new Map<number, Timing[]>();
  for (const { stream_index, size, flags, dts, pts, duration } of JSON.parse(stdout).packets) {
    append(packets, stream_index + 1, { size: Number(size), isKey: flags.startsWith('K') });
    append(timing, stream_index + 1, { dts, pts, duration });
  }
  return { packets, timing, stderr };
}

function append<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Pushes `bytes` in pieces whose sizes `nextSize` gives; each piece is wiped afterwards, as a reused buffer would be. */
function read(bytes: Uint8Array, nextSize: () => number): FragmentEvent[] {
  const reader = new FragmentReader();
  const events: FragmentEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.slice(at, at + nextSize());
    events.push(...reader.push(piece));
    piece.fill(0xff);
    at += piece.length;
  }
  reader.end();
  return events;
}

function collect(events: readonly FragmentEvent[]): Tracks {
  const tracks: Tracks = new Map();
  for (const event of events) {
    if (event.type === 'init') for (const init of event.tracks) tracks.set(init.trackId, { init, samples: [] });
    else for (const { trackId, samples } of event.fragment.tracks) tracks.get(trackId)?.samples.push(...samples);
  }
  return tracks;
}

function packetsOf(tracks: Tracks): Map<number, Packet[]> {
  const toPacket = ({ data, isSync }: Sample): Packet => ({ size: data.length, isKey: isSync });
  return new Map([...tracks].map(([id, { samples }]) => [id, samples.map(toPacket)]));
}

/** Parts of 5 frames and the audio packets beside them, every duration `ticks` of its track. */
function rebase(tracks: Tracks, ticks: Record<number, number>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let part = 0; part < 10; part++) {
    const fragmentTracks: FragmentTrack[] = [];
    for (const [trackId, { samples }] of tracks) {
      const durationTicks = ticks[trackId] ?? 0;
      const [from, to] = [part, part + 1].map((i) => Math.floor((samples.length * i) / 10)) as [number, number];
      const cut = samples.slice(from, to).map((sample) => ({ ...sample, durationTicks }));
      fragmentTracks.push({ trackId, baseMediaDecodeTime: BigInt(from * durationTicks), samples: cut });
    }
    parts.push(writePart({ sequenceNumber: part + 1, tracks: fragmentTracks }));
  }
  return parts;
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each(FILES)('a file with $name', ({ name, movflags, codec }) => {
  const file = `${name.replaceAll(' ', '-')}.mp4`;
  let bytes = new Uint8Array();
  let whole: FragmentEvent[] = [];
  beforeAll(() => {
    bytes = Uint8Array.from(encode(file, movflags, codec));
    whole = read(bytes, () => bytes.length);
  });

  it('is read as ffprobe reads it', () => {
    const { packets } = probe(join(dir, file));
    expect(packetsOf(collect(whole))).toEqual(packets);
    expect(packets.get(1)?.length).toBe(50);
  });

  it('gives the same events for any split of its bytes', () => {
    const next = random(7);
    expect(read(bytes, () => 1)).toEqual(whole);
    for (let i = 0; i < 10; i++) expect(read(bytes, () => 1 + Math.floor(next() ** 4 * 20_000))).toEqual(whole);
  });

  it('is read by ffprobe without a warning after we wrote it again in parts', () => {
    const tracks = collect(whole);
    const path = join(dir, `again-${file}`);
    const parts: Uint8Array[] = [writeInitSegment([...tracks.values()].map(({ init }) => init))];
    for (const event of whole) if (event.type === 'fragment') parts.push(writePart(event.fragment));
    writeFileSync(path, Buffer.concat(parts));
    expect(probe(path)).toMatchObject({ packets: packetsOf(tracks), stderr: '' });
    const again = read(Buffer.concat(parts), () => 1000);
    expect(again).toEqual(whole);
  });
});

it('writes parts that ffprobe times and decodes to the tick and frame, without a warning', () => {
  const bytes = encode('decode.mp4', `frag_every_frame${BASE}`, ['-bf', '0']);
  const tracks = collect(read(bytes, () => 4096));
  const path = join(dir, 'rebased.mp4');
  const init = writeInitSegment([...tracks.values()].map((track) => track.init));
  writeFileSync(path, Buffer.concat([init, ...rebase(tracks, { 1: 512, 2: 1024 })]));
  const { packets, timing, stderr } = probe(path);
  expect({ packets, stderr }).toEqual({ packets: packetsOf(tracks), stderr: '' });
  expect(timing.get(1)).toEqual(Array.from({ length: 50 }, (_, i) => ({ dts: i * 512, pts: i * 512, duration: 512 })));
  const audio = timing.get(2) ?? [];
  expect(audio).toEqual(audio.map((_, i) => ({ dts: i * 1024, pts: i * 1024, duration: 1024 })));

  const entries = [
    '-show_entries',
    'stream=codec_name,width,height,sample_rate,channels,nb_read_frames',
    '-of',
    'json',
  ];
  const decoded = spawnSync('ffprobe', ['-v', 'warning', '-count_frames', ...entries, path], { encoding: 'utf8' });
  expect(decoded.stderr).toBe('');
  const nb_read_frames = String(audio.length);
  expect(JSON.parse(decoded.stdout).streams).toMatchObject([
    { codec_name: 'h264', width: 160, height: 120, nb_read_frames: '50' },
    { codec_name: 'aac', sample_rate: '48000', channels: 1, nb_read_frames },
  ]);
});
