// Programs that nothing needs and that are worth having. They come through apt-get where it asks nobody, are tried once, and never fail
// the set-up: what lacks one does without and says so.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { findProgram } from './programs.mjs';
import { offerPackages } from './system-packages.mjs';

const wish = (name, program, packages) => ({
  name,
  program,
  packages,
  isThere: () => findProgram(program) !== undefined,
});

const WISHES = [
  // Uploads are read by an ffmpeg without a network and without any file but its own.
  wish('bubblewrap', 'bwrap', ['bubblewrap']),
  // A voice for 18 more languages, and phonemes for the lips.
  wish('espeak-ng', 'espeak-ng', ['espeak-ng']),
];

/** The test of the configurations that ship runs these. */
const TEST_WISHES = [wish('nginx', 'nginx', ['nginx-light']), wish('Varnish', 'varnishd', ['varnish'])];

/**
 * Installs the wishes that are missing and were not tried before.
 * @param notePath - File that names the programs that were tried.
 */
export function offerWishes(notePath, { forTests }) {
  const tried = existsSync(notePath) ? readFileSync(notePath, 'utf8').split('\n') : [];
  const wanted = forTests ? [...WISHES, ...TEST_WISHES] : WISHES;
  const missing = wanted.filter(({ program, isThere }) => !tried.includes(program) && !isThere());
  if (missing.length === 0) return;
  // Noted first: a set-up that is interrupted here does not wait here again.
  if (note(notePath, [...tried, ...missing.map(({ program }) => program)])) offerPackages(missing);
}

/** False in a checkout that this user may not write to: without a note each start would try again. */
function note(path, programs) {
  try {
    writeFileSync(path, programs.join('\n'));
    return true;
  } catch (error) {
    if (error.code === undefined) throw error;
    return false;
  }
}
