// Where programs are, by looking along PATH: starting each with --version would cost a second.
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const CHROMIUM_ON_MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) return false;
    throw error;
  }
}

/**
 * Full path of a program on PATH, or undefined. Programs that serve are in an `sbin` that is not on everybody's PATH: it is looked
 * into beside each `bin`.
 */
export function findProgram(name, path = process.env.PATH ?? '') {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const besides = folders.filter((folder) => basename(folder) === 'bin').map((folder) => join(folder, '..', 'sbin'));
  return [...folders, ...besides].map((folder) => join(folder, fileName)).find(isExecutable);
}

/** `FFMPEG_PATH` when it is set: a wrong one counts as missing. */
export function ffmpegPath() {
  const chosen = process.env.FFMPEG_PATH;
  if (!chosen) return findProgram('ffmpeg');
  return isExecutable(chosen) ? chosen : findProgram(chosen);
}

/** ffprobe beside `FFMPEG_PATH`, else along PATH. */
export function ffprobePath() {
  const chosen = process.env.FFMPEG_PATH;
  return (chosen && findProgram('ffprobe', dirname(chosen))) || findProgram('ffprobe');
}

/** `CHROMIUM_PATH`, else the first Chromium or Chrome there is. */
export function chromiumPath() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const found = CHROMIUM_NAMES.map((name) => findProgram(name)).find((path) => path !== undefined);
  return found ?? [CHROMIUM_ON_MACOS].find(isExecutable);
}
