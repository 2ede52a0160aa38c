/** Never the last word of a sentence: a name or a number follows. */
const BEFORE_NAME = new Set(
  'dr mr mrs ms mx prof rev hon st gen col capt cpt lt sgt maj cmdr gov sen rep pres messrs mme mlle sr sra srta dra dott sig hr fr vs cf viz e.g i.e z.b d.h u.a s.o approx ca bzw ggf inkl zzgl p.ej i.d.r'.split(
    ' ',
  ),
);

/** Not the last word when a digit follows. */
const BEFORE_NUMBER = new Set(
  'no nos nr fig figs eq p pp ch sec art vol vols ed para tel ext abs kap núm pág'.split(' '),
);

/** May end a sentence: what follows decides. */
const MAY_END = /^(?:etc|inc|ltd|co|corp|llc|jr|sr|a\.m|p\.m|am|pm|usw|est|dept|ave|blvd|(?:\p{L}\.)*\p{L})$/iu;

/** Words that begin sentences far more often than they follow an abbreviation. */
const STARTERS = new Set(
  'the a an this that these those it he she we you they i there here and but or so in on at if when while what who how why where then now however for not yes no please as its his her their our my your der die das es er sie wir ich und aber el la los las y pero le les il elle et mais'.split(
    ' ',
  ),
);

/** Web and mail addresses, versions and file names: a mark inside them ends nothing. */
const ADDRESS = /(?:https?:\/\/|www\.|\w@\w|\w\.\w+\/)\S*$/iu;
const LIST_NUMBER = /^\(?(?:\d{1,3}|\p{L}|[ivx]{1,5})[.)]$/iu;
const LATIN_START = /^["'“‘(]?[\p{Script=Latin}\p{N}/&=_-]/u;

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}

function firstWord(text: string): string {
  return /^[\p{L}\p{M}]+/u.exec(text)?.[0] ?? '';
}

function abbreviationGoesOn(word: string, next: string): boolean {
  const bare = word.replace(/^["'“‘(]+/u, '').replace(/\.$/u, '');
  if (BEFORE_NAME.has(bare.toLowerCase())) return true;
  if (/^\d/u.test(next) && BEFORE_NUMBER.has(bare.toLowerCase())) return true;
  if (!MAY_END.test(bare) || bare === 'I' || /^\p{Ll}$/u.test(bare)) return false;
  // An ending such as "etc." mostly ends; an initial or "U.S." mostly goes on, unless a word follows that starts sentences.
  if (/^(?:etc|usw|a\.m|p\.m|am|pm)$/iu.test(bare)) return false;
  const starter = firstWord(next);
  return starter !== '' && !STARTERS.has(starter.toLowerCase());
}

/**
 * Tells whether a sentence goes on although Intl.Segmenter (Unicode UAX 29) put a boundary here: it knows no
 * abbreviations, initials, list numbers or addresses.
 *
 * @param before - Text up to the boundary, with its trailing space.
 * @param after - The next segment.
 */
export function joinsNext(before: string, after: string, language?: string): boolean {
  const left = before.trimEnd();
  const glued = left.length === before.length;
  const word = lastWord(left);
  if (glued && ADDRESS.test(word) && LATIN_START.test(after)) return true;
  if (LIST_NUMBER.test(left)) return true;
  if (/["'”’»]$/u.test(word) && /^\p{Ll}/u.test(after)) return true;
  if (/[」』]$/u.test(word) && /^(?:と|って)/u.test(after)) return true;
  if (/(?:\.{2,}|…)$/u.test(word)) return /^I\b/u.test(after);
  if (language?.toLowerCase().startsWith('de') && /^\d{1,2}\.$/u.test(word)) return /^\p{Lu}/u.test(after);
  return word.endsWith('.') && abbreviationGoesOn(word, after);
}
