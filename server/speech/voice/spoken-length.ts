/** Seconds at an ordinary pace: only their proportions count. */
const CONSONANT = 0.07;
const VOWELS = 0.1;
const LETTER_NAME = 0.24;
const DIGIT = 0.3;
const HUNDRED = 0.3;
const THOUSAND = 0.35;
const SYMBOL = 0.4;

/** Characters that are said, though they are no letters or digits. */
const SYMBOLS = /[%$€£¥&+=@#°§√∞½¼¾]/gu;
const PER_CHARACTER: readonly (readonly [pattern: RegExp, seconds: number])[] = [
  [/\p{Script=Han}/gu, 0.22],
  [/\p{Script=Hangul}/gu, 0.19],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 0.13],
  // Scripts that leave vowels out.
  [/[\p{Script=Arabic}\p{Script=Hebrew}]/gu, 0.11],
  [/[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Thai}]/gu, 0.09],
];
const OTHER_LETTER = 0.08;
const VOWEL_GROUP = /[aeiouyæøœаеёиоуыэюяіїєαεηιουω]+/gu;
const ONE_SOUND = /th|sh|ch|ph|ck|ng|wh|qu|sch|([b-df-hj-np-tv-xz])\1/gu;
/** Mostly said short and without stress. */
const WEAK = new Set(
  'a an the of to in on at is are was and or for as by it its be but that with from has had'.split(' '),
);
const WEAK_SHARE = 0.75;

/** A number as read in full: every digit a word, and its hundreds and thousands. */
function numberLength(digits: string): number {
  const [whole = '', ...rest] = digits.split(/[.,](?!\d{3}(?!\d))/u);
  const figures = whole.replace(/\D/gu, '');
  // A year is read as two numbers; a long row of digits one by one.
  const isPlain = figures.length > 4 && whole === figures;
  const said = isPlain && figures.length > 9 ? figures : figures.replace(/0/gu, '');
  const groups = figures.length > 4 ? Math.floor((figures.length - 1) / 3) : 0;
  const hundreds = figures.length === 3 || figures.length > 5 ? 1 : 0;
  const fraction = rest.join('').length;
  return (
    Math.max(1, said.length) * DIGIT + groups * THOUSAND + hundreds * HUNDRED + (fraction && (fraction + 1) * DIGIT)
  );
}

function isSpelled(word: string): boolean {
  return /^\p{Lu}{2,6}$/u.test(word) && (word.length <= 3 || !/[AEIOU]/u.test(word));
}

function latinLength(word: string): number {
  if (isSpelled(word)) return word.length * LETTER_NAME;
  const plain = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const sounded = plain.length > 2 ? plain.replace(/([^aeiou])e(s?)$/u, '$1$2') : plain;
  const vowels = sounded.match(VOWEL_GROUP) ?? [];
  const consonants = sounded.replace(ONE_SOUND, 'x').replace(VOWEL_GROUP, '').length;
  const long = vowels.filter((group) => group.length > 1).length + (sounded === plain ? 0 : 1);
  const length = consonants * CONSONANT + Math.max(1, vowels.length) * VOWELS + long * 0.04;
  return WEAK.has(plain) ? length * WEAK_SHARE : length;
}

const WORDS = /\p{N}+(?:[.,]\p{N}+)*|\p{L}[\p{L}\p{M}'’]*/gu;

/**
 * About how long it takes to say a word, from its letters: numbers spelled out, initials by name, CJK by the character.
 *
 * @returns Seconds at an ordinary pace; 0 for what is not said (punctuation, emoji).
 */
export function spokenLength(token: string): number {
  let length = (token.match(SYMBOLS)?.length ?? 0) * SYMBOL;
  for (const [word] of token.matchAll(WORDS)) {
    if (/^\p{N}/u.test(word)) length += numberLength(word);
    else if (/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word))
      length += latinLength(word.replace(/['’]/gu, ''));
    else length += characterLength(word);
  }
  return length;
}

function characterLength(word: string): number {
  const rule = PER_CHARACTER.find(([pattern]) => word.match(pattern) !== null);
  const letters = word.match(/\p{L}/gu)?.length ?? 0;
  return letters * (rule?.[1] ?? OTHER_LETTER);
}
