import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChunkStatus } from '../../../../server/session/types.ts';
import { deleteSession, endSession, openSession, sessionStatus, waitForPlaylist } from '../../../support/api.ts';
import { decodeSound } from '../../../support/beeps.ts';
import { fetchBytes } from '../../../support/hls-client.ts';
import type { RunningServer } from '../../../support/server.ts';
import { EventFeed } from '../../event-feed.ts';
import { PICTURE } from '../../ffmpeg-settings.ts';

const TIME_LIMIT_MS = 600_000;
const IDLE_SECONDS = 2;
export const AUDIO_RATE = 48_000;
export const FRAME_SAMPLES = AUDIO_RATE / PICTURE.fps;

/** Speech as the server's own voice and face give it: one recording, and where each sentence lies in it. */
export type Speech = {
  /** The recording, all sentences one after the other. */
  readonly file: string;
  /** Its sound, mono. */
  readonly pcm: Int16Array;
  /** Each sentence's first frame and number of frames. */
  readonly sentences: readonly { readonly text: string; readonly startFrame: number; readonly frames: number }[];
  /** A few seconds of the idle face. */
  readonly idleFile: string;
};

async function say(origin: string, id: string, text: string): Promise<readonly ChunkStatus[]> {
  const said = await fetch(`${origin}/v1/sessions/${id}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (said.status !== 202) throw new Error(`say: ${said.status} ${await said.text()}`);
  return ((await said.json()) as { chunks: readonly ChunkStatus[] }).chunks;
}

async function untilEnded(origin: string, id: string): Promise<void> {
  const deadlineMs = Date.now() + TIME_LIMIT_MS;
  while ((await sessionStatus(origin, id)).state !== 'ended') {
    if (Date.now() > deadlineMs) throw new Error(`the face did not finish speaking in ${TIME_LIMIT_MS} ms`);
    await sleep(200);
  }
}

/** What a session shows that has nothing to say. */
async function recordIdle(origin: string, file: string): Promise<void> {
  const { id, playlistUrl } = await openSession(origin);
  await waitForPlaylist(playlistUrl);
  await sleep(IDLE_SECONDS * 1000);
  await endSession(origin, id);
  await untilEnded(origin, id);
  await writeFile(file, await fetchBytes(`${origin}/live/${id}/recording.mp4?filler=keep`));
  await deleteSession(origin, id);
}

/**
 * Has the server say sentences, each for itself, and records them.
 *
 * @param dir - Where the files go.
 */
export async function recordSpeech(server: RunningServer, sentences: readonly string[], dir: string): Promise<Speech> {
  const { origin } = server;
  const { id, eventsUrl } = await openSession(origin, { pacing: 'asap' });
  await using events = new EventFeed(eventsUrl);
  for (const text of sentences) {
    const chunks = await say(origin, id, text);
    if (chunks.length !== 1) throw new Error(`one sentence was split into ${chunks.length}: ${text}`);
  }
  await endSession(origin, id);
  await untilEnded(origin, id);
  await events.first(({ type }) => type === 'session.ended');
  const published = events.seen.filter(({ type }) => type === 'chunk.published');
  if (published.length !== sentences.length)
    throw new Error(`${published.length} of ${sentences.length} sentences were published`);
  const [file, idleFile] = [join(dir, 'speech.mp4'), join(dir, 'idle.mp4')];
  await writeFile(file, await fetchBytes(`${origin}/live/${id}/recording.mp4`));
  await deleteSession(origin, id);
  await recordIdle(origin, idleFile);
  let startFrame = 0;
  const placed = published.map((event, index) => {
    const frames = Math.round((event.duration as number) * PICTURE.fps);
    const sentence = { text: sentences[index] ?? '', startFrame, frames };
    startFrame += frames;
    return sentence;
  });
  return { file, idleFile, pcm: await decodeSound(file, AUDIO_RATE), sentences: placed };
}
