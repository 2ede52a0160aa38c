import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { growthOf } from '../../lib/testing/count-work.ts';
import { createEspeak } from './espeak.ts';
import { parseIpa } from './ipa.ts';
import { alignPhonemes } from './phonemes.ts';
import { pronounce } from './pronunciation.ts';
import { tokensOf } from './tokens.ts';

const HAS_ESPEAK = spawnSync('espeak-ng', ['--version']).status === 0;
const never = new AbortController().signal;
const RATE = 16_000;
const tone = (seconds: number) => ({
  pcm: Int16Array.from({ length: seconds * RATE }, (_, at) => 9000 * Math.sin(at / 5)),
  audioRate: RATE,
});

const ipaOf = (listing: string): string[] =>
  parseIpa(listing).map(({ phonemes }) => phonemes.map(({ ipa }) => ipa).join('.'));
const said = (text: string, listing: string): string[] | undefined =>
  pronounce(tokensOf(text), parseIpa(listing))?.map((phonemes) => phonemes.map(({ ipa }) => ipa).join(''));

describe('parseIpa', () => {
  it.each([
    ['words and clauses', 'h_ə_l_ˈoʊ w_ˈɜː_l_d\nð_ɪ_s\n', ['h.ə.l.oʊ', 'w.ɜː.l.d', 'ð.ɪ.s']],
    ['empty names', '_ɪ_ç __ _ˈɛ_p__f_\n', ['ɪ.ç', 'ɛ.p.f']],
    ['tones', 'tɕ_ˈi5_n_ th_ˈiɛ5_n_', ['tɕ.i.n', 'th.iɛ.n']],
    ['other languages within', '(en)_dʒ_ɪ5_(cmn)_ w_ˈo2_', ['dʒ.ɪ', 'w.o']],
    ['nasal vowels', 'ʒ_ˈɑ̃', ['ʒ.ɑ̃']],
    ['nothing', '\n', []],
  ])('reads %s', (_, listing, groups) => expect(ipaOf(listing)).toEqual(groups));
});

describe('pronounce', () => {
  it.each([
    ['Hello world.', 'h_ə_l_ˈoʊ w_ˈɜː_l_d', ['həloʊ', 'wɜːld']],
    [
      'this is 42 of the best',
      'ð_ɪ_s ɪ_z f_ˈoːɹ_ɾ_i t_ˈuː ʌ_v_ð_ə b_ˈɛ_s_t',
      ['ðɪs', 'ɪz', 'foːɹɾituː', 'ʌv', 'ðə', 'bɛst'],
    ],
    [
      'Dr. Smith paid $3.50 for it',
      'd_ˈɑː_k_t_ɚ\ns_m_ˈɪ_θ p_ˈeɪ_d d_ˈɑː_l_ɚ θ_ɹ_ˈiː p_ɔɪ_n_t f_ˈaɪ_v z_ˈiə_ɹ_oʊ f_ɔː_ɹ ɪ_t',
      ['dɑːktɚ', 'smɪθ', 'peɪd', 'dɑːlɚθɹiːpɔɪntfaɪvziəɹoʊ', 'fɔːɹ', 'ɪt'],
    ],
  ])('%s', (text, listing, words) => expect(said(text, listing)).toEqual(words));

  it.each([
    ['a listing of nothing', 'Hello.', ''],
    ['no words', '', 'h_ə'],
    ['far fewer groups than words can share', 'one two three four five six seven', 'w_ʌ_n'],
  ])('gives up on %s', (_, text, listing) => expect(said(text, listing)).toBeUndefined());
});

describe('alignPhonemes', () => {
  it('puts the phonemes of a word within it, one after the other, vowels longer than stops', () => {
    const aligned = alignPhonemes({ text: 'tada boo', listing: 't_ə_d_ˈɑː b_ˈuː', speech: tone(1) });
    const phonemes = aligned?.phonemes ?? [];
    expect(phonemes.map(({ ipa }) => ipa)).toEqual(['t', 'ə', 'd', 'ɑː', 'b', 'uː']);
    expect(phonemes[0]?.start).toBe(0);
    expect(phonemes.at(-1)?.end).toBeCloseTo(1, 5);
    for (const [at, { start, end }] of phonemes.entries()) {
      expect(end).toBeGreaterThan(start);
      expect(start).toBeGreaterThanOrEqual((phonemes[at - 1]?.end ?? 0) - 1e-9);
    }
    expect(phonemes[4]?.start).toBeCloseTo(aligned?.words[1]?.start ?? 0, 5);
  });

  it('makes work that grows with the length of the text', async () => {
    const align = (clauses: number) => {
      const request = { text: 'a, '.repeat(clauses), listing: 'eɪ\n'.repeat(clauses), speech: tone(clauses / 10) };
      return () => alignPhonemes(request);
    };
    expect(await growthOf(align, 150)).toBeLessThan(2.2);
  });

  it.skipIf(!HAS_ESPEAK).each([
    ['en-us', 'In the end, it was 21 degrees at the U.S. border, e.g. in 1998; "nobody" cared.'],
    ['de', 'Guten Morgen, ich habe 25 Äpfel und z.B. auch 3,5 Birnen.'],
    ['fr', "L'homme s'appelle Jean-Pierre, n'est-ce pas ?"],
    ['ru', 'Доброе утро, как дела?'],
    ['hi', 'नमस्ते दुनिया, आप कैसे हैं?'],
    ['zh', '今天天气很好,我们去公园。'],
    ['ko', '안녕하세요 세계'],
    ['ar', 'مرحبا بالعالم'],
  ])('knows how every word is said in %s', async (language, text) => {
    const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
    const request = { text, language, signal: never };
    const [speech, listing] = await Promise.all([espeak.speak(request), espeak.phonemesOf(request)]);
    const aligned = alignPhonemes({ text, listing, speech });
    expect(aligned?.words.map((word) => word.text).join('')).toBe(text);
    expect(aligned?.phonemes.length).toBeGreaterThan(6);
    expect(aligned?.phonemes.map(({ ipa }) => ipa).join(' ')).toMatch(/^[\p{L}\p{M}ː ]+$/u);
  });

  it.skipIf(!HAS_ESPEAK)('reads Chinese characters as Chinese', async () => {
    const espeak = await createEspeak({ espeakPath: 'espeak-ng', signal: never });
    const listing = await espeak.phonemesOf({ text: '今天', language: 'zh-CN', signal: never });
    expect(listing).not.toContain('(en)');
  });
});
