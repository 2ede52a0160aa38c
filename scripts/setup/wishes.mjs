// Programs that nothing needs and that are worth having. They come through apt-get where it asks nobody, are tried once, and never fail
// the set-up: what lacks one does without and says so.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { findProgram } from './programs.mjs';
import { offerPackages } from './system-packages.mjs';

const WISHES = [
  // Uploads are read by an ffmpeg without a network and without any file but its own.
  { name: 'bubblewrap', program: 'bwrap', packages: ['bubblewrap'] },
  // A voice for 18 more languages, and phonemes for the lips.
  { name: 'espeak-ng', program: 'espeak-ng', packages: ['espeak-ng'] },
  // The test of the configurations that ship runs them.
  { name: 'nginx', program: 'nginx', packages: ['nginx-light'], forTests: true },
  { name: 'Varnish', program: 'varnishd', packages: ['varnish'], forTests: true },
];

/**
 * Installs the wishes that are missing and were not tried before.
 * @param notePath - File that names the programs that were tried.
 */
export function offerWishes(notePath, { forTests }) {
  const tried = existsSync(notePath) ? readFileSync(notePath, 'utf8').split('\n') : [];
  const missing = WISHES.filter((wish) => forTests || !wish.forTests)
    .filter(({ program }) => !tried.includes(program))
    .filter(({ program }) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  // Noted first: a set-up that is interrupted here does not wait here again.
  writeFileSync(notePath, [...tried, ...missing.map(({ program }) => program)].join('\n'));
  offerPackages(missing);
}
