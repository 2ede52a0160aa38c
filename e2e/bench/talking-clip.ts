import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deleteSession, endSession, openSession, sessionStatus } from '../support/api.ts';
import { fetchBytes } from '../support/hls-client.ts';
import { startServer } from '../support/server.ts';

const run = promisify(execFile);
export const CLIP_SECONDS = 5;
const TEXT =
  'A throughline is the thread that runs unbroken through a story, from its first word to the very last one that is said.';
const TIME_LIMIT_MS = 60_000;

/** What video generators hand over: x264 as it is by default, 25 frames per second, AAC. */
const DELIVERY = [
  ...['-t', `${CLIP_SECONDS}`, '-c:v', 'libx264', '-preset', 'medium', '-crf', '20', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart'],
];

/**
 * Makes the clip that the benchmark pushes: the drawn face speaking for 5 s, 512x512 at 25 frames per second, mono sound. The server
 * itself speaks and draws it; the recording of that session is coded once more, as it would come from a video generator.
 *
 * @returns Path of the file.
 */
export async function makeTalkingClip(dir: string, dataDir: string): Promise<string> {
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  const { id } = await openSession(server.origin, { pacing: 'asap' });
  const said = await fetch(`${server.origin}/v1/sessions/${id}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: TEXT }),
  });
  if (said.status !== 202) throw new Error(`say: ${said.status} ${await said.text()}`);
  await said.body?.cancel();
  await endSession(server.origin, id);
  const deadlineMs = Date.now() + TIME_LIMIT_MS;
  while ((await sessionStatus(server.origin, id)).state !== 'ended') {
    if (Date.now() > deadlineMs) throw new Error(`the face did not finish speaking in ${TIME_LIMIT_MS} ms`);
    await sleep(200);
  }
  const [recording, clip] = [join(dir, 'recording.mp4'), join(dir, 'talking.mp4')];
  await writeFile(recording, await fetchBytes(`${server.origin}/live/${id}/recording.mp4`));
  await run(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', '-y', '-i', recording, ...DELIVERY, clip]);
  await deleteSession(server.origin, id);
  return clip;
}
