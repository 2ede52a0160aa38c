// Starts the server with whatever Node there is: the sources are TypeScript, which Node 24 runs as it is.
// Plain JavaScript for Node 18 and later: an older Node would stop at the first `.ts` file, without saying why.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The Node that `npm ci` brings. */
const OWN_NODE = join(root, 'node_modules', '.bin', 'node');
const LEAST_MAJOR = 24;

/**
 * What to start the server with.
 *
 * @param {string} version of the Node that runs this, as `process.versions.node`.
 * @param {boolean} hasOwn `npm ci` was run.
 * @returns {'this' | 'own' | 'none'}
 */
export function nodeFor(version, hasOwn) {
  if (Number(version.split('.')[0]) >= LEAST_MAJOR) return 'this';
  return hasOwn ? 'own' : 'none';
}

function startWith(node) {
  const server = spawn(node, [join(root, 'server/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
  server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const choice = nodeFor(process.versions.node, existsSync(OWN_NODE));
  if (choice === 'this') await import('../server/main.ts');
  else if (choice === 'own') startWith(OWN_NODE);
  else {
    console.error(
      `Throughline needs Node ${LEAST_MAJOR}, this is ${process.versions.node}. Type \`npm start\`: it installs what is missing.`,
    );
    process.exitCode = 1;
  }
}
