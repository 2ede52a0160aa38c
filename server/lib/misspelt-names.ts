/** A name that nobody reads, and one that it was probably meant to be. */
export type Misspelt = { readonly name: string; readonly meant: string };

/** A shorter name has too many neighbours that mean something else. */
const MIN_PREFIX_LENGTH = 7;
/** How much of a name must be there for the rest to be what was forgotten. */
const MIN_PREFIX_SHARE = 0.6;
/** Set by programs for programs. */
const FOREIGN = /^(npm|node|vite|vitest)_/i;
/** Kubernetes and Docker tell of services by variables that begin with their names, as `TTS_SERVICE_HOST`. */
const SERVICE = /_(SERVICE_(HOST|PORT)|PORT|TCP|UDP)(_|$)/;

/**
 * Names that resemble known ones: with letters missing, swapped or doubled, other underscores, the plural, a part of the name.
 *
 * @param given - All there are; most are of somebody else and resemble nothing.
 * @param aliases - What other programs call a thing.
 */
export function findMisspelt(
  given: Iterable<string>,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): Misspelt[] {
  const found: Misspelt[] = [];
  for (const name of given) {
    if (known.includes(name) || FOREIGN.test(name) || SERVICE.test(name)) continue;
    const meant = aliases[name.toUpperCase()] ?? nearest(name, known);
    if (meant !== undefined) found.push({ name, meant });
  }
  return found;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const text = squeeze(name);
  let best: { readonly meant: string; readonly distance: number } | undefined;
  for (const meant of known) {
    const distance = distanceTo(text, squeeze(meant));
    if (distance !== undefined && (best === undefined || distance < best.distance)) best = { meant, distance };
  }
  return best?.meant;
}

/** @returns `undefined` for what does not resemble it. */
function distanceTo(text: string, known: string): number | undefined {
  if (text === known) return 0;
  if (known.length < MIN_PREFIX_LENGTH - 1) return isAnagram(text, known) ? 1 : undefined;
  const limit = known.length < 10 ? 1 : 2;
  if (Math.abs(text.length - known.length) <= limit) {
    const distance = editDistance(text, known);
    if (distance <= limit) return distance;
  }
  // A part of the other is nearer than nothing, and farther than any slip.
  const [short, long] = text.length < known.length ? [text, known] : [known, text];
  const isPart = short.length >= MIN_PREFIX_LENGTH && long.startsWith(short);
  return isPart && (short === known || short.length >= MIN_PREFIX_SHARE * long.length)
    ? limit + long.length - short.length
    : undefined;
}

function squeeze(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function isAnagram(text: string, known: string): boolean {
  return [...text].sort().join('') === [...known].sort().join('');
}

/** Letters that must be put in, left out, changed, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : change;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change, swap));
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
