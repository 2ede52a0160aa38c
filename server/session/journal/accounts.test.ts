import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { JournaledRig } from './journaled-rig.ts';

const running: JournaledRig[] = [];

afterEach(async () => {
  for (const rig of running.splice(0).reverse()) {
    await rig.stop();
    await rig.remove();
  }
});

/** Bytes of a session's files. */
async function onDisk(rig: JournaledRig, id: string): Promise<number> {
  const directory = join(rig.directory, id);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('a session counts what is on its disk, while it grows, after a kill, and no more when it is deleted', async () => {
  const rig = await JournaledRig.start();
  running.push(rig);
  const session = await rig.open('counted', { pacing: 'asap', owner: 'somebody' });
  rig.say(session, 'a50');
  rig.say(session, 'b75');
  await rig.advance(5_000);
  await session.append({ body: Readable.from([Buffer.alloc(5_000)]), index: 7 });
  await rig.flush();
  const before = await onDisk(rig, 'counted');
  // Room is held for what is on air, and for what waits.
  expect(session.account.bytes).toBeGreaterThanOrEqual(before);
  const next = await rig.killed();
  running.push(next);
  const { account } = next.session('counted');
  expect(account.owner).toBe('somebody');
  expect(account.bytes).toBe(await onDisk(next, 'counted'));
  await next.sessions.delete('counted');
  await next.sessions.close();
  expect(account.bytes).toBe(0);
});
