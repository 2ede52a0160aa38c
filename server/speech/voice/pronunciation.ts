import { type Group, isVowel, type Phoneme } from './ipa.ts';
import { pauseAfter, type Token } from './tokens.ts';

/** Tokens that may be one group, and groups that may be one token (a long number). */
const MAX_TOKENS = 4;
const MAX_GROUPS = 14;
/** So far may words and groups be apart, which keeps long texts from costing their square. */
const BAND = 16;
/** Of tokens or groups beyond one to one. */
const MERGE = 0.35;
const SPLIT = 0.12;
/** Of a clause that ends within the words. */
const CLAUSE = 0.8;
/** Of a word that begins with another sound than its letter says. */
const FIRST_SOUND = 0.5;

/** First letters with a sound that hardly ever is another. */
const SOUNDS: Readonly<Record<string, string>> = {
  b: 'b',
  d: 'd',
  f: 'f',
  l: 'l',
  m: 'm',
  n: 'n',
  r: 'ɹrʁʀɾ',
  v: 'vf',
  z: 'zt',
};

type Match = { readonly cost: number; readonly tokens: number; readonly groups: number };

function firstSoundFault(token: Token, group: Group): number {
  const letter = /\p{L}|\p{N}/u.exec(token.text.toLowerCase())?.[0] ?? '';
  const sound = group.phonemes[0]?.ipa ?? '';
  const expected = SOUNDS[letter];
  if (expected !== undefined) return expected.includes(sound[0] ?? ' ') ? 0 : FIRST_SOUND;
  const clash = /[bdflmnpv]/u.test(sound[0] ?? '') && /[aeiou]/u.test(letter);
  return clash || (/[tsk]/u.test(letter) && isVowel(sound)) ? FIRST_SOUND : 0;
}

function lengthOf(phonemes: readonly Phoneme[]): number {
  return phonemes.reduce((sum, { length }) => sum + length, 0);
}

type Side = { readonly length: number; readonly pauses: boolean };
type Sides = { readonly words: readonly Side[]; readonly said: readonly Side[] };

/** What several words or groups come to: their length, and the clauses that end before the last. */
function total(sides: readonly Side[], from: number, count: number): { length: number; clauses: number } {
  let length = 0;
  let clauses = 0;
  for (let at = from; at < from + count; at++) {
    const side = sides[at];
    length += side?.length ?? 0;
    if (side?.pauses && at < from + count - 1) clauses++;
  }
  return { length, clauses };
}

function matchCost({ words, said }: Sides, token: number, tokens: number, group: number, groups: number): number {
  const written = total(words, token, tokens);
  const heard = total(said, group, groups);
  const ends = words[token + tokens - 1]?.pauses === said[group + groups - 1]?.pauses ? 0 : CLAUSE / 2;
  const many = (tokens - 1) * MERGE + (groups - 1) * SPLIT;
  const off = Math.abs(Math.log((written.length + 0.05) / (heard.length + 0.05)));
  return off + many + (heard.clauses / 2 + written.clauses) * CLAUSE + ends;
}

/** The cheapest way to pair words with groups, in order: one to one, several to one, or one to several. */
function matches(tokens: readonly Token[], groups: readonly Group[]): Match[] {
  const width = groups.length + 1;
  const sides: Sides = {
    words: tokens.map(({ text, length }) => ({ length, pauses: pauseAfter(text) > 0 })),
    said: groups.map(({ phonemes, pause }) => ({ length: lengthOf(phonemes), pauses: pause > 0 })),
  };
  const best: (Match | undefined)[] = [{ cost: 0, tokens: 0, groups: 0 }];
  const reach = (token: number, group: number, before: number, countTokens: number, countGroups: number): void => {
    if (token + countTokens > tokens.length || group + countGroups > groups.length) return;
    const to = (token + countTokens) * width + group + countGroups;
    const cost = before + matchCost(sides, token, countTokens, group, countGroups);
    if (cost < (best[to]?.cost ?? Infinity)) best[to] = { cost, tokens: countTokens, groups: countGroups };
  };
  for (const [token, word] of tokens.entries()) {
    const near = (token * groups.length) / tokens.length;
    for (let group = Math.max(0, Math.ceil(near) - BAND); group < Math.min(groups.length, near + BAND); group++) {
      const cost = best[token * width + group]?.cost;
      const first = groups[group];
      if (cost === undefined || first === undefined) continue;
      const before = cost + firstSoundFault(word, first);
      for (let count = 1; count <= MAX_GROUPS; count++) reach(token, group, before, 1, count);
      for (let count = 2; count <= MAX_TOKENS; count++) reach(token, group, before, count, 1);
    }
  }
  return pathOf(best, tokens.length * width + groups.length, width);
}

function pathOf(best: readonly (Match | undefined)[], end: number, width: number): Match[] {
  const path: Match[] = [];
  for (let at = end; at > 0; ) {
    const match = best[at];
    if (match === undefined) return [];
    path.unshift(match);
    at -= match.tokens * width + match.groups;
  }
  return path;
}

/** Shares one group's phonemes out among several words, by their lengths; each gets at least one where there are enough. */
function shareOut(tokens: readonly Token[], phonemes: readonly Phoneme[]): Phoneme[][] {
  const written = tokens.reduce((sum, { length }) => sum + length, 0);
  const said = lengthOf(phonemes);
  const shares: Phoneme[][] = tokens.map(() => []);
  let share = 0;
  let wanted = tokens[0]?.length ?? 0;
  let sum = 0;
  for (const [at, phoneme] of phonemes.entries()) {
    const middle = ((sum + phoneme.length / 2) / said) * written;
    const left = phonemes.length - at;
    const isDue = middle > wanted && (shares[share]?.length ?? 0) > 0;
    if (share < tokens.length - 1 && (isDue || (left <= tokens.length - 1 - share && at > 0))) {
      share++;
      wanted += tokens[share]?.length ?? 0;
    }
    shares[share]?.push(phoneme);
    sum += phoneme.length;
  }
  return shares;
}

/**
 * How each word is said: espeak-ng's groups of phonemes given to the words of the text, which it merges ("of the") and splits
 * ("42"), by lengths, clauses and first sounds.
 *
 * @returns One list for each token, empty for those that have no share; `undefined` when the two can't be paired.
 */
export function pronounce(tokens: readonly Token[], groups: readonly Group[]): Phoneme[][] | undefined {
  const path = matches(tokens, groups);
  if (path.length === 0) return undefined;
  let token = 0;
  let group = 0;
  return path.flatMap((match) => {
    const words = tokens.slice(token, token + match.tokens);
    const phonemes = groups.slice(group, group + match.groups).flatMap((one) => one.phonemes);
    token += match.tokens;
    group += match.groups;
    return shareOut(words, phonemes);
  });
}
