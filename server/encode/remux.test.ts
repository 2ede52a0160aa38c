import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderWebVtt } from '../playlist/webvtt.ts';
import { remuxToFile } from './ffmpeg.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
let folder: string;
let media: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remux-'));
  media = join(folder, 'in.mp4');
  const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25', '-f', 'lavfi', '-i', 'sine'];
  const coded = ['-t', '4', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'];
  await run('ffmpeg', ['-v', 'error', ...sources, ...coded, '-movflags', 'frag_keyframe+empty_moov', media]);
});
afterAll(() => rm(folder, { recursive: true }));

async function tracks(path: string): Promise<string[]> {
  const entries = 'stream=codec_name:stream_tags=language:stream_disposition=default';
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'compact=p=0', path]);
  return stdout.trim().split('\n');
}

test.each([
  ['en', 'eng'],
  ['de-AT', 'deu'],
  ['gsw', 'gsw'],
  ['x9', 'und'],
])('writes captions in %s as a track that says %s, with their times and what they say', async (language, code) => {
  const captions = join(folder, 'in.vtt');
  const cue = { id: 'a', startMs: 1200, endMs: 2600, text: 'One & <two> --> "three"' };
  await writeFile(captions, renderWebVtt([cue, { ...cue, id: 'b', startMs: 3000, endMs: 3500, text: 'three' }]));
  const path = join(folder, `${language}.mp4`);
  await remuxToFile(createReadStream(media), path, { signal, captions: { path: captions, language } });
  expect((await tracks(path))[2]).toBe(`codec_name=mov_text|disposition:default=1|tag:language=${code}`);
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s', '-f', 'srt', '-']);
  expect(stdout).toContain('00:00:01,200 --> 00:00:02,600\nOne & <two> --> "three"');
  expect(stdout).toContain('00:00:03,000 --> 00:00:03,500\nthree');
});

test('writes a file without captions', async () => {
  const path = join(folder, 'plain.mp4');
  await remuxToFile(createReadStream(media), path, { signal });
  expect(await tracks(path)).toHaveLength(2);
});
