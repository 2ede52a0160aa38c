import { readFile } from 'node:fs/promises';
import { deleteSession, openSession, waitForPlaylist } from '../../../support/api.ts';
import { closeConnections, pushTimed, timedSuccess } from '../../timed-http.ts';
import type { SentenceClip } from '../script/clips.ts';
import type { ScheduledSentence } from '../script/schedule.ts';
import type { Site } from '../site/site.ts';

export const PLAYERS = ['one-element', 'two-elements', 'throughline'] as const;
export type PlayerName = (typeof PLAYERS)[number];

export const PLAYER_TITLES: Readonly<Record<PlayerName, string>> = {
  'one-element': 'per clip, one element',
  'two-elements': 'per clip, two elements',
  throughline: 'Throughline',
};

/** A player and the way its clips get to it. */
export type Stage = AsyncDisposable & {
  /** Of the player's page. */
  readonly path: string;
  /** The generator has made a sentence. */
  release(clip: SentenceClip, sentence: ScheduledSentence): Promise<void>;
  interrupt(): Promise<void>;
};

/** The page is told of each clip, and fetches it from the site. */
function perClipStage(site: Site, page: 'one-element' | 'two-elements'): Stage {
  const added: string[] = [];
  return {
    path: `/per-clip/${page}`,
    async release({ clip, file }) {
      const name = `${clip}.mp4`;
      added.push(name);
      await site.files.add(name, file);
      site.feed.send('clip', { clip, url: `/clips/${name}` });
    },
    async interrupt() {
      site.feed.send('interrupt', {});
    },
    async [Symbol.asyncDispose]() {
      for (const name of added) site.files.remove(name);
    },
  };
}

/** The same clips go into a session. */
async function throughlineStage(serverOrigin: string): Promise<Stage> {
  const { id, playlistUrl } = await openSession(serverOrigin);
  await waitForPlaylist(playlistUrl);
  return {
    path: `/embed/${id}`,
    async release({ file }, { turn, index }) {
      await pushTimed(serverOrigin, id, await readFile(file), `?turn=${turn}&index=${index}`);
    },
    async interrupt() {
      await timedSuccess(`${serverOrigin}/v1/sessions/${id}/interrupt`, { method: 'POST' });
    },
    async [Symbol.asyncDispose]() {
      closeConnections();
      await deleteSession(serverOrigin, id);
    },
  };
}

export async function setStage(player: PlayerName, site: Site, serverOrigin: string): Promise<Stage> {
  return player === 'throughline' ? await throughlineStage(serverOrigin) : perClipStage(site, player);
}
