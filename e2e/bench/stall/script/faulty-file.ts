import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpegPath, PICTURE } from '../../ffmpeg-settings.ts';
import { encodeMarked, type SentenceClip } from './clips.ts';
import { withPilot } from './pilot.ts';
import { AUDIO_RATE, FRAME_SAMPLES } from './speech.ts';

const run = promisify(execFile);
/** Before anything is said: the recorder begins with the element's first sound. */
const LEAD_FRAMES = 50;
const SENTENCE_FRAMES = 50;

/** What is wrong with the file, as the benchmark has to find it. */
export const PLANTED = {
  /** Of sentence 1: the one before it stands for two. */
  droppedFrame: 20,
  /** Between the two sentences, in picture and sound. */
  holeMs: 80,
  /** In sentence 2. */
  repeatedSamples: 4_800,
} as const;

/** A steady voice: what matters is the noise under it. */
function voice(frames: number): Int16Array {
  const sample = (index: number): number => 5_000 * Math.sin((2 * Math.PI * 150 * index) / AUDIO_RATE);
  return Int16Array.from({ length: frames * FRAME_SAMPLES }, (_, index) => sample(index));
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

/**
 * Makes one file of two sentences with the faults of `PLANTED` in it, each where no other is near.
 *
 * @returns The two sentences as they would be without faults, and the file.
 */
export async function makeFaultyFile(dir: string): Promise<{ clips: readonly SentenceClip[]; file: string }> {
  const [pictures, file] = [join(dir, 'pictures.mp4'), join(dir, 'faulty.mp4')];
  const { width, height, fps } = PICTURE;
  const source = `testsrc2=size=${width}x${height}:rate=${fps}:duration=10`;
  await run(ffmpegPath(), ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p', pictures]);
  const clips = [1, 2].map((clip): SentenceClip => {
    const pcm = withPilot(voice(SENTENCE_FRAMES), clip);
    return { clip, text: `sentence ${clip}`, file, bytes: 0, frames: SENTENCE_FRAMES, pcm };
  });
  const [one, two] = clips.map(({ pcm }) => pcm) as [Int16Array, Int16Array];
  const holeFrames = (PLANTED.holeMs * fps) / 1000;
  const middle = Math.round(two.length / 2);
  const silence = (frames: number): Int16Array => new Int16Array(frames * FRAME_SAMPLES);
  const sounds = [silence(LEAD_FRAMES), one, silence(holeFrames)];
  const again = [two.subarray(0, middle), two.subarray(middle - PLANTED.repeatedSamples), silence(10)];
  await encodeMarked(
    { file: pictures, startFrame: 0, marks: marks(holeFrames), pcm: joined([...sounds, ...again]) },
    file,
  );
  return { clips, file };
}

function marks(holeFrames: number) {
  const all = Array.from({ length: SENTENCE_FRAMES }, (_, frame) => frame);
  const first = all.map((frame) => ({ clip: 1, frame: frame === PLANTED.droppedFrame ? frame - 1 : frame }));
  const second = all.map((frame) => ({ clip: 2, frame }));
  const [held, rest] = [first.slice(-1), second.slice(-1)];
  const hole = Array.from({ length: holeFrames }, () => held[0] ?? null);
  const tail = Array.from({ length: 10 }, () => rest[0] ?? null);
  return [...Array.from({ length: LEAD_FRAMES }, () => null), ...first, ...hole, ...second, ...tail];
}
