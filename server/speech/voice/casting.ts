import type { FliteVoice } from './flite.ts';

/** What a look should sound like. */
type Character = 'woman' | 'man' | 'robot';

/** By the name of the look; those that are not here keep the engine's default voice. */
const CHARACTERS: Readonly<Record<string, Character>> = {
  ada: 'woman',
  ingrid: 'woman',
  zuri: 'woman',
  noah: 'man',
  bolt: 'robot',
};

const FLITE: Readonly<Record<Character, FliteVoice>> = { woman: 'slt', man: 'rms', robot: 'kal16' };

/** espeak-ng's own variants, which go with each of its languages. */
const ESPEAK: Readonly<Record<Character, string>> = { woman: 'f2', man: 'm3', robot: 'robosoft' };

export type Cast = { readonly flite: FliteVoice; readonly espeakVariant: string };

/** The voices that suit a look, where nobody chose one. */
export function castFor(look: string | undefined): Cast | undefined {
  const character = look !== undefined && Object.hasOwn(CHARACTERS, look) ? CHARACTERS[look] : undefined;
  return character && { flite: FLITE[character], espeakVariant: ESPEAK[character] };
}
