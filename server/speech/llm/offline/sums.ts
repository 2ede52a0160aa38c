/** Longest sum that is done. */
const MAX_TERMS = 12;
const MAX_WORD_NUMBER = 1e12;

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1e6 };

/** Small numbers in the other languages, folded; their larger ones are written in digits. */
const WORDS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig',
    '- un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize - - - vingt',
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte',
    'zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti',
  ].flatMap((row) => row.split(' ').map((word, value) => [word, value] as const)),
);

const OPERATORS: Readonly<Record<string, string>> = {
  '+': '+',
  plus: '+',

  más: '+',
  mas: '+',
  più: '+',
  piu: '+',

  '-': '-',
  minus: '-',
  less: '-',
  menos: '-',
  meno: '-',
  weniger: '-',
  moins: '-',
  '*': '*',
  x: '*',
  '×': '*',
  times: '*',
  mal: '*',
  fois: '*',
  por: '*',
  per: '*',
  multiplied: '*',
  '/': '/',
  '÷': '/',
  divided: '/',
  over: '/',
  geteilt: '/',
  durch: '/',
  divisé: '/',
  dividido: '/',
  diviso: '/',
  sur: '/',
  entre: '/',
  '^': '^',

  hoch: '^',
};
const SPOKEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: { '+': 'plus', '-': 'minus', '*': 'times', '/': 'divided by', '^': 'to the power of' },
  de: { '+': 'plus', '-': 'minus', '*': 'mal', '/': 'geteilt durch', '^': 'hoch' },
  fr: { '+': 'plus', '-': 'moins', '*': 'fois', '/': 'divisé par', '^': 'puissance' },
  es: { '+': 'más', '-': 'menos', '*': 'por', '/': 'entre', '^': 'elevado a' },
  it: { '+': 'più', '-': 'meno', '*': 'per', '/': 'diviso', '^': 'elevato a' },
};
const FILLERS = new Set(['by', 'to', 'the', 'of', 'par', 'a', 'equals', '=', '']);

/** A sum: numbers, and the operators between them. */
export type Sum = { readonly numbers: readonly number[]; readonly operators: readonly string[] };

/** @returns the value, or `undefined` for a word that is no number. */
function wordValue(word: string): number | undefined {
  const unit = UNITS.indexOf(word);
  if (unit >= 0) return unit;
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '');
  if (plain !== '-' && Object.hasOwn(WORDS, plain)) return WORDS[plain];
  const ten = TENS.indexOf(word);
  return ten >= 0 ? 20 + ten * 10 : SCALES[word];
}

/** Whether a word may follow in one number: `twenty` before `one`, `hundred` before anything smaller. */
function continues(part: number | undefined, value: number): boolean {
  if (part === undefined || part % 100 === 0) return value < 100;
  return part % 100 >= 20 && part % 10 === 0 && value < 10;
}

/** Reads a number, in digits or English words, from the front of `words` and removes it. */
export function takeNumber(words: string[]): number | undefined {
  if (words[0] === 'minus' && /^\d/.test(words[1] ?? '')) words.splice(0, 2, `-${words[1]}`);
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(words[0] ?? '')) return Number(words.shift());
  let whole = 0;
  let part: number | undefined;
  for (;;) {
    if (words[0] === 'and' && part !== undefined && part % 100 === 0 && wordValue(words[1] ?? '') !== undefined)
      words.shift();
    const word = words[0] ?? '';
    const value = wordValue(word);
    if (value === undefined) break;
    if (!Object.hasOwn(SCALES, word)) {
      if (!continues(part, value)) break;
      part = (part ?? 0) + value;
    } else if (value === 100) part = (part ?? 1) * 100;
    else {
      whole += (part ?? 1) * value;
      part = 0;
    }
    words.shift();
  }
  return part === undefined || whole + part > MAX_WORD_NUMBER ? undefined : whole + part;
}

/** Finds a sum in a normalized utterance, such as `what is 12 times 7`. */
export function sumIn(text: string): Sum | undefined {
  const spaced = text
    .replace(/\bto the power of\b/g, '^')

    .replace(/(\d)\s*([+*/^×÷x-])\s*(?=\d)/g, '$1 $2 ')
    .replace(/[=-]+(?=\s|$)/g, (sign) => ` ${sign[0]} `);
  const words = spaced
    .replace(/\b([a-z]+)-([a-z]+)\b/g, '$1 $2')
    .split(/\s+/)
    .slice(0, 60);
  while (words.length > 0) {
    const sum = takeSum(words);
    if (sum.numbers.length > 1) return sum;
    if (sum.numbers.length === 0) words.shift();
  }
  return undefined;
}

function takeSum(words: string[]): Sum {
  const numbers: number[] = [];
  const operators: string[] = [];
  while (numbers.length < MAX_TERMS) {
    const rest = [...words];
    if (numbers.length > 0) {
      const word = rest.shift() ?? '';
      const operator = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
      if (operator === undefined) break;
      while (FILLERS.has(rest[0] ?? 'end')) rest.shift();
      const number = takeNumber(rest);
      if (number === undefined) break;
      operators.push(operator);
      numbers.push(number);
    } else {
      const number = takeNumber(rest);
      if (number === undefined) break;
      numbers.push(number);
    }
    words.splice(0, words.length - rest.length);
  }
  return { numbers, operators };
}

/** Powers first, then times and divided by, then the rest, each from the left. */
export function resultOf({ numbers, operators }: Sum): number {
  let values = [...numbers];
  let signs = [...operators];
  for (const level of ['^', '*/', '+-']) {
    const nextValues = [values[0] ?? 0];
    const nextSigns: string[] = [];
    for (const [at, sign] of signs.entries()) {
      const right = values[at + 1] ?? 0;
      const left = nextValues.at(-1) ?? 0;
      if (level.includes(sign)) nextValues[nextValues.length - 1] = apply(left, sign, right);
      else {
        nextValues.push(right);
        nextSigns.push(sign);
      }
    }
    values = nextValues;
    signs = nextSigns;
  }
  return values[0] ?? 0;
}

function apply(left: number, sign: string, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  return sign === '/' ? left / right : left ** right;
}

/** The sum in words around its numbers: `12 times 7`. */
export function spokenSum({ numbers, operators }: Sum, language: string): string {
  const signs = SPOKEN[language] ?? SPOKEN.en;
  return numbers
    .map((number, at) => (at === 0 ? `${number}` : `${signs?.[operators[at - 1] ?? ''] ?? ''} ${number}`))
    .join(' ');
}

/** As a voice can say it; `undefined` when it is no number anybody wants to hear. */
export function spokenNumber(value: number, language: string): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return undefined;
  // Adding 0 takes the sign off a negative zero.
  return (value + 0).toLocaleString(language, { maximumFractionDigits: 4, useGrouping: false });
}
