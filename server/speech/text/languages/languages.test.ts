import { describe, expect, it } from 'vitest';
import { SentenceStream } from '../sentence-stream.ts';
import { splitSentences } from '../sentences.ts';
import { LANGUAGE_CASES } from './cases/all.ts';
import { RULED_LANGUAGES, rulesFor } from './language-rules.ts';

/** What espeak-ng and flite offer (`OFFERED`), Kokoro speaks, and the Nordic neighbours. */
const SPOKEN = 'en de fr es it pt nl pl sv da nb ru tr ar hi ko zh ja'.split(' ');

function streamed(pieces: readonly string[], language: string | undefined): string[] {
  const stream = new SentenceStream({ language });
  return [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

describe.each(LANGUAGE_CASES)('sentences in %s', (language, cases) => {
  it('end where they end', () => {
    for (const { text, sentences } of cases) expect(splitSentences(text, language)).toEqual(sentences);
  });

  it('end where they end when nobody says which language it is', () => {
    for (const { text, sentences } of cases.filter(({ isForKnown }) => !isForKnown))
      expect(splitSentences(text)).toEqual(sentences);
  });

  it('are the same however the text is cut, without a letter less', () => {
    for (const { text, sentences } of cases) {
      expect(streamed([...text], language)).toEqual(sentences);
      for (let at = 1; at < text.length; at++)
        expect(streamed([text.slice(0, at), text.slice(at)], language)).toEqual(sentences);
      expect(lettersOf(splitSentences(text, language).join(''))).toBe(lettersOf(text));
    }
  });
});

describe('the rules', () => {
  it('have at least 25 texts for each language that a voice speaks', () => {
    const counts = Object.fromEntries(LANGUAGE_CASES.map(([language, cases]) => [language, cases.length]));
    for (const language of SPOKEN) expect(counts[language], language).toBeGreaterThanOrEqual(25);
    expect(Object.keys(counts).toSorted()).toEqual(RULED_LANGUAGES.toSorted());
  });

  it('are found by any tag of a language, and are those of all languages for an unknown one', () => {
    expect(rulesFor('de-AT')).toBe(rulesFor('DE'));
    expect(rulesFor('nn')).toBe(rulesFor('nb'));
    expect(rulesFor('x_;rm -rf')).toBe(rulesFor(undefined));
    expect(rulesFor('__proto__')).toBe(rulesFor(undefined));
    expect(rulesFor('de')).not.toBe(rulesFor(undefined));
  });

  it('tell the language by its words, so that abbreviations that are words elsewhere count', () => {
    const german = 'Das ist sehr schön und wir kommen gern. Wir sehen uns am Mo. 5. Mai bei Fa. Müller.';
    expect(splitSentences(german)).toEqual([
      'Das ist sehr schön und wir kommen gern.',
      'Wir sehen uns am Mo. 5. Mai bei Fa. Müller.',
    ]);
    const english = 'I think that this is what they want. She set it. 5 men came with the sun. 3 of them sat. 2 left.';
    expect(splitSentences(english)).toHaveLength(5);
  });

  it.each([
    ['Das ist gut. D', 'Das ist gut.', 'de'],
    ['Es ist 12. Y', 'Es ist 12.', 'de'],
    ['Kl. 15.30 börjar mötet. K', 'Kl. 15.30 börjar mötet.', 'sv'],
    ['A Sra. Costa mora na Av. Paulista. O', 'A Sra. Costa mora na Av. Paulista.', 'pt'],
    ['यह अच्छा है। व', 'यह अच्छा है।', 'hi'],
    ['यह अच्छा है| व', 'यह अच्छा है|', 'hi'],
    ['أنا بخير. ش', 'أنا بخير.', 'ar'],
    ['Τι κάνεις; Κ', 'Τι κάνεις;', undefined],
    ['你好。我', '你好。', undefined],
  ])('hold nothing back in %j', (text, sentence, language) => {
    const stream = new SentenceStream({ language });
    expect(stream.push(text.slice(0, -1))).toEqual([]);
    expect(stream.push(text.slice(-1))).toEqual([sentence]);
  });
});
