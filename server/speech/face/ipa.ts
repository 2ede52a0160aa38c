import type { FacePose } from './face-pose.ts';

export type MouthShape = Pick<FacePose, 'open' | 'wide' | 'teeth' | 'bite' | 'press' | 'tongue'>;

export type Viseme = MouthShape & {
  /** How strongly it keeps its shape beside others, 0 to 1: "h" and "k" take on the shape of their neighbours. */
  readonly hold: number;
};

const shape = (open: number, wide: number, more: Partial<Viseme> = {}): Viseme => ({
  open,
  wide,
  teeth: 0,
  bite: 0,
  press: 0,
  tongue: 0,
  hold: 1,
  ...more,
});

export const SILENCE: Viseme = shape(0, 0);
/** Sounds this table has no row for. */
const UNKNOWN = shape(0.3, 0, { hold: 0.3 });

const ROWS: readonly (readonly [symbols: string, viseme: Viseme])[] = [
  // Vowels, from spread to open to round.
  ['i', shape(0.28, 0.95)],
  ['ɪɨᵻ', shape(0.36, 0.6)],
  ['e', shape(0.46, 0.7)],
  ['ɛ', shape(0.62, 0.5)],
  ['æ', shape(0.82, 0.45)],
  ['a', shape(0.92, 0.15)],
  ['ɑ', shape(1, -0.05)],
  ['ɐʌ', shape(0.68, 0)],
  ['əɘɯ', shape(0.36, 0.05, { hold: 0.6 })],
  ['ɜɝɚɞɤ', shape(0.42, -0.2)],
  ['ɒ', shape(0.82, -0.35)],
  ['ɔœɶ', shape(0.7, -0.6)],
  ['oøɵ', shape(0.54, -0.8)],
  ['ʊʏ', shape(0.36, -0.65)],
  ['uyʉ', shape(0.28, -0.95)],
  // Lips.
  ['pbmʙɓ', shape(0, 0, { press: 1 })],
  ['fvɱⱱ', shape(0.1, 0.1, { bite: 1 })],
  ['ʋ', shape(0.16, 0, { bite: 0.5 })],
  ['ɸβ', shape(0.07, -0.3, { press: 0.3 })],
  ['wʍɥ', shape(0.16, -1)],
  // Tongue and teeth.
  ['θð', shape(0.22, 0.1, { tongue: 1 })],
  ['szɬɮ', shape(0.08, 0.3, { teeth: 0.9 })],
  ['ʃʒɕʑʂʐ', shape(0.14, -0.5, { teeth: 0.9 })],
  ['tdnʈɖɳɗ', shape(0.16, 0.1, { teeth: 0.3, tongue: 0.4, hold: 0.7 })],
  ['lɫɭʟɺ', shape(0.3, 0.1, { tongue: 0.9, hold: 0.7 })],
  ['rɹɾɻɽ', shape(0.26, -0.35, { hold: 0.7 })],
  ['jcɟɲʎʝ', shape(0.24, 0.7, { hold: 0.7 })],
  // Far back: the lips are free for what comes next.
  ['kgɡŋqɢɴɠʛ', shape(0.24, 0, { hold: 0.4 })],
  ['hɦxɣχʁʀħʕɧ', shape(0.32, 0, { hold: 0.3 })],
  ['ʔ', shape(0.2, 0, { hold: 0.1 })],
];

const TABLE: ReadonlyMap<string, Viseme> = new Map(
  ROWS.flatMap(([symbols, viseme]) => [...symbols].map((symbol) => [symbol, viseme] as const)),
);

/**
 * Mouth shapes of one IPA symbol, in order: two for a diphthong ("aɪ") or an affricate ("tʃ"), one for most. Stress,
 * length, tone and other marks do not count. What has no letters is a pause.
 */
export function visemesOf(ipa: string): readonly Viseme[] {
  const letters = [...ipa.normalize('NFD')].filter((char) => /^\p{L}$/u.test(char) && !/^\p{Lm}$/u.test(char));
  if (letters.length === 0) return [SILENCE];
  const known = letters.flatMap((letter) => TABLE.get(letter) ?? []);
  return known.length > 0 ? known : [UNKNOWN];
}
