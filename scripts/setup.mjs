// Makes a fresh clone ready to start: packages, ffmpeg, the built player, and optional programs (setup/wishes.mjs); with --tests also
// Chromium; with --players also the programs that `npm run players` plays a stream with.
// Plain JavaScript for Node 18 and later, and no packages: it runs before any of ours is installed.
// When nothing is missing it only looks files up and costs a few hundredths of a second.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { offerPlayers } from './setup/players.mjs';
import { chromiumPath, ffmpegPath, ffprobePath, findProgram } from './setup/programs.mjs';
import { announce, finish, SetupError } from './setup/report.mjs';
import { installSystemPackages } from './setup/system-packages.mjs';
import { offerWishes } from './setup/wishes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const localBin = join(root, 'node_modules', '.bin');

/** What `npm ci` would install, compared with what npm noted at the end of its last install. */
function packagesAreInstalled() {
  const notePath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(notePath) || !existsSync(join(localBin, 'node'))) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(notePath, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages are those of other platforms: npm leaves them out.
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** PATH without our own node_modules: `npm ci` deletes that folder while it runs, and the Node in it. */
function outsidePath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => folder !== localBin).join(delimiter);
}

function installPackages() {
  if (packagesAreInstalled()) return;
  const path = outsidePath();
  if (findProgram('npm', path) === undefined) throw new SetupError('npm is not on PATH: install Node.js 20 or later');
  announce('installing packages (npm ci)');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32',
    env: { ...process.env, PATH: path, npm_config_update_notifier: 'false' },
    encoding: 'utf8',
  });
  finish(result, 'run `npm ci` by hand and see what it says');
}

/** What the start or the tests need and PATH lacks, as package names. */
function missingPrograms(forTests) {
  const missing = [];
  if (ffmpegPath() === undefined || ffprobePath() === undefined) missing.push('ffmpeg');
  if (forTests && chromiumPath() === undefined) missing.push('chromium');
  return missing;
}

/** A path given by hand is not repaired by an installation elsewhere. */
function refuseWrongPath(name, found) {
  const given = process.env[name];
  if (given && found === undefined) throw new SetupError(`${name} must be the path of a program, got '${given}'`);
}

function installPrograms({ forTests }) {
  refuseWrongPath('FFMPEG_PATH', ffmpegPath());
  if (forTests) refuseWrongPath('CHROMIUM_PATH', chromiumPath());
  const missing = missingPrograms(forTests);
  if (missing.length > 0) {
    installSystemPackages(missing);
    const absent = missingPrograms(forTests);
    if (absent.length > 0) throw new SetupError(`installed, but not on PATH: ${absent.join(', ')}`);
  }
}

/** The builder itself skips what is up to date. */
function buildPlayer() {
  const script = join(root, 'scripts', 'build-player.ts');
  if (!existsSync(script)) return;
  const result = spawnSync(join(localBin, 'node'), [script], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) throw new SetupError('the player could not be built (scripts/build-player.ts, see above)');
}

try {
  const forPlayers = process.argv.includes('--players');
  const forTests = forPlayers || process.argv.includes('--tests');
  installPackages();
  installPrograms({ forTests });
  offerWishes(join(root, 'node_modules', '.wishes-tried'), { forTests });
  if (forPlayers) offerPlayers();
  buildPlayer();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = 1;
}
