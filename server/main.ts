import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Half of the time until a server is up goes by with making JavaScript of 300 files, and players wait for one that was killed.
enableCompileCache(join(process.env.DATA_DIR || './segments', '.cache', 'code'));
const { runServer } = await import('./run-server.ts');
await runServer();
