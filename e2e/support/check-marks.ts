import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FragmentReader } from '../../server/isobmff/fragment-reader.ts';
import { beepFrames, decodeSound } from './beeps.ts';
import { BEEP_EVERY_FRAMES } from './clips.ts';
import { CELL_ROWS, CELLS_PER_ROW, type FrameMark, markOf } from './pattern.ts';

const run = promisify(execFile);
const MAX_PICTURE_BYTES = 512 * 1024 * 1024;

export type PushedClip = { readonly clip: number; readonly frames: number };

/** Frames between two that tell a sound: a beep may be heard a little into its neighbours. */
const NEAR = 1;

/**
 * What is wrong with a stream that was read from its beginning, in words: every frame of every clip once and in order, sound where its
 * pictures are, decode times without a hole.
 *
 * @param segments - Bytes by media sequence number.
 */
export async function markFaults(
  init: Uint8Array,
  segments: ReadonlyMap<number, Uint8Array>,
  clips: readonly PushedClip[],
  stream: { readonly fps: number; readonly audioRate: number; readonly directory: string },
): Promise<string[]> {
  const order = [...segments.keys()].sort((a, b) => a - b);
  const bodies = order.map((msn) => segments.get(msn) ?? new Uint8Array());
  const whole = Buffer.concat([init, ...bodies]);
  const file = join(stream.directory, `read-${process.hrtime.bigint()}.mp4`);
  await writeFile(file, whole);
  const marks = await readMarks(file);
  const pcm = await decodeSound(file, stream.audioRate);
  return [
    ...order.flatMap((msn, at) =>
      at > 0 && msn !== (order[at - 1] ?? 0) + 1 ? [`segments before ${msn} are missing`] : [],
    ),
    ...timeFaults(whole),
    ...frameFaults(marks, clips),
    ...soundFaults(marks, beepFrames(pcm, stream)),
  ];
}

/** The mark of each picture of a file, in order. */
async function readMarks(file: string): Promise<(FrameMark | null)[]> {
  // The marks take the top 5/16; each cell becomes one pixel.
  const filter = `crop=iw:iw*${CELL_ROWS}/${CELLS_PER_ROW}:0:0,scale=${CELLS_PER_ROW}:${CELL_ROWS}:flags=area,format=gray`;
  const args = [
    '-v',
    'error',
    '-i',
    file,
    '-an',
    '-vf',
    filter,
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    'pipe:1',
  ];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: MAX_PICTURE_BYTES });
  const size = CELLS_PER_ROW * CELL_ROWS;
  return Array.from({ length: stdout.byteLength / size }, (_, at) =>
    markOf(stdout.subarray(at * size, (at + 1) * size)),
  );
}

function frameFaults(marks: readonly (FrameMark | null)[], clips: readonly PushedClip[]): string[] {
  const shown = marks.filter((mark) => mark !== null).map(({ clip, frame }) => `${clip}:${frame}`);
  const wanted = clips.flatMap(({ clip, frames }) => Array.from({ length: frames }, (_, frame) => `${clip}:${frame}`));
  if (shown.join() === wanted.join()) return [];
  const at = wanted.findIndex((name, index) => shown[index] !== name);
  const near = (names: readonly string[]) => names.slice(Math.max(0, at - 3), at + 4).join(' ');
  return [
    `${shown.length} marked frames, ${wanted.length} pushed; from ${at} on: ${near(shown)} instead of ${near(wanted)}`,
  ];
}

/** A beep on each tenth frame of a clip, and nowhere else. */
function soundFaults(marks: readonly (FrameMark | null)[], heard: readonly number[]): string[] {
  const wanted = marks.flatMap((mark, at) => (mark && mark.frame % BEEP_EVERY_FRAMES === 0 ? [at] : []));
  const near = (list: ReadonlySet<number>, at: number) =>
    Array.from({ length: 2 * NEAR + 1 }, (_, off) => at - NEAR + off).some((each) => list.has(each));
  const [heardSet, wantedSet] = [new Set(heard), new Set(wanted)];
  const missing = wanted.filter((at) => !near(heardSet, at));
  const extra = heard.filter((at) => !near(wantedSet, at));
  return [
    ...(missing.length > 0
      ? [`no sound with frames ${missing.map((at) => `${at}=${marks[at]?.clip}:${marks[at]?.frame}`)}`]
      : []),
    ...(extra.length > 0 ? [`sound where there is none with frames ${extra}`] : []),
  ];
}

function timeFaults(bytes: Uint8Array): string[] {
  const reader = new FragmentReader();
  const ends = new Map<number, bigint>();
  const wrong: string[] = [];
  for (const event of reader.push(bytes)) {
    if (event.type === 'init') continue;
    for (const { trackId, baseMediaDecodeTime, samples } of event.fragment.tracks) {
      const end = ends.get(trackId);
      if (end !== undefined && end !== baseMediaDecodeTime)
        wrong.push(`track ${trackId} goes from ${end} to ${baseMediaDecodeTime} ticks`);
      const ticks = samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
      ends.set(trackId, baseMediaDecodeTime + BigInt(ticks));
    }
  }
  reader.end();
  return wrong;
}
