import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TalkServer } from './support/talk-server.ts';
import { until } from './support/until.ts';

let talk: TalkServer;
beforeAll(async () => {
  talk = await TalkServer.start();
});
afterAll(() => talk.stop());

const post = async (path: string, body: object = {}) => {
  const response = await fetch(`${talk.origin}/v1/sessions${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const chunksOf = async (id: string): Promise<Record<string, number>> => {
  const session = await (await fetch(`${talk.origin}/v1/sessions/${id}`)).json();
  return (session as { chunks: Record<string, number> }).chunks;
};

test('a turn that is refused interrupts nobody', async () => {
  const id = (await post('')).body.id as string;
  await post(`/${id}/say`, { text: 'This is going to be interrupted.', turn: 'old' });
  await post(`/${id}/interrupt`);
  const before = await chunksOf(id);
  await post(`/${id}/say`, { text: 'This is said to its end, and nobody comes between.', turn: 'new' });
  const refused = await post(`/${id}/turns`, { text: 'Hello.', turn: 'old' });
  expect(refused).toMatchObject({ status: 409, body: { code: 'TURN_INTERRUPTED' } });
  await until('the sentence is on air', async () => (await chunksOf(id)).published === (before.published ?? 0) + 1);
  await delay(300);
  expect(await chunksOf(id)).toMatchObject({ dropped: before.dropped });
});
