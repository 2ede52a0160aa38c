import { describe, expect, it } from 'vitest';
import { SILENCE, visemesOf } from './ipa.ts';

const one = (ipa: string) => {
  const [viseme] = visemesOf(ipa);
  if (viseme === undefined) throw new Error(`no viseme for ${ipa}`);
  return viseme;
};

describe('visemesOf', () => {
  it.each(['m', 'b', 'p', 'pʰ', 'm̩', 'bʲ'])('presses the lips for %s', (ipa) => {
    expect(one(ipa)).toMatchObject({ open: 0, press: 1 });
  });

  it('puts the teeth on the lip, the tongue between the teeth, the teeth together', () => {
    for (const ipa of ['f', 'v']) expect(one(ipa).bite).toBe(1);
    for (const ipa of ['θ', 'ð']) expect(one(ipa).tongue).toBe(1);
    for (const ipa of ['s', 'z', 'ʃ', 'ʒ']) expect(one(ipa).teeth).toBeGreaterThan(0.5);
  });

  it('spreads, opens and rounds vowels', () => {
    for (const ipa of ['i', 'iː', 'ˈiː', 'e']) expect(one(ipa).wide).toBeGreaterThan(0.6);
    for (const ipa of ['o', 'u', 'uː', 'w', 'ɔ̃']) expect(one(ipa).wide).toBeLessThan(-0.5);
    expect(one('ɑ').open).toBeGreaterThan(one('ɛ').open);
    expect(one('ɛ').open).toBeGreaterThan(one('i').open);
  });

  it('moves through diphthongs and affricates', () => {
    expect(visemesOf('aɪ')).toEqual([one('a'), one('ɪ')]);
    expect(visemesOf('oʊ')).toEqual([one('o'), one('ʊ')]);
    expect(visemesOf('t͡ʃ')).toEqual([one('t'), one('ʃ')]);
  });

  it.each(['', ' ', '_', '.', 'ˈ', '‖', '˥'])('takes %j for a pause', (ipa) => {
    expect(visemesOf(ipa)).toEqual([SILENCE]);
  });

  it('opens a little for a letter it does not know', () => {
    expect(one('Ж').open).toBeGreaterThan(0);
    expect(one('Ж').hold).toBeLessThan(1);
  });
});
