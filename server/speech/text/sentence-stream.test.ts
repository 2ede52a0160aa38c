import { describe, expect, it } from 'vitest';
import { StreamError } from '../../errors.ts';
import { MARKDOWN_CASES } from './markdown-cases.ts';
import { SENTENCE_CASES } from './sentence-cases.ts';
import { SentenceStream, sentencesOf } from './sentence-stream.ts';
import { splitSentences } from './sentences.ts';

const CASES = [...SENTENCE_CASES, ...MARKDOWN_CASES];

function streamed(deltas: Iterable<string>, language?: string): string[] {
  const stream = new SentenceStream({ language });
  return [...Array.from(deltas, (delta) => stream.push(delta)).flat(), ...stream.end()];
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomPieces(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = Math.floor(random() * 7);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe('SentenceStream', () => {
  for (const [title, text, expected, language] of CASES) {
    it(`gives the same for ${title} however it is cut`, () => {
      for (let cut = 0; cut <= text.length; cut++)
        expect(streamed([text.slice(0, cut), text.slice(cut)], language)).toEqual(expected);
      expect(streamed(text.split(''), language)).toEqual(expected);
      const random = randomFrom(1);
      for (let run = 0; run < 20; run++) expect(streamed(randomPieces(text, random), language)).toEqual(expected);
    });
  }

  it('gives the same for random mixtures of marks', () => {
    const random = randomFrom(2);
    const signs = [
      ...'aBé1 \n\r*_`~[]()<>!.?#|-\\"\u201c\u00ab\u3002\u4f60\u{1f600}\u200d',
      'think>',
      '</',
      'http://',
      'Dr',
      'U.S. ',
      '```',
    ];
    for (let run = 0; run < 400; run++) {
      const text = Array.from({ length: 60 }, () => signs[Math.floor(random() * signs.length)]).join('');
      const whole = splitSentences(text);
      expect(streamed(text.split(''))).toEqual(whole);
      expect(streamed(randomPieces(text, random))).toEqual(whole);
    }
  });

  it('says every letter of plain text, in order', () => {
    const text = SENTENCE_CASES.map(([, plain]) => plain).join('\n\n');
    const letters = (from: string) => from.replace(/[^\p{L}\p{N}]/gu, '').replaceAll('ℹ', '');
    expect(letters(splitSentences(text).join(''))).toBe(letters(text.replaceAll('\u001b', '')));
  });

  it.each([
    ['Hello there! N', 'Hello there!'],
    ['Hello there. N', 'Hello there.'],
    ['Hello there.\n', 'Hello there.'],
    ['Hello there\n\n', 'Hello there'],
    ['Hello there\nN', 'Hello there'],
    ['# Hello\n', 'Hello'],
    ['**Hello!** N', 'Hello!'],
    ['\u4f60\u597d\u3002\u6211', '\u4f60\u597d\u3002'],
    ['It is 5 p.m. X', 'It is 5 p.m.'],
    ['If x <a and y. Na', 'If x <a and y.'],
    ['In the U.S. He ', 'In the U.S.'],
    ['| a | b |\n|--|--|\n', 'a, b'],
  ])('waits no longer than needed in %j', (text, sentence) => {
    const stream = new SentenceStream();
    expect(stream.push(text.slice(0, -1))).toEqual([]);
    expect(stream.push(text.slice(-1))).toEqual([sentence]);
  });

  it('waits for what an abbreviation needs', () => {
    const stream = new SentenceStream();
    expect(stream.push('I met Dr. ')).toEqual([]);
    expect(stream.push('Smith. ')).toEqual([]);
    expect(stream.push('T')).toEqual(['I met Dr. Smith.']);
  });

  it('gives the front of a sentence that has no end', () => {
    const stream = new SentenceStream();
    const given = stream.push('and then, '.repeat(30));
    expect(given.length).toBe(1);
    expect(given[0]?.length).toBeGreaterThan(150);
  });

  it('cuts Chinese by the time it takes to say', () => {
    const pieces = splitSentences('\u4eca\u5929\u5929\u6c14\u5f88\u597d\uff0c'.repeat(30), 'zh');
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(85);
  });

  it('begins anew after the end', () => {
    const stream = new SentenceStream();
    stream.push('```\nx \ud83d');
    expect(stream.end()).toEqual([]);
    expect([...stream.push('One. **Tw'), ...stream.end()]).toEqual(['One.', 'Tw']);
    expect([...stream.push('Three'), ...stream.end()]).toEqual(['Three']);
  });
});

describe('sentencesOf', () => {
  async function collect(sentences: AsyncIterable<string>): Promise<string[]> {
    const collected: string[] = [];
    for await (const sentence of sentences) collected.push(sentence);
    return collected;
  }

  it('gives the sentences of a source', async () => {
    async function* source() {
      yield* ['Hel', 'lo. Am 3', '. Mai. ', '', 'Gut'];
    }
    expect(await collect(sentencesOf(source(), 'de'))).toEqual(['Hello.', 'Am 3. Mai.', 'Gut']);
  });

  it('gives a sentence before the source has more', async () => {
    async function* source() {
      yield 'One. Two';
      await new Promise(() => undefined);
    }
    expect(await sentencesOf(source()).next()).toEqual({ done: false, value: 'One.' });
  });

  it('ends the source when its reader leaves early', async () => {
    let ended = 0;
    async function* source() {
      try {
        yield 'One. Two. Three';
        yield 'never';
      } finally {
        ended += 1;
      }
    }
    for await (const sentence of sentencesOf(source())) {
      expect(sentence).toBe('One.');
      break;
    }
    expect(ended).toBe(1);
  });

  it('passes an error of the source through, and nothing unfinished', async () => {
    async function* source() {
      yield 'One. Two';
      throw new Error('gone');
    }
    const collected: string[] = [];
    const reading = (async () => {
      for await (const sentence of sentencesOf(source())) collected.push(sentence);
    })();
    await expect(reading).rejects.toThrow('gone');
    expect(collected).toEqual(['One.']);
  });

  it.each([
    ['a sentence that is whole', ['It is blue.'], new Error('gone'), ['It is blue.']],
    ['a sentence that breaks off', ['It is blue. And it', ' is'], new Error('gone'), ['It is blue.']],
    ['what was called off', ['It is blue.'], new StreamError('ABORTED', 'called off'), []],
  ])('gives at an error of the source what is complete: %s', async (_, pieces, error, wanted) => {
    async function* source() {
      yield* pieces;
      throw error;
    }
    const sentences: string[] = [];
    await expect(async () => {
      for await (const sentence of sentencesOf(source())) sentences.push(sentence);
    }).rejects.toThrow(error.message);
    expect(sentences).toEqual(wanted);
  });
});
