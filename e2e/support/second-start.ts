import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Starts a server that can not run, and waits until it ends by itself. @returns how it ended, and what it said. */
export async function startInVain(dataDir: string, port: number): Promise<string> {
  const root = join(import.meta.dirname, '../..');
  const env = { ...process.env, AVATAR: 'none', PORT: `${port}`, DATA_DIR: dataDir, NO_OPEN: '1' };
  const child = spawn(join(root, 'node_modules/.bin/node'), ['server/main.ts'], { cwd: root, env });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return `ended with ${child.exitCode}: ${output}`;
}
