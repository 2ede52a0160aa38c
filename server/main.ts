import { existsSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const directory = process.env.DATA_DIR || './segments';
const cache = join(directory, '.cache');
// One level at a time: where the system takes no directory, as in /proc, Node never comes back from making a path.
for (const path of [directory, cache]) {
  try {
    mkdirSync(path);
  } catch {
    // It is there already; or it can't be, and the start says why.
  }
}
// Half of the time until a server is up goes by with making JavaScript of 300 files, and players wait for one that was killed.
if (existsSync(cache)) enableCompileCache(join(cache, 'code'));
const { runServer } = await import('./run-server.ts');
await runServer();
