import { describe, expect, it } from 'vitest';
import { MARKDOWN_CASES } from './markdown-cases.ts';
import { SENTENCE_CASES } from './sentence-cases.ts';
import { splitSentences } from './sentences.ts';

describe('splitSentences', () => {
  for (const [title, text, expected, language] of [...SENTENCE_CASES, ...MARKDOWN_CASES]) {
    it(`splits ${title}`, () => {
      expect(splitSentences(text, language)).toEqual(expected);
    });
  }

  it('cuts a long sentence at clauses, without an orphan ending', () => {
    const text = `${'The quick brown fox, who was tired, jumped over the dog; '.repeat(9)}end.`;
    const pieces = splitSentences(text);
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(220);
      expect(piece.length).toBeGreaterThanOrEqual(25);
    }
    for (const piece of pieces.slice(0, -1)) expect(piece).toMatch(/[,;]$/);
    expect(pieces.join(' ')).toBe(text);
  });

  it('cuts at a word when there is no clause, and at a character when there is no word', () => {
    const words = 'word '.repeat(100).trim();
    expect(splitSentences(words).join(' ')).toBe(words);
    const family = 'ne\u0301\u0323\u200dx'.repeat(120);
    const pieces = splitSentences(family);
    expect(pieces.join('')).toBe(family);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(220);
      expect(piece.isWellFormed()).toBe(true);
      expect(piece).toMatch(/^\p{L}/u);
    }
  });

  it('splits half a million characters', () => {
    expect(splitSentences('Mr. A. B. said so. '.repeat(27_000)).length).toBe(27_000);
    expect(splitSentences('x'.repeat(500_000)).length).toBeGreaterThan(2000);
  });
});
