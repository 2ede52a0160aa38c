// nginx and Varnish, for the test of the configurations that ship with us. A wish: without them that test says so.
import { existsSync, writeFileSync } from 'node:fs';
import { findProgram } from './programs.mjs';
import { offerPackages } from './system-packages.mjs';

// Programs of /usr/sbin are not on everybody's PATH.
const isThere = (name) => findProgram(name) !== undefined || existsSync(`/usr/sbin/${name}`);

const WISHES = [
  { name: 'nginx', program: 'nginx', packages: ['nginx-light'] },
  { name: 'Varnish', program: 'varnishd', packages: ['varnish'] },
];

/** @param notePath - File that says it was tried. */
export function offerEdge(notePath) {
  const missing = WISHES.filter(({ program }) => !isThere(program));
  if (missing.length === 0 || existsSync(notePath)) return;
  offerPackages(missing);
  writeFileSync(notePath, '');
}
