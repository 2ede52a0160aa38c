/** Shorter ones can be tried out, whatever they are made of. */
const MIN_LENGTH = 16;
/** Of what is left when words and patterns are taken away: what a generator made of 16 letters and digits has more. */
const MIN_BITS = 32;
const GUESSABLE_LENGTH = 8;
const GUESSABLE_BITS = 16;

/** What people type when they are asked for a secret, and what manuals have in its place. */
const COMMON =
  /secrets?|passw(?:or)?d|passphrase|pass|change[-_ ]?(?:it|me)|default|example|sample|placeholder|throughline|playback|private|public|letmein|welcome|qwert[yz]|admin|user|root|test(?:ing)?|demo|dev|prod(?:uction)?|local(?:host)?|token|your|my|api|key|insert|here|replace|hunter|dragon|monkey|abc|foo|bar|baz|xyz/gi;
const SEQUENCES = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'qwertzuiopasdfghjklyxcvbnm',
  'qwertyuiopasdfghjklzxcvbnm',
];
/** Of a sequence, as many characters in a row count as one. */
const RUN_LENGTH = 3;

export type Weakness = {
  readonly reason: string;
  /** Found by whoever tries the first thousands that come to mind. */
  readonly isGuessable: boolean;
};

/**
 * Why a secret is weak; `undefined` when it is not. An estimate from below, as for people's own inventions: what a generator made of 16
 * bytes or more passes.
 */
export function weaknessOf(secret: string): Weakness | undefined {
  const bits = bitsOf(remainderOf(secret));
  const isGuessable = secret.length < GUESSABLE_LENGTH || bits < GUESSABLE_BITS;
  if (secret.length < MIN_LENGTH)
    return { reason: `it has ${secret.length} characters, fewer than ${MIN_LENGTH}`, isGuessable };
  return bits < MIN_BITS ? { reason: 'it is made of common words, repetitions or sequences', isGuessable } : undefined;
}

/** What a secret has of its own: without common words, repetitions and rows of keys. */
function remainderOf(secret: string): string {
  // A block that comes again and again says nothing new.
  let text = secret.toLowerCase().replace(COMMON, ' ');
  text = text.replace(/(.)\1{2,}|(..+?)\2+/g, '$1$2');
  for (const sequence of SEQUENCES) {
    for (const row of [sequence, [...sequence].reverse().join('')]) text = withoutRuns(text, row);
  }
  return text.replace(/[\s_-]+/g, '');
}

/** Leaves the first character of each run that follows a sequence. */
function withoutRuns(text: string, sequence: string): string {
  let kept = '';
  for (let at = 0; at < text.length; ) {
    const length = runLength(text, at, sequence);
    kept += text[at] ?? '';
    at += length >= RUN_LENGTH ? length : 1;
  }
  return kept;
}

function runLength(text: string, from: number, sequence: string): number {
  const place = sequence.indexOf(text[from] ?? ' ');
  let length = 1;
  while (place >= 0 && text[from + length] !== undefined && text[from + length] === sequence[place + length])
    length += 1;
  return length;
}

/** Shannon's estimate from the characters' own frequencies. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}
